// The other commands: output, errors, exit codes; what a shell sees of them is tried at the end.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { callContrail } from '../harness/command-line.js'
import { CONTRAIL, linkedPostsApp, temporaryFolder } from '../harness/folders.js'
import { execute } from '../harness/processes.js'

const contrail = (args: string[], cwd: string) => callContrail(args, { cwd })

describe('contrail routes', () => {
  test('prints a table', async () => {
    const { code, output } = await contrail(['routes'], linkedPostsApp())
    expect(code).toBe(0)
    expect(output.split('\n').slice(0, 3)).toEqual([
      'Name       Method  Path           Controller#Action',
      'root       GET     /              HomeController#index',
      'posts      GET     /posts         PostsController#index',
    ])
  })

  test('prints JSON, filtered by pattern or controller', async () => {
    const folder = linkedPostsApp()
    const [json, grep, controller, none] = await Promise.all([
      contrail(['routes', '--json'], folder),
      contrail(['routes', '--json', '--grep', '^lastPosts|#destroy$'], folder),
      contrail(['routes', '--json', '--controller', 'session-example'], folder),
      contrail(['routes', '--grep', 'nothing'], folder),
    ])
    expect(JSON.parse(json.output)).toHaveLength(11)
    expect(JSON.parse(grep.output).map(({ path }: { path: string }) => path)).toEqual([
      '/posts/:id',
      '/posts/last',
      '/session',
    ])
    const names = JSON.parse(controller.output).map(({ controller: name }: { controller: string }) => name)
    expect(new Set(names)).toEqual(new Set(['SessionExampleController']))
    expect(none.output).toBe('No routes match.\n')
  })

  test('refuses a bad pattern, and a folder that is no app, each with a fix and without a stack', async () => {
    const [pattern, folder] = await Promise.all([
      contrail(['routes', '--grep', '('], linkedPostsApp()),
      contrail(['routes'], temporaryFolder()),
    ])
    for (const { code, output } of [pattern, folder]) {
      expect(code).toBe(1)
      expect(output).toMatch(/\n {2}Fix: /)
      expect(output).not.toMatch(/^\s+at /m)
    }
    expect(folder.output).toContain('is no Contrail app')
  })
})

test('contrail routes tells why an app does not load, as contrail server does', async () => {
  const folder = linkedPostsApp()
  writeFileSync(join(folder, 'config/routes.ts'), 'export default = 1\n')
  const { code, output } = await contrail(['routes'], folder)
  expect(code).toBe(1)
  expect(output).toMatch(/^SyntaxError: .*\n {2}at config\/routes\.ts:1:/m)
  expect(output).not.toContain('\u001b')
  expect(output).not.toMatch(/^\s+at \w+ \(/m)
})

describe('contrail secret', () => {
  test('prints 64 random bytes in hex, others each time', async () => {
    const [one, two] = await Promise.all([contrail(['secret'], '/'), contrail(['secret'], '/')])
    expect(one.output).toMatch(/^[0-9a-f]{128}\n$/)
    expect(one.output).not.toBe(two.output)
  })
})

describe('contrail', () => {
  test('knows its version and its commands, and suggests for a typo', async () => {
    const [version, help, typo, option] = await Promise.all([
      contrail(['--version'], '/'),
      contrail(['--help'], '/'),
      contrail(['rutes'], '/'),
      contrail(['server', '--prot', '1'], '/'),
    ])
    expect(version.output).toMatch(/^\d+\.\d+\.\d+\n$/)
    expect(version.code).toBe(0)
    expect(help.output).toMatch(/server\|s[\s\S]*routes[\s\S]*secret/)
    expect(help.code).toBe(0)
    expect(typo.output).toContain('Did you mean routes?')
    expect(typo.code).toBe(1)
    expect(option.output).toContain('Did you mean --port?')
    expect(option.code).toBe(1)
  })

  test('refuses a port that is none', async () => {
    const { code, output } = await contrail(['server', '-p', '99999'], '/')
    expect(code).toBe(1)
    expect(output).toContain('A port is a number from 0 to 65535.')
  })
})

test('the program prints to its streams and ends with the code, as a shell sees it', async () => {
  const program = (...args: string[]) => execute(process.execPath, [CONTRAIL, ...args], { cwd: linkedPostsApp() })
  const [routes, typo] = await Promise.all([program('routes', '--grep', '^root'), program('rutes')])
  expect(routes).toEqual({
    code: 0,
    output: 'Name  Method  Path  Controller#Action\nroot  GET     /     HomeController#index\n',
  })
  expect(typo.code).toBe(1)
  expect(typo.output).toContain('Did you mean routes?')
})
