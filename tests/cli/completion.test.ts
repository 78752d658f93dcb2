// Completion in the shells themselves: what each would offer for a line as it is typed.
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { callContrail } from '../harness/command-line.js'
import { temporaryFolder } from '../harness/folders.js'
import { execute } from '../harness/processes.js'

/** What is typed, and what is offered for its last word. */
const LINES: readonly (readonly [line: string, offered: readonly string[]])[] = [
  ['contrail ro', ['routes']],
  ['contrail g s', ['scaffold', 'session-store']],
  ['contrail destroy mig', ['migration']],
  ['contrail new blog --data', ['--database']],
  ['contrail new --database ', ['none', 'postgres']],
  ['contrail generate controller posts --skip-r', ['--skip-routes']],
  ['contrail completion z', ['zsh']],
  ['contrail server -p ', []],
  ['contrail routes --js', ['--json']],
  ['contrail runner no', ['notes.ts']],
  ['contrail server --cert no', ['notes.ts']],
]

async function scripted(shell: string): Promise<{ folder: string; script: string }> {
  const folder = temporaryFolder()
  const { code, output } = await callContrail(['completion', shell], { cwd: folder })
  expect(code).toBe(0)
  const script = join(folder, `completion.${shell}`)
  writeFileSync(script, output)
  writeFileSync(join(folder, 'notes.ts'), '')
  return { folder, script }
}

const has = (program: string) => spawnSync(program, ['--version']).status === 0

/** Runs one shell for all lines, which prints what it offers for each, line by line, with an empty line at the end of each. */
async function offers(program: string, args: string[], cwd: string, lines: readonly string[]): Promise<string[][]> {
  const { code, output } = await execute(program, [...args, ...lines], { cwd })
  expect(code, output).toBe(0)
  const parts = output.split('--\n').slice(0, -1)
  return parts.map((part) =>
    part
      .split('\n')
      .filter((word) => word !== '')
      .sort(),
  )
}

const typed = LINES.map(([line]) => line)
const expected = LINES.map(([, words]) => words)

test('bash completes commands, aliases, options, values and files; db: without writing it twice', async () => {
  const { folder, script } = await scripted('bash')
  const program = `source "$1"; complete -p contrail > /dev/null || exit 9; shift
for COMP_LINE; do COMP_POINT=\${#COMP_LINE}; COMPREPLY=(); _contrail; printf '%s\\n' "\${COMPREPLY[@]}" --; done`
  const lines = [...typed, 'contrail db:mi', 'contrail db:re']
  const found = await offers('bash', ['--norc', '-c', program, 'bash', script], folder, lines)
  expect(found).toEqual([...expected, ['migrate'], ['reset']])
})

test.skipIf(!has('zsh'))('zsh completes the same, with what each word means', async () => {
  const { folder, script } = await scripted('zsh')
  const program = `compdef() { : }; _files() { print -rl -- \${words[CURRENT]}*(N) }
_describe() { print -rl -- \${(M)\${(@P)2}:#\${words[CURRENT]}*} }
source $1; shift
for line; do words=("\${(@s: :)line}"); CURRENT=$#words; _contrail; print -- --; done`
  const found = await offers('zsh', ['-f', '-c', program, 'zsh', script], folder, [...typed, 'contrail db:mi'])
  const texts = found.map((words) => words.map((word) => word.replace(/(?<!\\):.*/, '').replaceAll('\\:', ':')))
  // zsh itself passes over what does not fit a colon that is escaped.
  expect(texts.slice(0, -1)).toEqual(expected)
  expect(found[0]).toEqual(["routes:list the app's routes"])
})

test.skipIf(!has('fish'))('fish completes the same, with what each word means', async () => {
  const { folder, script } = await scripted('fish')
  const program = 'source $argv[1]; for line in $argv[2..-1]; complete -C $line; printf "%s\\n" --; end'
  const found = await offers('fish', ['-N', '-c', program, script], folder, [...typed, 'contrail db:mi'])
  const texts = found.map((words) => words.map((word) => word.split('\t')[0]))
  expect(texts).toEqual([...expected, ['db:migrate']])
  expect(found[0]).toEqual(["routes\tlist the app's routes"])
})

test('a shell that is not known is refused, with those that are', async () => {
  const { code, output } = await callContrail(['completion', 'ksh'], { cwd: '/' })
  expect(code).toBe(1)
  expect(output).toContain('bash, zsh, fish')
})
