// README's own commands and its transcript, run as printed: npm start, then each curl call with what it should answer.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { REPOSITORY, temporaryFolder } from '../harness/folders.js'
import { execute, freePort, start } from '../harness/processes.js'

const README = readFileSync(join(REPOSITORY, 'README.md'), 'utf8')
const TIME = /\d{4}-\d\d-\d\dT[\d:.]+Z/g

/** The calls of the transcript, each with the line it answers. */
function transcript(): { command: string; answer: string }[] {
  const block = /```console\n([\s\S]*?)```/.exec(README)?.[1] ?? ''
  return [...block.matchAll(/^\$ (.*)\n(.*)$/gm)].map(([, command = '', answer = '']) => ({ command, answer }))
}

test("README's start command serves the posts-app, and its transcript works as printed", async () => {
  expect(README).toContain('\nnpm ci && npm start\n')
  const calls = transcript()
  expect(calls.length).toBeGreaterThan(4)
  const port = await freePort()
  const server = start('npm', ['start'], { cwd: REPOSITORY, env: { PORT: String(port) } })
  onTestFinished(() => server.kill('SIGKILL'))
  await server.waitFor(/Try:\n.*curl/)
  const cwd = temporaryFolder()
  for (const { command, answer } of calls) {
    const { output } = await execute('sh', ['-c', command.replace('curl', 'curl -sS').replace(':3000', `:${port}`)], {
      cwd,
    })
    expect(output.trim().replace(TIME, 'TIME'), command).toBe(answer.replace(TIME, 'TIME'))
  }
  await server.stop('SIGINT')
})
