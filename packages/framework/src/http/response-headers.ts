// Why: response headers in the shape node:http writes fastest, checked when set so that the error names the culprit.

const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
// Control characters, line breaks among them, and what is beyond Latin-1 (RFC 9110, 5.5).
const FORBIDDEN_IN_VALUE = /[^\t\x20-\x7e\x80-\xff]/
/** In every answer, and made of digits or checked by who wrote them last: the pipeline. */
const REQUEST_ID = 'x-request-id'
const LENGTH = 'content-length'

/** Headers that answers begin with: made once, for all of them. */
export interface InitialHeaders {
  /** Names, in lower case, and values in turn. */
  readonly flat: readonly string[]
  /** The same as they are sent. */
  readonly lines: string
}

const NO_HEADERS: InitialHeaders = { flat: [], lines: '' }

/** The headers of a response. Names are in lower case whatever case they are given in. */
export class ResponseHeaders implements Iterable<[name: string, value: string]> {
  readonly #flat: string[]
  /** The first of them, for as long as they are as they were in the beginning. */
  #initial: InitialHeaders

  constructor(initial: InitialHeaders = NO_HEADERS) {
    this.#initial = initial
    this.#flat = initial.flat.slice()
  }

  /** Names and values in turn, as `ServerResponse.writeHead` takes them. */
  get flat(): readonly string[] {
    return this.#flat
  }

  /**
   * All headers as they are sent, each with the end of its line. Internal.
   * @param except names that are not to be among them
   * @returns undefined where one of these is
   * @throws TypeError for a value that would be taken for more than one header, whoever set it
   */
  lines(except: ReadonlySet<string>): string | undefined {
    let { lines } = this.#initial
    for (let index = this.#initial.flat.length; index < this.#flat.length; index += 2) {
      const name = this.#flat[index] as string
      const value = this.#flat[index + 1] as string
      if (except.has(name)) return undefined
      lines += `${name}: ${name === REQUEST_ID || name === LENGTH ? value : checkedValue(name, value)}\r\n`
    }
    return lines
  }

  /** As what other answers begin with. Internal. */
  asInitial(): InitialHeaders {
    return { flat: this.#flat.slice(), lines: this.lines(new Set()) as string }
  }

  /** The first value of a header, or undefined. */
  get(name: string): string | undefined {
    const index = this.#indexOf(name.toLowerCase())
    return index === -1 ? undefined : this.#flat[index + 1]
  }

  /** All values of a header, in order. */
  getAll(name: string): string[] {
    const wanted = name.toLowerCase()
    return [...this].filter(([known]) => known === wanted).map(([, value]) => value)
  }

  has(name: string): boolean {
    return this.#indexOf(name.toLowerCase()) !== -1
  }

  /**
   * Sets a header, in place of any value it had.
   * @throws TypeError when the name is no token, or the value holds a character that HTTP forbids, such as a line break
   */
  set(name: string, value: string | number): this {
    const key = name.toLowerCase()
    const text = checked(key, value)
    if (this.#indexOf(key) !== -1) this.delete(key)
    this.#flat.push(key, text)
    return this
  }

  /**
   * Adds a value beside those the header has.
   * @throws TypeError as {@link set}
   */
  append(name: string, value: string | number): this {
    const key = name.toLowerCase()
    this.#flat.push(key, checked(key, value))
    return this
  }

  delete(name: string): this {
    const key = name.toLowerCase()
    for (let index = this.#indexOf(key); index !== -1; index = this.#indexOf(key)) {
      if (index < this.#initial.flat.length) this.#initial = NO_HEADERS
      this.#flat.splice(index, 2)
    }
    return this
  }

  *[Symbol.iterator](): Iterator<[name: string, value: string]> {
    for (let index = 0; index < this.#flat.length; index += 2) {
      yield [this.#flat[index] as string, this.#flat[index + 1] as string]
    }
  }

  /** {@link has}, of a name that is in lower case for certain. Internal. */
  hasTrusted(name: string): boolean {
    return this.#indexOf(name) !== -1
  }

  /** Sets what the framework itself wrote and need not check. Internal. */
  setTrusted(name: string, value: string): void {
    const index = this.#indexOf(name)
    if (index === -1) {
      this.#flat.push(name, value)
      return
    }
    if (index < this.#initial.flat.length) this.#initial = NO_HEADERS
    this.#flat[index + 1] = value
  }

  /** Adds what the framework itself wrote and need not check. Internal. */
  appendTrusted(name: string, value: string): void {
    this.#flat.push(name, value)
  }

  #indexOf(name: string): number {
    for (let index = 0; index < this.#flat.length; index += 2) if (this.#flat[index] === name) return index
    return -1
  }
}

function checked(name: string, value: string | number): string {
  if (!NAME.test(name)) throw new TypeError(`${JSON.stringify(name)} is not a header name.`)
  return checkedValue(name, String(value))
}

function checkedValue(name: string, text: string): string {
  if (FORBIDDEN_IN_VALUE.test(text)) {
    throw new TypeError(
      `The value for the header ${name} holds a character that HTTP forbids: ${JSON.stringify(text)}.`,
    )
  }
  return text
}
