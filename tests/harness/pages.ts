// Follows a page of docs/ to the letter: writes its files and makes its calls, in the order of the page.
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { expect, onTestFinished } from 'vitest'
import { CONTRAIL, REPOSITORY, temporaryFolder } from './folders.js'
import { execute, freePort, start } from './processes.js'

const TIME = /\d{4}-\d\d-\d\dT[\d:.]+Z/g
const BLOCK = /```(\w+)(?: file=(\S+))?\n([\s\S]*?)```/g
const TEST_RUNNER = /\bvitest run\b|\bnode\b.* --test\b/

/**
 * Does what a page says. Returns the folder of the app that comes of it.
 * @param modules the node_modules that the app has. Default: the workspace's
 */
export async function follow(page: string, modules = join(REPOSITORY, 'node_modules')): Promise<string> {
  const guide = readFileSync(join(REPOSITORY, page), 'utf8')
  const folder = temporaryFolder()
  symlinkSync(modules, join(folder, 'node_modules'))
  const port = await freePort()
  const isServed = /^\$ curl/m.test(guide)
  let started = false
  let calls = 0
  for (const [, language, file, text = ''] of guide.matchAll(BLOCK)) {
    if (file !== undefined) {
      mkdirSync(dirname(join(folder, file)), { recursive: true })
      writeFileSync(join(folder, file), text)
    } else if (language === 'console') {
      if (isServed && !started) await serve(folder, port)
      started = true
      for (const [, command = '', answer = ''] of text.matchAll(/^\$ (.*)\n((?:(?!\$ ).*\n)*)/gm)) {
        const shown = command.replace('curl', 'curl -sS').replace(':3000', `:${port}`)
        const { output } = await execute('sh', ['-c', shown], { cwd: folder })
        if (TEST_RUNNER.test(command)) expectLines(output, answer, command)
        else {
          expect(output.replaceAll('\r', '').trim().replace(TIME, 'TIME'), command).toBe(
            answer.trim().replace(TIME, 'TIME'),
          )
        }
        calls++
      }
    }
  }
  expect(calls).toBeGreaterThan(isServed ? 4 : 0)
  return folder
}

/** Test runners print more than a page shows (durations, folders), in an order of their own: each line is to be there. */
function expectLines(output: string, answer: string, command: string): void {
  const flat = stripVTControlCharacters(output).replace(/[^\S\n]+/g, ' ')
  for (const line of answer.trim().split('\n')) expect(flat, command).toContain(line.trim())
}

async function serve(folder: string, port: number): Promise<void> {
  const server = start(process.execPath, [CONTRAIL, 'server', '-p', String(port)], { cwd: folder })
  onTestFinished(() => server.kill('SIGKILL'))
  await server.waitFor(/ready in/)
}
