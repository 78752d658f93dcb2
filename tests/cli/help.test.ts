// Help and refusals at every level, exit codes, colours; and how little is loaded to answer.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, test } from 'vitest'
import { wantsColours } from '../../packages/cli/dist/terminal.js'
import { callContrail } from '../harness/command-line.js'
import { CONTRAIL, temporaryFolder } from '../harness/folders.js'
import { execute } from '../harness/processes.js'

const contrail = (...args: string[]) => callContrail(args, { cwd: '/' })

describe('help', () => {
  test('is what contrail prints alone, and ends with 0', async () => {
    const alone = await contrail()
    expect(alone.code).toBe(0)
    expect(alone.output).toMatch(/^Usage: contrail [\s\S]*doctor[\s\S]*A command ends with 0/)
    expect(await contrail('help')).toEqual(alone)
    expect(await contrail('--help')).toEqual(alone)
  })

  test.each([
    ['help routes', /^Usage: contrail routes /],
    ['help generate', /^Usage: contrail generate\|g \[options\] \[command\][\s\S]*session-store/],
    ['help generate scaffold', /^Usage: contrail generate scaffold /],
    ['help g scaffold', /^Usage: contrail generate scaffold /],
    ['generate help scaffold', /^Usage: contrail generate scaffold /],
  ])('contrail %s', async (line, expected) => {
    const { code, output } = await contrail(...line.split(' '))
    expect(output).toMatch(expected)
    expect(code).toBe(0)
  })

  test.each([
    ['rutes', 'Did you mean routes?'],
    ['rutes --help', 'Did you mean routes?'],
    ['help rutes', 'Did you mean routes?'],
    ['db migrate', 'Did you mean db:migrate, db:generate,'],
    ['generate scafold', 'Did you mean scaffold?'],
    ['generate scafold --help', 'Did you mean scaffold?'],
    ['help generate scafold', 'Did you mean scaffold?'],
    ['generate scaffold post --dry-rn', 'Did you mean --dry-run?'],
    ['new blog --sesion cookie', 'Did you mean --session?'],
    ['new blog --session cooky', 'Allowed choices are cookie, memcached.'],
    ['routes extra', 'contrail routes --help'],
  ])('contrail %s is refused with what was meant', async (line, expected) => {
    const { code, output } = await contrail(...line.split(' '))
    expect(output).toContain(expected)
    expect(output).not.toContain('Usage:')
    expect(code).toBe(1)
  })
})

test.each([
  [{}, true, true],
  [{}, false, false],
  [{ NO_COLOR: '1' }, true, false],
  [{ NO_COLOR: '' }, true, true],
  [{ FORCE_COLOR: '1' }, false, true],
  [{ FORCE_COLOR: '' }, false, true],
  [{ FORCE_COLOR: '0' }, true, false],
  [{ FORCE_COLOR: '1', NO_COLOR: '1' }, false, true],
])('colours with %j, at a terminal: %j → %j', (environment, isTerminal, expected) => {
  expect(wantsColours(environment, isTerminal)).toBe(expected)
})

/** Writes down every module that is loaded. */
const RECORDER = `import { register } from 'node:module'
const hooks = "import { appendFileSync } from 'node:fs'; export function load(url, context, next) {" +
  "appendFileSync(process.env.LOADED, url + ' '); return next(url, context) }"
register('data:text/javascript,' + encodeURIComponent(hooks))
`

/** The files that a call loads, of packages other than ours by their name alone. */
async function loadedFor(...args: string[]): Promise<string[]> {
  const folder = temporaryFolder()
  const recorder = join(folder, 'recorder.mjs')
  const list = join(folder, 'loaded')
  writeFileSync(recorder, RECORDER)
  const call = ['--import', pathToFileURL(recorder).href, CONTRAIL, ...args]
  const { code, output } = await execute(process.execPath, call, { cwd: folder, env: { LOADED: list } })
  expect(code, output).toBe(0)
  const urls = readFileSync(list, 'utf8')
    .split(' ')
    .filter((line) => line.startsWith('file:'))
  return [...new Set(urls.map((url) => url.replace(/^.*\/(?:node_modules|packages)\//, '')))].sort()
}

test('little is loaded to tell the version, and for help nothing but what reads arguments', async () => {
  const [version, help] = await Promise.all([loadedFor('--version'), loadedFor('--help')])
  expect(version).toEqual(['cli/bin/contrail.js', 'cli/dist/cli-error.js', 'cli/dist/cli.js'])
  const own = help.filter((path) => !path.startsWith('commander/'))
  expect(own).toEqual([...version.slice(0, 2), 'cli/dist/cli.js', 'cli/dist/command-line.js'])
  expect(help.filter((path) => path.startsWith('commander/'))).not.toEqual([])
})
