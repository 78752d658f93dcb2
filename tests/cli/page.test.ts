// docs/cli.md against the commands themselves: each command and each option is there, and none that does not exist.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { callContrail } from '../harness/command-line.js'
import { REPOSITORY } from '../harness/folders.js'

const page = readFileSync(join(REPOSITORY, 'docs/cli.md'), 'utf8')

/** The sections of the page: `generate model` and what is said there. */
const sections = page
  .split(/^##+ contrail /m)
  .slice(1)
  .map((text) => [text.split('\n', 1)[0] as string, text] as const)

const help = async (...args: string[]) => (await callContrail([...args, '--help'], { cwd: '/' })).output

const commandsIn = (text: string) =>
  [...(text.split(/^Commands:$/m)[1] ?? '').matchAll(/^ {2}([a-z][a-z:-]+)/gm)]
    .map(([, name]) => name as string)
    .filter((name) => name !== 'help')

/** `--port`, of a help's options or of a table on the page. */
const optionsIn = (text: string, row: RegExp) =>
  [...text.matchAll(row)].map(([, name]) => name as string).filter((name) => name !== '--help')

test('tells of every command, and of none that there is not', async () => {
  const names = commandsIn(await help())
  const generators = commandsIn(await help('generate')).map((name) => `generate ${name}`)
  expect(generators.length).toBeGreaterThan(6)
  expect(sections.map(([name]) => name).sort()).toEqual([...names, ...generators].sort())
})

test.each(sections)('contrail %s has the options that the page says', async (name, text) => {
  const own = optionsIn(await help(...name.split(' ')), /^ {2}(?:-\w, )?(--[a-z][a-z-]+)/gm)
  expect(optionsIn(text, /^\| `(?:-\w, )?(--[a-z][a-z-]+)/gm).sort()).toEqual(own.sort())
})
