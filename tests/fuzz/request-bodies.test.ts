// Queries and bodies that nobody meant to send: whole ones, broken in every way that chance finds, in pieces of any size. Each
// is answered, none with a 5xx, none pollutes a prototype, and no file of any is left.
// FUZZ_RUNS sets how many; npm run fuzz makes 200,000. FUZZ_SEED repeats a run.
import { readdirSync } from 'node:fs'
import { Readable } from 'node:stream'
import { Controller, type RawRequest } from 'contrail'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { ask, boot } from '../harness/app.js'
import { temporaryFolder } from '../harness/folders.js'
import { BOUNDARY, MULTIPART, multipart } from '../harness/multipart.js'
import { type Random, randomFrom } from '../harness/random-values.js'

const RUNS = Number(process.env['FUZZ_RUNS'] ?? 1_000)
const SEED = Number(process.env['FUZZ_SEED'] ?? 20_261_123)

const Post = z.object({ title: z.string(), tags: z.array(z.string()).optional() }).loose()

class FuzzController extends Controller {
  async create() {
    const { params } = this
    const asked = [
      () => params.int('id', 0),
      () => params.boolean('b', false),
      () => params.require('post').string('title'),
      () => params.expect('post', Post),
      () => params.file('f').size,
    ].map((ask) => {
      try {
        return ask()
      } catch (error) {
        if ((error as { status?: number }).status === undefined) throw error
        return null
      }
    })
    const picked = params.permit('a', { post: ['title', { tags: [], links: [['url']] }] })
    const { f } = params as { f?: unknown }
    const text = typeof f === 'object' && f !== null && 'text' in f && typeof f.text === 'function' ? f.text : undefined
    this.render({
      asked,
      picked,
      params,
      query: this.request.query,
      text: text === undefined ? null : await text.call(f),
    })
  }
}

const FORM =
  'a=1&post[title]=Hi+there%21&post[tags][]=x&post[tags][]=y&post[links][][url]=u&post[links][][url]=v&id=7&b=on'
const JSON_VALUE = {
  a: 1,
  id: 7,
  b: true,
  post: { title: 'Hi', tags: ['x', 'é'], links: [{ url: 'u' }, { url: null }] },
  deep: [[[[{ n: 1.5e10 }]]]],
}
const JSON_TEXT = Buffer.from(JSON.stringify(JSON_VALUE)).toString('latin1')
const MULTIPART_TEXT = multipart([
  { name: 'a', value: '1' },
  { name: 'post[title]', value: 'Hi' },
  { name: 'f', filename: 'é.png', type: 'image/png', value: 'content '.repeat(2_500) },
  { name: 'post[tags][]', value: 'x'.repeat(20_000) },
]).toString('latin1')

const PIECES = [
  ...['[', ']', '[]', '[a]', '[__proto__]', '__proto__[x]=1', '&', '=', '%', '%zz', '%00', '%5B', '%c0%af', '+', ';'],
  ...['{', '}', '"', '\\u0000', '\\ud800', '1e999', '-', '{"__proto__":{"x":1}}', '[[[[[[[[', ',', '\ufeff', 'null'],
  ...[`--${BOUNDARY}`, `--${BOUNDARY}--`, `\r\n--${BOUNDARY}\r\n`, '\r\n', '\r\n\r\n', '--', '\r', '\n', '\0', '\xff'],
  ...['; filename="x"', '; filename="../../x"', '; name="__proto__"', 'Content-Disposition: form-data; name="f"'],
  ...["; filename*=utf-8''x", 'Content-Type: text/plain; charset=utf-16', 'Content-Transfer-Encoding: base64'],
]

/** A text, broken in up to four places: bits flipped, parts cut, doubled, moved, and what parsers trip over put in. */
function broken(whole: string, random: Random): string {
  const below = (limit: number) => Math.floor(random() * limit)
  let text = whole
  for (let change = below(5); change > 0; change--) {
    const at = below(text.length + 1)
    const end = Math.min(text.length, at + below(120))
    const kinds = [
      () => text.slice(0, at) + String.fromCharCode((text.charCodeAt(at) || 65) ^ (1 << below(8))) + text.slice(at + 1),
      () => text.slice(0, at) + text.slice(end),
      () => text.slice(0, at),
      () => text.slice(0, end) + text.slice(at),
      () => text.slice(0, at) + (PIECES[below(PIECES.length)] as string) + text.slice(at),
      () => text.slice(0, at) + (PIECES[below(PIECES.length)] as string).repeat(1 + below(1_200)) + text.slice(at),
    ]
    text = (kinds[below(kinds.length)] as () => string)()
  }
  return text
}

/** The same bytes whole, or in pieces of random sizes. */
function inPieces(bytes: Buffer, random: Random): RawRequest['body'] {
  if (random() < 0.4) return bytes
  const most = random() < 0.1 ? 30 : 30_000
  const pieces: Buffer[] = []
  for (let at = 0; at < bytes.length; ) {
    const size = 1 + Math.floor(random() * most)
    pieces.push(bytes.subarray(at, at + size))
    at += size
  }
  return random() < 0.5 ? Readable.from(pieces) : (pieces.values() as unknown as AsyncIterable<Uint8Array>)
}

const KINDS: readonly [string, string, string][] = [
  ['a query', '', FORM],
  ['a form', 'application/x-www-form-urlencoded', FORM],
  ['JSON', 'application/json', JSON_TEXT],
  ['a multipart form', MULTIPART, MULTIPART_TEXT],
]

test.each(KINDS)(
  'B2, B6, B7: %s, broken by chance, is answered 200 or 4xx, and leaves nothing',
  async (kind, type, whole) => {
    const folder = temporaryFolder()
    const { app } = boot((r) => r.post('/fuzz', FuzzController, 'create'), {
      config: { logLevel: 'silent', uploads: { folder, fileSize: 40_000, total: 200_000 } },
    })
    const random = randomFrom(SEED)
    const statuses = new Map<number, number>()
    for (let run = 0; run < RUNS; run++) {
      const text = broken(whole, random)
      const isQuery = kind === 'a query'
      const url = isQuery ? `/fuzz?${text}` : '/fuzz'
      const contentType = random() < 0.05 ? broken(type, random) : type
      const headers = isQuery ? {} : { 'content-type': contentType, 'transfer-encoding': 'chunked' }
      const body = isQuery ? undefined : inPieces(Buffer.from(text, 'latin1'), random)
      const { status } = await withinReason(ask(app, url, { method: 'POST', headers, body }), () => text)
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
      if (status >= 500) expect.fail(`${status} for ${JSON.stringify(text)}`)
    }
    expect([...statuses.keys()].filter((status) => ![200, 400, 413, 415].includes(status))).toEqual([])
    expect(statuses.get(200)).toBeGreaterThan(RUNS / 10)
    expect(statuses.get(400)).toBeGreaterThan(RUNS / 50)
    expect(({} as Record<string, unknown>)['x']).toBeUndefined()
    await expect.poll(() => readdirSync(folder)).toEqual([])
  },
  600_000,
)

/** A promise that must settle: one that does not is a request that hangs. */
async function withinReason<T>(promise: Promise<T>, what: () => string): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within 10 s for ${JSON.stringify(what())}`)), 10_000)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}
