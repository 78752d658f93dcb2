// The generators' pages: each has one, --help shows it, and its examples write what it says.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { callContrail } from '../harness/command-line.js'
import { REPOSITORY } from '../harness/folders.js'
import { generatedApp } from '../harness/generated-app.js'

const FOLDER = join(REPOSITORY, 'packages', 'cli', 'src', 'generators')

const generators = readdirSync(FOLDER).filter((name) => existsSync(join(FOLDER, name, 'generator.ts')))
const pageOf = (name: string) => {
  const page = join(FOLDER, name, 'USAGE')
  return existsSync(page) ? readFileSync(page, 'utf8') : ''
}

/** `contrail generate …` and the lines of its log, `create app/x.ts`. */
interface Example {
  readonly call: string
  readonly log: readonly string[]
}

function examplesIn(page: string): Example[] {
  const [, examples = ''] = page.split(/^Examples:$/m)
  return examples
    .split(/^ {2}(?=contrail )/m)
    .slice(1)
    .map((part) => {
      const [call = '', ...log] = part.trimEnd().split('\n')
      return { call, log: log.map((line) => line.trim().replace(/ +/, ' ')) }
    })
}

const examples = generators.flatMap((name) => examplesIn(pageOf(name)))

describe('the pages of generators', () => {
  test.each(generators)('%s has one, with what it does and examples', (name) => {
    const page = pageOf(name)
    expect(page, `generators/${name}/USAGE is missing, or says too little`).toMatch(/^Description:\n {2}\S/)
    expect(examplesIn(page).length).toBeGreaterThan(0)
    expect(examplesIn(page).filter(({ call }) => !call.startsWith(`contrail generate ${name} `))).toEqual([])
    expect(page.split('\n').filter((line) => line.length > 100)).toEqual([])
  })

  test.each(generators)('contrail generate %s --help shows it after the options', async (name) => {
    for (const command of ['generate', 'destroy']) {
      const { code, output } = await callContrail([command, name, '--help'], { cwd: '/' })
      expect(code).toBe(0)
      expect(output).toMatch(/--dry-run[\s\S]*--help/)
      expect(output).toContain(`display help for command\n\n${pageOf(name)}`)
    }
  })

  test('go into the package', () => {
    const { files } = JSON.parse(readFileSync(join(REPOSITORY, 'packages/cli/package.json'), 'utf8'))
    expect(files).toContain('src/generators/*/USAGE')
  })

  test.each(examples)('$call writes what the page says', async ({ call, log }) => {
    const app = await generatedApp()
    const output = await app.succeed(...call.split(' ').slice(1), '--dry-run')
    const told = output.trimEnd().split('\n')
    expect(told.map((line) => line.trim().replace(/^(\S+) +(\S+).*/, '$1 $2'))).toEqual(log)
    expect(app.status()).toBe('')
  })
})

test('contrail generate alone lists the generators, and suggests for a typo', async () => {
  for (const command of ['generate', 'g', 'destroy', 'd']) {
    const { code, output } = await callContrail([command], { cwd: '/' })
    expect(code).toBe(0)
    for (const name of generators) expect(output).toMatch(new RegExp(`^ {2}${name} +\\S`, 'm'))
  }
  const typo = await callContrail(['generate', 'contoller', 'posts'], { cwd: '/' })
  expect(typo.code).toBe(1)
  expect(typo.output).toContain('Did you mean controller?')
})
