// Commands that run inside the booted app: console, runner, test, about.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { CONTRAIL, linkedPostsApp, temporaryFolder, writeFiles } from '../harness/folders.js'
import { execute } from '../harness/processes.js'

const contrail = (args: string[], cwd: string, env: NodeJS.ProcessEnv = {}) =>
  execute(process.execPath, [CONTRAIL, ...args], { cwd, env })

describe('contrail runner', () => {
  test('runs a script in the booted app, with its arguments, and ends', async () => {
    const folder = linkedPostsApp()
    writeFiles(folder, {
      'scripts/count.ts': `import { container } from 'contrail'
import { PostRepository } from '../app/repositories/post-repository.js'
export default async (app: { environment: { name: string } }) => {
  const posts = container.resolve(PostRepository).all().length
  console.log(JSON.stringify({ posts, args: process.argv.slice(2), environment: app.environment.name }))
}
`,
    })
    const { code, output } = await contrail(['runner', '-e', 'test', 'scripts/count.ts', 'a', '--b'], folder)
    expect(code, output).toBe(0)
    expect(JSON.parse(output)).toEqual({ posts: 1, args: ['a', '--b'], environment: 'test' })
  })

  test('fails as the script does, with its place; and says which file there is none of', async () => {
    const folder = linkedPostsApp()
    writeFiles(folder, { 'scripts/fail.ts': "export default () => {\n  throw new Error('not today')\n}\n" })
    const [failed, missing] = await Promise.all([
      contrail(['runner', 'scripts/fail.ts'], folder),
      contrail(['runner', 'scripts/nothing.ts'], folder),
    ])
    expect(failed.code).toBe(1)
    expect(failed.output).toMatch(/Error: not today\n.*scripts\/fail\.ts:2/)
    expect(missing.code).toBe(1)
    expect(missing.output).toMatch(/There is no .*nothing\.ts\.\n {2}Fix: /)
    expect(missing.output).not.toMatch(/^\s+at /m)
  })
})

describe('contrail console', () => {
  test('has the app, its code and its container, awaits, and loads again what changed', async () => {
    const folder = linkedPostsApp()
    const lines = [
      'app.routes.length * 1000',
      "(await app.fetch(new Request('http://localhost/posts'))).status + 1",
      "Object.keys(await load('app/repositories/post-repository.ts'))",
      "(await app.get('/posts')).status + 3",
      'container.resolve.name',
      "require('fs').writeFileSync('config/routes.ts', \"import { defineRoutes } from 'contrail'; export default defineRoutes(() => {})\")",
      '[await reload(), app.routes.length - 500]',
    ]
    const program = `printf '%s\\n' "$LINES" | "${process.execPath}" "${CONTRAIL}" console`
    const { code, output } = await execute('sh', ['-c', program], { cwd: folder, env: { LINES: lines.join('\n') } })
    expect(code, output).toBe(0)
    expect(output).toContain('Contrail console, development.')
    for (const answer of ['11000', '201', '203', "[ 'PostRepository' ]", "[ 'reloaded', -500 ]"])
      expect(output).toContain(answer)
  })

  test('does not open for an app that does not load', async () => {
    const folder = linkedPostsApp()
    writeFileSync(join(folder, 'config/routes.ts'), 'export default = 1\n')
    const { code, output } = await contrail(['console'], folder)
    expect(code).toBe(1)
    expect(output).toMatch(/SyntaxError[\s\S]*config\/routes\.ts:1[\s\S]*Fix: mend the app; the console opens/)
  })
})

describe('contrail test', () => {
  test("runs the app's tests in the test environment, hands arguments on, and ends with Vitest's code", async () => {
    const folder = linkedPostsApp()
    writeFiles(folder, {
      'tests/good.test.ts':
        "import { expect, test } from 'vitest'\ntest('good', () => expect([process.env.CONTRAIL_ENV, process.env.NODE_ENV]).toEqual(['test', 'test']))\n",
      'tests/bad.test.ts': "import { expect, test } from 'vitest'\ntest('bad', () => expect(1).toBe(2))\n",
    })
    const env = { CONTRAIL_ENV: 'production' }
    const [good, bad] = await Promise.all([
      contrail(['test', 'good', '--reporter=dot'], folder, env),
      contrail(['test'], folder, env),
    ])
    expect(good.code, good.output).toBe(0)
    expect(good.output).toMatch(/Tests.*1 passed/)
    expect(bad.code).toBe(1)
    expect(bad.output).toMatch(/1 failed.*1 passed/)
  })

  test('says what to install where there is no Vitest', async () => {
    const { code, output } = await contrail(['test'], temporaryFolder())
    expect(code).toBe(1)
    expect(output).toMatch(/has no Vitest.*\n {2}Fix: /)
  })
})

test('contrail about tells what runs here, as text and as JSON', async () => {
  const folder = linkedPostsApp()
  const [text, json] = await Promise.all([contrail(['about'], folder), contrail(['about', '--json'], folder)])
  expect(text.output).toMatch(/^app +posts-app\n[\s\S]*^environment +development\n/m)
  expect(JSON.parse(json.output)).toMatchObject({
    app: 'posts-app',
    routes: 11,
    controllers: 3,
    node: process.version.slice(1),
  })
})
