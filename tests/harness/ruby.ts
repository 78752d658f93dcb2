// Drives Ruby apps beside ours. In CI Ruby is installed; elsewhere what needs it is left out where it is missing.
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { REPOSITORY } from './folders.js'
import { start } from './processes.js'
import { hasGem } from './system-packages.js'

/** Whether Ruby programs that need a gem can run here. In CI they must, so there the answer is yes. */
export function rubyHas(gem: string): boolean {
  return process.env['CI'] !== undefined || hasGem(gem)
}

/** A Ruby program of tests/interop/fixtures that serves HTTP. */
export interface RubyApp {
  /** Where it listens, without a slash at the end. */
  readonly url: string
  stop(): Promise<unknown>
}

/** Starts a Ruby program and waits until it listens. `config` is its first argument, as JSON. */
export async function startRuby(fixture: string, config: object): Promise<RubyApp> {
  const running = start('ruby', ['-W0', fixture, JSON.stringify(config)], {
    cwd: join(REPOSITORY, 'tests', 'interop', 'fixtures'),
  })
  const [, port] = await running.waitFor(/^listening on (\d+)$/m)
  return { url: `http://127.0.0.1:${port}`, stop: () => running.stop('SIGKILL') }
}

/** What a {@link Browser} was answered. */
export interface Page {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: tests read the JSON they expect
  readonly json: any
}

/** Somebody with one jar of cookies for all apps: a port makes no difference to cookies (RFC 6265, 8.5). */
export class Browser {
  readonly cookies = new Map<string, string>()

  get(url: string): Promise<Page> {
    return this.#ask(url, 'GET')
  }

  post(url: string, form: Readonly<Record<string, string>> = {}): Promise<Page> {
    return this.#ask(url, 'POST', new URLSearchParams(form))
  }

  async #ask(url: string, method: string, body?: URLSearchParams): Promise<Page> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const response = await fetch(url, { method, headers: { cookie, connection: 'close' }, body: body ?? null })
    for (const line of response.headers.getSetCookie()) this.#keep(line)
    const text = await response.text()
    return { status: response.status, json: text.startsWith('{') ? (JSON.parse(text) as unknown) : undefined }
  }

  #keep(line: string): void {
    const [pair = '', ...attributes] = line.split('; ')
    const name = pair.slice(0, pair.indexOf('='))
    const expires = attributes.find((one) => /^expires=/i.test(one))?.slice('expires='.length)
    const isOver = attributes.includes('Max-Age=0') || (expires !== undefined && Date.parse(expires) <= Date.now())
    if (isOver) this.cookies.delete(name)
    else this.cookies.set(name, pair.slice(name.length + 1))
  }
}

/** Moves `Date.now` of this process on by so many seconds, or back, until the test ends; Ruby's clock stays. */
export function shiftClock(seconds: number): void {
  if (offset === 0) {
    const original = Date.now
    Date.now = () => original() + offset * 1000
    onTestFinished(() => {
      Date.now = original
      offset = 0
    })
  }
  offset += seconds
}

let offset = 0
