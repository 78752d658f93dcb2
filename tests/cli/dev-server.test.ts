// What contrail server does beyond swapping code: it lets go of what was replaced, takes in settings and packages, and looks
// at the files though nobody asks.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { addSoak, reload, state } from '../benchmarks/reload-leak.js'
import { askSocket } from '../harness/app.js'
import { eventually, serve } from '../harness/dev-server.js'
import { copyPostsApp, REPOSITORY, temporaryFolder, writeFiles } from '../harness/folders.js'

const CONTROLLER = 'app/controllers/session-example-controller.ts'
const LOG = `import { appendFileSync } from 'node:fs'\nexport const log = (line: string) => appendFileSync('log', line + ' ')\n`

/** Has a controller import a module and answer with an expression. */
const answering = (imports: string, expression: string) => (text: string) =>
  `${imports}\n${text.replace(/this\.render\(\{ message:[^}]*\}\)/, `this.render({ message: ${expression} })`)}`

test('settings that change close what is shared and make it anew, code that changes does not; the log says which file', async () => {
  const { url, edit, read, server, folder } = await serve({
    env: { KEPT: 'outside' },
    prepare(place) {
      writeFiles(place, {
        '.env': 'SIZE=1\nGONE=there\nKEPT=inside\n',
        'app/log.ts': LOG,
        'app/limits.ts': 'export const limit = 10\n',
        'lib/hosts.ts': 'export const hosts = []\n',
        'app/pool.ts': `import { shared } from 'contrail'
import { log } from './log.js'
const make = () => { log('open' + process.env['SIZE']); return process.env['SIZE'] }
export const pool = () => shared('pool', make, { dispose: (size) => log('close' + size) })
`,
      })
    },
  })
  edit('config/application.ts', (text) => `import '../app/limits.js'\nimport '../lib/hosts.js'\n${text}`)
  edit(
    CONTROLLER,
    answering(
      "import { pool } from '../pool.js'",
      "[pool(), process.env['GONE'] ?? 'gone', process.env['KEPT']].join(' ')",
    ),
  )
  const ask = async () => ((await askSocket(`${url}/session`)).json as { message: string }).message
  expect(await ask()).toBe('1 there outside')
  edit(CONTROLLER, (text) => `${text}\n`)
  edit('config/routes.ts', (text) => `${text}\n`)
  expect(await ask()).toBe('1 there outside')
  expect(read('log')).toBe('open1 ')
  writeFileSync(join(folder, '.env'), 'SIZE=2\nKEPT=inside\n')
  expect(await ask()).toBe('2 gone outside')
  expect(read('log')).toBe('open1 close1 open2 ')
  await server.waitFor(/Reloaded in \d+ ms \(\.env\)\n/)
  edit('config/application.ts', (text) => `${text}\n`)
  await ask()
  await server.waitFor(/Reloaded in \d+ ms \(config\/application\.ts\)\n/)
  edit('lib/hosts.ts', (text) => `${text}\n`)
  await ask()
  expect(read('log')).toBe('open1 close1 open2 close2 open2 close2 open2 ')
  edit('app/limits.ts', (text) => `${text}\n`)
  await ask()
  await server.waitFor(/Reloaded in \d+ ms \(app\/limits\.ts\)\n/)
  expect(read('log')).toBe('open1 close1 open2 close2 open2 close2 open2 ')
  expect(await server.stop('SIGTERM')).toBe(0)
  expect(read('log')).toMatch(/open2 close2 $/)
})

test('a server whose app was removed ends, and says why', async () => {
  const { server, folder } = await serve()
  rmSync(folder, { recursive: true, force: true })
  await server.waitFor(/ is gone: stopping\n/)
  expect(await server.stop('SIGCONT')).toBe(1)
})

test('what a module began ends when it was replaced and its last request is done, or when nothing imports it any more', async () => {
  const { url, edit, read, server, folder } = await serve({
    prepare: (place) =>
      writeFiles(place, {
        'app/log.ts': LOG,
        'app/kept.ts': `import { onDispose } from 'contrail'\nimport { log } from './log.js'\nonDispose(() => log('kept'))\n`,
        'app/started.ts': `import { container, onDispose, singleton } from 'contrail'
import { log } from './log.js'
const version = 'v1'
onDispose(() => log(version + '-first'))
onDispose(async () => { await null; log(version + '-last') })
export class Listener {}
container.register('Listener', { useClass: Listener })
@singleton() export class Classic { dispose() { log(version + '-singleton') } }
@singleton() export class Modern { async [Symbol.asyncDispose]() { log(version + '-async') } }
`,
      }),
  })
  edit(CONTROLLER, (text) => {
    const imports = `import { existsSync, writeFileSync } from 'node:fs'
import { injectable, injectAll } from 'contrail'
import '../kept.js'
import { Classic, Modern } from '../started.js'\n`
    const injected = `constructor(readonly a: Classic, readonly b: Modern, @injectAll('Listener') readonly all: object[]) { super() }
  async slow() {
    writeFileSync('begun', '')
    while (!existsSync('go')) await new Promise((resolve) => setTimeout(resolve, 10))
    this.render({})
  }\n`
    const counted = answering(imports, 'this.all.length')(text)
    return counted
      .replace('export class', '@injectable()\nexport class')
      .replace(/(extends \w+ \{\n)/, `$1  ${injected}`)
  })
  edit('config/routes.ts', (text) =>
    text.replace(/\n}\)\s*$/, "\n  r.get('/slow', SessionExampleController, 'slow')\n})\n"),
  )
  const slow = askSocket(`${url}/slow`)
  await eventually(() => expect(existsSync(join(folder, 'begun'))).toBe(true))
  edit('app/started.ts', (text) => text.replace('v1', 'v2'))
  expect((await askSocket(`${url}/session`)).json).toEqual({ message: 1 })
  expect(existsSync(join(folder, 'log'))).toBe(false)
  writeFileSync(join(folder, 'go'), '')
  expect((await slow).status).toBe(200)
  await eventually(() => expect(read('log')).toBe('v1-last v1-first v1-async v1-singleton '))
  edit(CONTROLLER, (text) => text.replace("import '../kept.js'\n", ''))
  await askSocket(`${url}/session`)
  await eventually(() => expect(read('log')).toMatch(/singleton kept $/))
  edit(CONTROLLER, (text) => text.replace('import { Classic', "import '../kept.js'\nimport { Classic"))
  expect((await askSocket(`${url}/session`)).json).toEqual({ message: 1 })
  expect(await server.stop('SIGTERM')).toBe(0)
  expect(read('log').split(' ').slice(5).sort().join(' ').trim()).toBe('kept v2-async v2-first v2-last v2-singleton')
})

test('a save is taken in though nobody asks: route types, errors, and what was missing', async () => {
  const { url, edit, read, server, folder } = await serve({ env: { CONTRAIL_EDITOR: 'zed' } })
  edit('config/routes.ts', (text) => text.replace(/(SessionExampleController, 'show')/, "$1, { as: 'shown' }"))
  await eventually(() => expect(read('config/route-paths.d.ts')).toContain('shown: NoParameters'))
  edit(CONTROLLER, (text) => `import '../missing.js'\n${text}`)
  await server.waitFor(/ImportError: \.\.\/missing\.js cannot be found/)
  const page = await askSocket(url, { headers: { accept: 'text/html' } })
  expect(page.text).toContain(`<a href="zed://file${join(folder, CONTROLLER)}:1:9">${CONTROLLER}:1:9</a>`)
  writeFileSync(join(folder, 'app/missing.ts'), 'export {}\n')
  await server.waitFor(/Reloaded in \d+ ms \([^)]*app\/missing\.ts\)/)
})

test('an updated package restarts the process behind the port: no connection is refused, and nothing is left over', async () => {
  const folder = temporaryFolder()
  copyPostsApp(folder)
  mkdirSync(join(folder, 'node_modules'))
  symlinkSync(join(REPOSITORY, 'node_modules', 'contrail'), join(folder, 'node_modules', 'contrail'))
  const install = (version: string) => {
    writeFiles(folder, {
      'node_modules/word/package.json': '{ "name": "word", "type": "module", "exports": "./index.js" }',
      'node_modules/word/index.js': `export const word = '${version} ' + process.env.FROM_FILE\n`,
      'package-lock.json': `{ "lockfileVersion": 3, "packages": { "node_modules/word": { "version": "${version}" } } }`,
    })
  }
  install('1.0.0')
  writeFiles(folder, { '.env': 'FROM_FILE=first\n' })
  const { url, edit, server } = await serve({ folder })
  edit(CONTROLLER, answering("import { word } from 'word'", "word + ' ' + process.pid"))
  const ask = async () => ((await askSocket(`${url}/session`)).json as { message: string }).message
  expect(await ask()).toBe(`1.0.0 first ${server.process.pid}`)
  const pids: number[] = []
  for (const [version, value] of [
    ['2.0.0', 'second'],
    ['3.0.0', 'third'],
  ] as const) {
    writeFiles(folder, { '.env': `FROM_FILE=${value}\n` })
    install(version)
    // Each of these is a connection of its own; one that is refused fails the test.
    await eventually(async () => expect(await ask()).toContain(`${version} ${value} `))
    pids.push(Number((await ask()).split(' ')[2]))
  }
  expect(new Set([server.process.pid, ...pids]).size).toBe(3)
  expect(server.output().match(/package-lock\.json changed: restarting\n/g)).toHaveLength(2)
  expect(server.output().match(/Restarted in \d+ ms\n/g)).toHaveLength(2)
  server.process.kill('SIGTERM')
  expect(await server.stop('SIGCONT')).toBe(0)
  for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow('ESRCH')
})

test('--https serves with a certificate for this machine, which is kept; --inspect opens the inspector', async () => {
  const { url, folder, edit, server } = await serve({ args: ['--https', '--inspect=0'] })
  expect(url).toMatch(/^https:\/\/127\.0\.0\.1:/)
  const port = new URL(url).port
  const cert = join(folder, 'tmp/https/cert.pem')
  expect(statSync(join(folder, 'tmp/https/key.pem')).mode & 0o777).toBe(0o600)
  for (const name of ['localhost', '127.0.0.1']) {
    const answer = execFileSync('curl', [
      '-sS',
      '-D',
      '-',
      '--cacert',
      cert,
      `https://${name}:${port}/session`,
    ]).toString()
    expect(answer).toMatch(/^set-cookie: .*; Secure/im)
    expect(answer).not.toMatch(/strict-transport-security/i)
  }
  edit(CONTROLLER, (text) => text.replace(/message: '[^']*'/, "message: 'changed'"))
  const body = await new Promise((resolve, reject) => {
    const asked = request(`${url}/session`, { ca: readFileSync(cert), agent: false }, (response) =>
      response.setEncoding('utf8').on('data', resolve),
    )
    asked.on('error', reject).end()
  })
  expect(body).toBe('{"message":"changed"}')
  const [, host] = await server.waitFor(/Debugger listening on ws:\/\/(127\.0\.0\.1:\d+)\//)
  expect((await askSocket(`http://${host}/json/list`)).json).toHaveLength(1)
  expect(await server.stop('SIGTERM')).toBe(0)
})

test('production and an editor that nobody knows are warned of', async () => {
  const { server } = await serve({ env: { NODE_ENV: 'production', CONTRAIL_EDITOR: 'vsc' } })
  await server.waitFor(/Contrail, production: /)
  await server.waitFor(/This is the production environment, served for development/)
  await server.waitFor(/CONTRAIL_EDITOR is "vsc"/)
})

test('nothing of replaced code is kept: heap, descriptors, listeners and timers stay as they are', async () => {
  const { folder, url } = await serve({ prepare: addSoak, nodeOptions: ['--expose-gc'] })
  await reload(folder, url, 1, 15)
  const before = await state(url)
  await reload(folder, url, 15, 45)
  const after = await state(url)
  expect(after).toMatchObject({ injected: 1, descriptors: before.descriptors })
  expect(after).toMatchObject({ listeners: before.listeners, timers: before.timers })
  // 0.1 MiB is usual; what the module holds, or its singleton, kept 30 times, would be 2.3 MiB.
  expect((after.heap - before.heap) / 2 ** 20).toBeLessThan(1.2)
})
