// Why: a developer reads the log with the eyes; what a request sends must not be able to paint on the terminal.
import { styleText } from 'node:util'

type Style = Parameters<typeof styleText>[0]

const LEVEL_STYLES: Readonly<Record<string, Style>> = {
  trace: 'dim',
  debug: 'dim',
  info: 'green',
  warn: 'yellow',
  error: 'red',
  fatal: 'red',
}

const COLOURS = process.stdout.isTTY === true && !process.env['NO_COLOR']

/** Turns pino's JSON lines into lines for people: `12:30:01 GET /posts 200 PostsController#index 1.2 ms {"page":"2"}`. */
export class DevelopmentFormat {
  readonly #target: { write(text: string): unknown }
  readonly #colours: boolean

  constructor(target: { write(text: string): unknown }, colours: boolean = COLOURS) {
    this.#target = target
    this.#colours = colours
  }

  write(line: string): void {
    this.#target.write(`${this.#format(JSON.parse(line) as Record<string, unknown>)}\n`)
  }

  #format({ level, time, msg, err, requestId, ...rest }: Record<string, unknown>): string {
    const clock = this.#paint('dim', new Date(time as number).toTimeString().slice(0, 8))
    const text =
      typeof rest['status'] === 'number' && typeof rest['method'] === 'string'
        ? this.#request(rest)
        : this.#message(level, msg, rest)
    const stack = typeof err === 'object' && err !== null ? this.#error(err as Record<string, unknown>) : ''
    return `${clock} ${text}${stack}`
  }

  #request({ method, path, status, controller, action, duration, params }: Record<string, unknown>): string {
    const code = status as number
    const colour: Style = code >= 500 ? 'red' : code >= 400 ? 'yellow' : code >= 300 ? 'cyan' : 'green'
    const target = controller === undefined ? '' : ` ${String(controller)}#${String(action)}`
    const given = params === undefined ? '' : ` ${this.#paint('dim', printable(JSON.stringify(params)))}`
    return `${this.#paint('bold', printable(String(method)))} ${printable(String(path))} ${this.#paint(colour, String(code))}${target} ${String(duration)} ms${given}`
  }

  #message(level: unknown, msg: unknown, rest: Record<string, unknown>): string {
    const label = this.#paint(LEVEL_STYLES[String(level)] ?? 'dim', String(level).toUpperCase())
    const details = Object.keys(rest).length === 0 ? '' : ` ${this.#paint('dim', printable(JSON.stringify(rest)))}`
    return `${label} ${printable(String(msg ?? ''))}${details}`
  }

  /** Indented: a message may hold line breaks that a client sent, and what follows one must not pass for an entry. */
  #error({ type, message, stack }: Record<string, unknown>): string {
    const text = typeof stack === 'string' ? stack : `${String(type)}: ${String(message)}`
    const lines = text.split('\n').map((line) => this.#paint('red', `  ${printable(line)}`))
    return `\n${lines.join('\n')}`
  }

  #paint(style: Style, text: string): string {
    return this.#colours ? styleText(style, text, { validateStream: false }) : text
  }
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the point
const CONTROL = /[\x00-\x1f\x7f-\x9f]/g

/** Control characters as `\x1b`: a path or a message must not move the cursor or forge a line. */
function printable(text: string): string {
  return text.replace(CONTROL, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`)
}
