// The compiler refuses what it should and takes the rest: uses/ has both, each wrong use marked with the error it must cause.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { folderWith, REPOSITORY } from '../harness/folders.js'
import { execute } from '../harness/processes.js'

const FOLDER = fileURLToPath(new URL('.', import.meta.url))
const USES = join(FOLDER, 'uses')
const MARK = /^\s*\/\/ @ts-expect-error (TS\d+): .+$/

const compile = (folder: string) =>
  execute(join(REPOSITORY, 'node_modules', '.bin', 'tsc'), ['-p', join(folder, 'tsconfig.json'), '--pretty', 'false'], {
    cwd: REPOSITORY,
  })

const sources = Object.fromEntries(readdirSync(USES).map((name) => [name, readFileSync(join(USES, name), 'utf8')]))

/** `file:line code` of every use that is marked as wrong; the line is the one below the mark. */
const marked = Object.entries(sources).flatMap(([name, text]) =>
  text.split('\n').flatMap((line, index) => {
    const code = MARK.exec(line)?.[1]
    return code === undefined ? [] : [`${name}:${index + 2} ${code}`]
  }),
)

/** The compiler's options, for a copy of the folder elsewhere. */
const tsconfig = JSON.stringify({
  extends: join(FOLDER, 'tsconfig.json'),
  include: ['uses'],
  compilerOptions: { typeRoots: [join(REPOSITORY, 'node_modules', '@types')] },
})

describe('the public types', () => {
  test('take every right use and refuse every wrong one', async () => {
    expect(await compile(FOLDER)).toEqual({ code: 0, output: '' })
  })

  test('refuse each wrong use with the error it is marked with', async () => {
    const unmarked = Object.entries(sources).map(([name, text]) => [
      `uses/${name}`,
      text.replaceAll('@ts-expect-error', 'not expected:'),
    ])
    const folder = folderWith({ ...Object.fromEntries(unmarked), 'tsconfig.json': tsconfig })
    const { output } = await compile(folder)
    const errors = [...output.matchAll(/([\w-]+\.ts)\((\d+),\d+\): error (TS\d+)/g)]
    expect(errors.map(([, name, line, code]) => `${name}:${line} ${code}`).sort()).toEqual(marked.sort())
    expect(marked.length).toBeGreaterThan(60)
  })

  test('are what a mark depends on: one above a right use is an error', async () => {
    const text =
      "import { Controller } from 'contrail'\n// @ts-expect-error TS0: nothing is wrong here\nvoid Controller\n"
    const { code, output } = await compile(folderWith({ 'uses/right.ts': text, 'tsconfig.json': tsconfig }))
    expect(output).toContain("right.ts(2,1): error TS2578: Unused '@ts-expect-error' directive.")
    expect(code).not.toBe(0)
  })

  test('are marked in one way, which says why', () => {
    const odd = Object.entries(sources).flatMap(([name, text]) =>
      text
        .split('\n')
        .filter((line) => /@ts-(?:expect-error|ignore|nocheck)/.test(line) && !MARK.test(line))
        .map((line) => `${name}: ${line}`),
    )
    expect(odd).toEqual([])
  })
})
