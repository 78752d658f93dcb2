// What the benchmark makes of its figures: medians, ratios within a round, plots, and the page that it fills.
import { describe, expect, test } from 'vitest'

type Rounds = readonly (Readonly<Record<string, number>> | null)[]
type Ask = (request: { readonly path: string }) => Promise<{ status: number; body: string; cookie: string | undefined }>
interface Suite {
  fill(text: string, name: string, content: string): string
  plotsOf(results: object): { readonly routes: string }
  renderRun(results: object): string
  markdownTable(rows: readonly (readonly string[])[]): string
  medianOf(rounds: Rounds, key: string): number | undefined
  ratioOf(rounds: Rounds, base: Rounds, key: string): number | undefined
  sessionData(bytes: number): object
  readonly WORK: Readonly<Record<'json' | 'cookie-read', { load(ask: Ask, options: object): Promise<object[]> }>>
}

/** The benchmark is plain JavaScript, which runs on any Node as it is. */
const modules = ['suite/page.js', 'suite/table.js', 'suite/work.js', 'peers/shared.js']
const imported = await Promise.all(
  modules.map((path) => import(new URL(path, import.meta.url).href) as Promise<object>),
)
const { fill, plotsOf, renderRun, markdownTable, medianOf, ratioOf, sessionData, WORK } = Object.assign(
  {},
  ...imported,
) as Suite

const rounds = (...values: readonly (number | null)[]) => values.map((cpu) => (cpu === null ? null : { cpu }))

describe('figures', () => {
  test('are medians over the rounds that have them', () => {
    expect(medianOf(rounds(30, 10, 20), 'cpu')).toBe(20)
    expect(medianOf(rounds(30, null, 20), 'cpu')).toBe(25)
    expect(medianOf(rounds(null), 'cpu')).toBeUndefined()
  })

  test('are compared within a round, so that a slow round is no slow peer', () => {
    expect(ratioOf(rounds(20, 200, 22), rounds(10, 100, 11), 'cpu')).toBe(2)
    expect(ratioOf(rounds(20, null), rounds(null, 10), 'cpu')).toBeUndefined()
  })

  test('stand in a table that is aligned', () => {
    expect(
      markdownTable([
        ['a', 'bb'],
        ['ccc', '1'],
      ]),
    ).toBe('| a   | bb |\n|-----|---:|\n| ccc |  1 |')
  })
})

describe('a run', () => {
  const run = (...others: readonly number[]) =>
    renderRun({
      peers: {},
      failures: [],
      nodes: [{ version: '20.1.0', work: { json: { raw: others.map((each) => ({ others: each })) } } }],
    })

  test('tells of figures that were taken on a busy core', () => {
    expect(run(0.05, -0.01)).not.toContain('other programs')
    expect(run(0.05, 0.6)).toContain('1 of 2 figures were taken while other programs had over 20 %')
  })
})

describe('plots', () => {
  test('have a panel for each Node, a line for each peer, and a point for each figure', () => {
    const growth = { routes: { contrail: { 1: rounds(10), 10: rounds(11), 100: rounds(null) } } }
    const peers = { contrail: { title: 'Contrail <&>' } }
    const { routes } = plotsOf({ peers, nodes: [{ version: '20.1.0', growth }, { version: '24.1.0' }] }) as {
      routes: string
    }
    expect(routes.match(/<polyline/g)).toHaveLength(1)
    expect(routes.match(/r="3"/g)).toHaveLength(2)
    expect(routes).toContain('Contrail &lt;&amp;>')
    expect(routes).not.toContain('NaN')
  })
})

describe('the page', () => {
  test('is filled between its markers alone, and only with what was measured', () => {
    const page = 'a\n<!-- bench:run -->\nold\n<!-- /bench:run -->\nb'
    expect(fill(page, 'run', 'new')).toBe('a\n<!-- bench:run -->\n\nnew\n\n<!-- /bench:run -->\nb')
    expect(fill(page, 'run', '')).toBe(page)
    expect(() => fill(page, 'table', 'new')).toThrow('lost its markers')
  })
})

describe('the checks before a measurement', () => {
  test('refuse a wrong status, a wrong body and a session that does not come back', async () => {
    const answering = (status: number, body: string) => async () => ({ status, body, cookie: undefined })
    await expect(WORK.json.load(answering(500, '{"message":"Hello, World!"}'), {})).rejects.toThrow('answered 500')
    await expect(WORK.json.load(answering(200, '{}'), {})).rejects.toThrow('not 200 {"message":"Hello, World!"}')
    const options = { sessionBytes: 150 }
    await expect(WORK['cookie-read'].load(answering(200, '{"saved":true}'), options)).rejects.toThrow('set no cookie')
    const forgetful = async ({ path }: { readonly path: string }) => ({
      status: 200,
      body: path === '/session/read' ? '{}' : '{"saved":true}',
      cookie: 'a=b',
    })
    await expect(WORK['cookie-read'].load(forgetful, options)).rejects.toThrow('/session/read answered 200 {}')
  })

  test('are of sessions as large as they are said to be', () => {
    for (const bytes of [100, 150, 2900]) expect(JSON.stringify(sessionData(bytes))).toHaveLength(bytes)
  })
})
