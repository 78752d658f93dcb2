// The guides, followed to the letter: their files written and their calls made in the order of the page, by one dev server.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { CONTRAIL, REPOSITORY } from '../harness/folders.js'
import { follow } from '../harness/pages.js'
import { execute, freePort, start } from '../harness/processes.js'

test('the guide works as printed, in production too', async () => {
  await production(await follow('docs/guide.md'))
})

const others = readdirSync(join(REPOSITORY, 'docs'))
  .filter((page) => page.endsWith('.md') && page !== 'guide.md' && page !== 'getting-started.md')
  .filter((page) => readFileSync(join(REPOSITORY, 'docs', page), 'utf8').includes('```console'))

test.each(others)('docs/%s works as printed', async (page) => {
  await follow(`docs/${page}`)
})

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
