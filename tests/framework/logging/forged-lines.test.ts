// What a client sends must not pass for a line of the log, nor move the cursor of whoever reads it.
import { stripVTControlCharacters } from 'node:util'
import { Controller, createApplication, defineRoutes, type Environment } from 'contrail'
import { describe, expect, test } from 'vitest'
import { SECRET } from '../../harness/app.js'

const FORGED = '{"level":"fatal","msg":"forged"}'
/** Line breaks of every kind, ANSI, and the C1 form of it, which some terminals take as well. */
const HOSTILE = `a\n${FORGED}\r${FORGED}\x1b[2J\x1b[31m\x07\x7f\x9b2J\x85b`
// biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the point
const CONTROL = /[\x00-\x09\x0b-\x1f\x7f-\x9f]/

class AnyController extends Controller {
  index() {
    this.logger.info({ given: this.params['text'] }, `given ${String(this.params['text'])}`)
    if (this.params['fail'] !== undefined) throw new Error(`bad ${String(this.params['text'])}`)
    this.render({})
  }
}

/** The log's text after requests that hold hostile text in every place; fields in a hostile file are its lines. */
async function logOf(environment: Environment) {
  const lines: string[] = []
  const app = createApplication({
    environment,
    routes: defineRoutes((r) => {
      r.get('/', AnyController, 'index')
      r.get('/:path', AnyController, 'index')
    }),
    config: { logLevel: 'trace', sessionOptions: { secret: SECRET } },
    logDestination: { write: (line) => void lines.push(line) },
  })
  const headers = { host: 'localhost', 'user-agent': HOSTILE, referer: HOSTILE, 'x-request-id': HOSTILE }
  const encoded = encodeURIComponent(HOSTILE)
  // As no HTTP parser would let it through, but an adapter might.
  await app.handle({ method: 'GET', url: `/${HOSTILE}`, headers })
  await app.handle({ method: `GET\n${FORGED}`, url: '/', headers })
  await app.handle({ method: 'GET', url: `/${encoded}`, headers })
  await app.handle({ method: 'GET', url: `/?text=${encoded}&${encoded}=1`, headers })
  await app.handle({ method: 'GET', url: `/?text=${encoded}&fail=1`, headers })
  return lines.join('')
}

describe('the log in JSON', () => {
  test('has a line for each of its entries, and no other', async () => {
    const text = await logOf({ name: 'production', explicit: true })
    const lines = text.trimEnd().split('\n')
    const entries = lines.map((line) => JSON.parse(line) as Record<string, unknown>)
    // Five requests, three calls of the action, one error.
    expect(entries.filter(({ msg }) => msg === 'request')).toHaveLength(5)
    expect(entries).toHaveLength(9)
    expect(entries.filter(({ msg }) => msg === 'forged')).toEqual([])
    expect(entries.filter(({ requestId }) => requestId === HOSTILE)).toEqual([])
    // biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the point
    expect(text).not.toMatch(/[\x00-\x09\x0b-\x1f]/)
  })
})

describe('the log for people', () => {
  test('has no control character in it, and a line only where one belongs', async () => {
    const text = await logOf({ name: 'development', explicit: true })
    expect(stripVTControlCharacters(text)).toBe(text)
    expect(text).not.toMatch(CONTROL)
    const lines = text.trimEnd().split('\n')
    const entries = lines.filter((line) => /^\d\d:\d\d:\d\d /.test(line))
    expect(entries).toHaveLength(9)
    // The rest is the error's stack, and what of its message looks like a line.
    expect(lines.filter((line) => !entries.includes(line) && !line.startsWith('  '))).toEqual([])
    expect(text).toContain(`\n  ${FORGED}`)
  })
})
