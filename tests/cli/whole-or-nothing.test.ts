// G2: a change of several files is whole or not at all. The app is looked at as it would be had the process been killed at each
// point of writing; one process is killed in earnest.
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { callContrail } from '../harness/command-line.js'
import { aroundWrites, failOnWrite } from '../harness/file-faults.js'
import { CONTRAIL, temporaryFolder } from '../harness/folders.js'
import { type GeneratedApp, generatedApp, treeOf, visibleTreeOf } from '../harness/generated-app.js'
import { start } from '../harness/processes.js'

const CALL = ['controller', 'admin/posts', 'index']
const FILES = ['app/controllers/admin/posts-controller.ts', 'tests/controllers/admin/posts-controller.test.ts']
const EDITED = ['config/routes.ts', 'config/route-paths.d.ts']

/** An app without what no generator looks at: it is copied often. */
async function smallApp(): Promise<GeneratedApp> {
  const app = await generatedApp()
  const needed = ['.git', 'app', 'config', 'node_modules', 'package.json', 'tests']
  for (const name of readdirSync(app.folder).filter((one) => !needed.includes(one)))
    rmSync(join(app.folder, name), { recursive: true })
  return app
}

/** Copies of the app as it is before and after each call that writes, and with half of each text that is written. */
async function snapshotsWhile(app: GeneratedApp, work: () => Promise<unknown>): Promise<string[]> {
  const folder = temporaryFolder()
  const snapshots: string[] = []
  const take = () => {
    const copy = join(folder, String(snapshots.length))
    cpSync(app.folder, copy, { recursive: true, verbatimSymlinks: true, filter: (path) => !path.endsWith('.git') })
    snapshots.push(copy)
  }
  const undo = aroundWrites((name, path, args, call) => {
    if (!path.startsWith(app.folder)) return call(...args)
    if (snapshots.length === 0) take()
    if (name === 'writeFileSync') {
      const text = String(args[1])
      call(path, text.slice(0, text.length / 2))
      take()
    }
    const result = call(...args)
    take()
    return result
  })
  await work().finally(undo)
  return snapshots
}

describe('killed at any point of writing', () => {
  test('generate leaves each file whole or away, and running again completes', async () => {
    const app = await smallApp()
    const before = visibleTreeOf(app.folder)
    const snapshots = await snapshotsWhile(app, () => app.succeed('generate', ...CALL))
    const after = treeOf(app.folder)
    expect(snapshots.length).toBeGreaterThan(15)
    const seen = new Set<string>()
    for (const folder of snapshots) {
      const tree = visibleTreeOf(folder)
      for (const path of [...FILES, ...EDITED]) expect([before[path], after[path]], path).toContain(tree[path])
      for (const path of Object.keys(tree)) expect(after[path], `${path} is nothing that was asked for`).toBeDefined()
      // What leads to a file comes after the file.
      if (tree[EDITED[0] as string] === after[EDITED[0] as string]) expect(tree[FILES[0] as string]).toBeDefined()
      seen.add(JSON.stringify(tree))
      const { code, output } = await callContrail(['generate', ...CALL], { cwd: folder })
      expect(code, output).toBe(0)
      expect(treeOf(folder)).toEqual(after)
    }
    // Before, and after each of the four files.
    expect(seen.size).toBeGreaterThanOrEqual(5)
  })

  test('destroy does too', async () => {
    const app = await smallApp()
    const before = visibleTreeOf(app.folder)
    await app.succeed('generate', ...CALL)
    const generated = treeOf(app.folder)
    const snapshots = await snapshotsWhile(app, () => app.succeed('destroy', ...CALL.slice(0, 2)))
    expect(snapshots.length).toBeGreaterThan(8)
    for (const folder of snapshots) {
      const tree = visibleTreeOf(folder)
      for (const path of [...FILES, ...EDITED]) expect([before[path], generated[path]], path).toContain(tree[path])
      const { code, output } = await callContrail(['destroy', ...CALL], { cwd: folder })
      expect(code, output).toBe(0)
      expect(visibleTreeOf(folder)).toEqual(before)
    }
  })

  test('a session store that was half made is completed, and gives its place back to the store before', async () => {
    const app = await smallApp()
    const before = visibleTreeOf(app.folder)
    const snapshots = await snapshotsWhile(app, () => app.succeed('generate', 'session-store', 'files'))
    for (const folder of snapshots) {
      for (const command of ['generate', 'destroy'])
        expect(await callContrail([command, 'session-store', 'files'], { cwd: folder })).toMatchObject({ code: 0 })
      expect(visibleTreeOf(folder)).toEqual(before)
    }
  })

  test('a process that is killed in earnest', async () => {
    const app = await smallApp()
    const before = visibleTreeOf(app.folder)
    const preload = join(temporaryFolder(), 'killed.mjs')
    writeFileSync(
      preload,
      `import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
const { renameSync } = fs
fs.renameSync = (from, to) => {
  if (to.endsWith('routes.ts')) process.kill(process.pid, 'SIGKILL')
  renameSync(from, to)
}
syncBuiltinESMExports()
`,
    )
    const program = start(process.execPath, ['--import', preload, CONTRAIL, 'generate', ...CALL], { cwd: app.folder })
    await new Promise((resolve) => program.process.once('close', resolve))
    expect(program.process.signalCode).toBe('SIGKILL')
    expect(existsSync(join(app.folder, FILES[0] as string))).toBe(true)
    expect(app.read('config/routes.ts')).not.toContain('AdminPosts')
    await app.succeed('generate', ...CALL)
    expect(app.read('config/routes.ts')).toContain('AdminPosts')
    await app.succeed('destroy', ...CALL.slice(0, 2))
    expect(visibleTreeOf(app.folder)).toEqual(before)
    expect(Object.keys(treeOf(app.folder)).filter((path) => path.startsWith('tmp/'))).toEqual(['tmp/generated.json'])
  })
})

describe('a write that fails', () => {
  test.each([...FILES, ...EDITED, 'tmp/generated.json', 'tmp/.draft'])('at %s leaves all as it was', async (path) => {
    const app = await generatedApp()
    const before = treeOf(app.folder)
    const undo = failOnWrite((file) => file.includes(path))
    const { code, output } = await app.contrail('generate', ...CALL).finally(undo)
    expect(code).toBe(1)
    expect(output).toContain('Nothing was changed')
    expect(output).not.toContain('create')
    expect(treeOf(app.folder)).toEqual(before)
  })

  test('keeps what was there of files that were to be overwritten, permissions too', async () => {
    const app = await generatedApp()
    await app.succeed('generate', ...CALL)
    writeFileSync(join(app.folder, FILES[0] as string), '// mine\n', { mode: 0o600 })
    const before = treeOf(app.folder)
    writeFileSync(join(app.folder, 'config/routes.ts'), app.read('config/routes.ts').replace(/ +r\.resources.*\n/, ''))
    const changed = treeOf(app.folder)
    const undo = failOnWrite((file) => file.endsWith('routes.ts'))
    const { code } = await app.contrail('generate', ...CALL, '--force').finally(undo)
    expect(code).toBe(1)
    expect(treeOf(app.folder)).toEqual(changed)
    expect(changed[FILES[0] as string]).toBe(before[FILES[0] as string])
  })

  test('works where tmp/ is a file system of its own', async () => {
    const app = await generatedApp()
    const undo = aroundWrites((name, _path, args, call) => {
      const [from, to] = args.map(String)
      if (
        name === 'renameSync' &&
        from?.startsWith(join(app.folder, 'tmp')) &&
        !to?.startsWith(join(app.folder, 'tmp'))
      )
        throw Object.assign(new Error('EXDEV: cross-device link not permitted'), { code: 'EXDEV' })
      return call(...args)
    })
    await app.succeed('generate', ...CALL).finally(undo)
    expect(readFileSync(join(app.folder, FILES[0] as string), 'utf8')).toContain('AdminPostsController')
    expect(app.status().match(/draft/)).toBeNull()
    await app.succeed('destroy', ...CALL.slice(0, 2))
    expect(app.status()).toBe('')
  })
})
