// The guides, followed to the letter: their files written and their calls made in the order of the page, by one dev server.
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { CONTRAIL, REPOSITORY, temporaryFolder } from '../harness/folders.js'
import { execute, freePort, start } from '../harness/processes.js'

const TIME = /\d{4}-\d\d-\d\dT[\d:.]+Z/g
const BLOCK = /```(\w+)(?: file=(\S+))?\n([\s\S]*?)```/g

test('the guide works as printed, in production too', async () => {
  await production(await follow('docs/guide.md'))
})

const others = readdirSync(join(REPOSITORY, 'docs'))
  .filter((page) => page.endsWith('.md') && page !== 'guide.md')
  .filter((page) => readFileSync(join(REPOSITORY, 'docs', page), 'utf8').includes('```console'))

test.each(others)('docs/%s works as printed', async (page) => {
  await follow(`docs/${page}`)
})

/** Does what a page says. Returns the folder of the app that comes of it. */
async function follow(page: string): Promise<string> {
  const guide = readFileSync(join(REPOSITORY, page), 'utf8')
  const folder = temporaryFolder()
  symlinkSync(join(REPOSITORY, 'node_modules'), join(folder, 'node_modules'))
  const port = await freePort()
  let started = false
  let calls = 0
  for (const [, language, file, text = ''] of guide.matchAll(BLOCK)) {
    if (file !== undefined) {
      mkdirSync(dirname(join(folder, file)), { recursive: true })
      writeFileSync(join(folder, file), text)
    } else if (language === 'console') {
      if (!started) await serve(folder, port)
      started = true
      for (const [, command = '', answer = ''] of text.matchAll(/^\$ (.*)\n((?:(?!\$ ).*\n)*)/gm)) {
        const shown = command.replace('curl', 'curl -sS').replace(':3000', `:${port}`)
        const { output } = await execute('sh', ['-c', shown], { cwd: folder })
        expect(output.replaceAll('\r', '').trim().replace(TIME, 'TIME'), command).toBe(
          answer.trim().replace(TIME, 'TIME'),
        )
        calls++
      }
    }
  }
  expect(calls).toBeGreaterThan(4)
  return folder
}

async function serve(folder: string, port: number): Promise<void> {
  const server = start(process.execPath, [CONTRAIL, 'server', '-p', String(port)], { cwd: folder })
  onTestFinished(() => server.kill('SIGKILL'))
  await server.waitFor(/ready in/)
}

async function production(folder: string): Promise<void> {
  const { code, output } = await execute('npm', ['run', 'build'], { cwd: folder })
  expect(code, output).toBe(0)
  const secret = await execute(process.execPath, [CONTRAIL, 'secret'], { cwd: folder })
  const port = await freePort()
  const env = { CONTRAIL_ENV: 'production', SECRET_KEY_BASE: secret.output.trim(), PORT: String(port) }
  const server = start('npm', ['start'], { cwd: folder, env })
  onTestFinished(() => server.kill('SIGKILL'))
  await server.waitFor(/"listening on/)
  const posts = await execute('curl', ['-sS', `localhost:${port}/posts`], { cwd: folder })
  expect(posts.output).toBe('[{"id":1,"title":"Hello"}]')
}
