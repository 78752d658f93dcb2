// Why: response headers in the shape node:http writes fastest, checked when set so that the error names the culprit.

const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
// Control characters, line breaks among them, and what is beyond Latin-1 (RFC 9110, 5.5).
const FORBIDDEN_IN_VALUE = /[^\t\x20-\x7e\x80-\xff]/

/** The headers of a response. Names are in lower case whatever case they are given in. */
export class ResponseHeaders implements Iterable<[name: string, value: string]> {
  /** Names and values in turn, as `ServerResponse.writeHead` takes them. */
  readonly flat: string[]

  /** @param flat what there is from the beginning: names, in lower case, and values in turn, which are not checked */
  constructor(flat: readonly string[] = []) {
    this.flat = flat.slice()
  }

  /** The first value of a header, or undefined. */
  get(name: string): string | undefined {
    const index = this.#indexOf(name.toLowerCase())
    return index === -1 ? undefined : this.flat[index + 1]
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
    this.flat.push(key, text)
    return this
  }

  /**
   * Adds a value beside those the header has.
   * @throws TypeError as {@link set}
   */
  append(name: string, value: string | number): this {
    const key = name.toLowerCase()
    this.flat.push(key, checked(key, value))
    return this
  }

  delete(name: string): this {
    const key = name.toLowerCase()
    for (let index = this.#indexOf(key); index !== -1; index = this.#indexOf(key)) this.flat.splice(index, 2)
    return this
  }

  *[Symbol.iterator](): Iterator<[name: string, value: string]> {
    for (let index = 0; index < this.flat.length; index += 2) {
      yield [this.flat[index] as string, this.flat[index + 1] as string]
    }
  }

  /** {@link has}, of a name that is in lower case for certain. Internal. */
  hasTrusted(name: string): boolean {
    return this.#indexOf(name) !== -1
  }

  /** Sets what the framework itself wrote and need not check. Internal. */
  setTrusted(name: string, value: string): void {
    const index = this.#indexOf(name)
    if (index === -1) this.flat.push(name, value)
    else this.flat[index + 1] = value
  }

  /** Adds what the framework itself wrote and need not check. Internal. */
  appendTrusted(name: string, value: string): void {
    this.flat.push(name, value)
  }

  #indexOf(name: string): number {
    for (let index = 0; index < this.flat.length; index += 2) if (this.flat[index] === name) return index
    return -1
  }
}

function checked(name: string, value: string | number): string {
  if (!NAME.test(name)) throw new TypeError(`${JSON.stringify(name)} is not a header name.`)
  const text = String(value)
  if (FORBIDDEN_IN_VALUE.test(text)) {
    throw new TypeError(
      `The value for the header ${name} holds a character that HTTP forbids: ${JSON.stringify(text)}.`,
    )
  }
  return text
}
