// What the command line says of itself: help at every level, completion in a real shell, and how little is loaded for it.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { callContrail } from '../harness/command-line.js'
import { CONTRAIL, temporaryFolder } from '../harness/folders.js'
import { execute } from '../harness/processes.js'

describe('help', () => {
  test('contrail alone shows it and ends with 0, as contrail help does', async () => {
    const [alone, asked, help] = [
      await callContrail([], { cwd: '/' }),
      await callContrail(['--help'], { cwd: '/' }),
      await callContrail(['help'], { cwd: '/' }),
    ]
    expect(alone).toEqual({ ...asked, code: 0 })
    expect(help).toEqual(asked)
    expect(asked.output).toMatch(/^ {2}generate\|g +\S/m)
  })

  test.each([
    [['help', 'new'], 'Usage: contrail new [options]'],
    [['help', 'generate', 'scaffold'], 'Usage: contrail generate scaffold [options] <name> [fields...]'],
    [['help', 'g'], 'Usage: contrail generate|g'],
  ])('contrail %j', async (args, usage) => {
    const { code, output } = await callContrail(args, { cwd: '/' })
    expect([code, output]).toEqual([0, expect.stringContaining(usage)])
  })

  test.each([
    [['rotues'], 'Did you mean routes?'],
    [['help', 'nwe'], 'Did you mean new?'],
    [['generate', 'scafold'], 'Did you mean scaffold?'],
    [['new', 'x', '--sesion', 'cookie'], 'Did you mean --session?'],
    [['new', 'x', '--session', 'redis'], 'Allowed choices are cookie, memcached'],
  ])('a typo is told with what was meant: %j', async (args, suggestion) => {
    const { code, output } = await callContrail(args, { cwd: '/' })
    expect([code, output]).toEqual([1, expect.stringContaining(suggestion)])
  })

  test('loads the table of commands, and no command, compiler or framework', async () => {
    const folder = temporaryFolder()
    writeFileSync(
      join(folder, 'hooks.mjs'),
      `import { writeSync } from 'node:fs'
export async function load(url, context, next) { writeSync(2, url + '\\n'); return await next(url, context) }`,
    )
    const hooks = `data:text/javascript,import{register}from'node:module';register(${JSON.stringify(`file://${folder}/hooks.mjs`)})`
    const { output } = await execute(process.execPath, ['--import', hooks, CONTRAIL, '--help'], { cwd: folder })
    const own = output.match(/packages\/cli\/dist\/\S+/g)?.map((path) => path.replace('packages/cli/dist/', ''))
    expect(own?.sort()).toEqual(['cli-error.js', 'cli.js', 'command-line.js'])
    const packages = new Set(output.match(/(?<=node_modules\/)(?:@[^/]+\/)?[^/\n]+/g))
    expect([...packages]).toEqual(['commander'])
  })
})

describe('completion', () => {
  /** What bash offers when Tab is pressed behind these words. */
  async function offered(...words: string[]): Promise<string[]> {
    const script = `source <(${process.execPath} ${CONTRAIL} completion bash)
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _contrail; printf '%s\\n' "\${COMPREPLY[@]}"`
    const { code, output } = await execute('bash', ['-c', script, 'bash', ...words], { cwd: '/' })
    expect(code, output).toBe(0)
    return output.trim().split('\n')
  }

  test.each([
    [['contrail', 'gen'], ['generate']],
    [['contrail', 'db:m'], ['db:migrate']],
    [
      ['contrail', 'g', 's'],
      ['session-store', 'scaffold'],
    ],
    [
      ['contrail', 'new', 'blog', '--session', ''],
      ['cookie', 'memcached'],
    ],
    [
      ['contrail', 'new', '--s'],
      ['--session', '--skip-install', '--skip-git'],
    ],
    [
      ['contrail', 'destroy', 'controller', '--skip-'],
      ['--skip-routes', '--skip-tests'],
    ],
    [['contrail', 'server', '--port', ''], ['']],
  ])('in bash, %j', async (words, expected) => {
    expect((await offered(...words)).sort()).toEqual([...expected].sort())
  })

  test('for fish and zsh it names every command, and a shell that is none is refused', async () => {
    const { output: help } = await callContrail(['--help'], { cwd: '/' })
    const names = [...help.matchAll(/^ {2}([a-z][a-z:]+)/gm)].map(([, name]) => name as string)
    expect(names.length).toBeGreaterThan(15)
    const [fish, zsh] = [
      await callContrail(['completion', 'fish'], { cwd: '/' }),
      await callContrail(['completion', 'zsh'], { cwd: '/' }),
    ]
    for (const name of names.filter((one) => one !== 'help')) {
      expect(fish.output).toContain(`-f -a ${name} -d `)
      expect(zsh.output).toContain(`place='${name}'`)
    }
    expect(fish.output).toContain(`-l session -x -a 'cookie memcached'`)
    expect((await callContrail(['completion', 'tcsh'], { cwd: '/' })).output).toContain('bash, zsh, fish')
  })
})
