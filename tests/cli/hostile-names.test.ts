// G1: what generators are given by accident or malice is refused, with a fix and without a stack, and nothing is written.
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { callContrail } from '../harness/command-line.js'
import { failOnWrite } from '../harness/file-faults.js'
import { CONTRAIL, folderWith, temporaryFolder } from '../harness/folders.js'
import { type GeneratedApp, generatedApp, generatedAppIn, treeOf } from '../harness/generated-app.js'
import { execute } from '../harness/processes.js'

/** Each generator, and what it wants after the name. */
const GENERATORS: readonly (readonly [string, ...string[]])[] = [
  ['controller', 'index'],
  ['middleware'],
  ['session-store'],
  ['model', 'title:string'],
  ['migration'],
  ['resource', 'title:string'],
  ['scaffold', 'title:string'],
]

const NAMES = [
  ...['../x', '/etc/x', 'x/../../y', '..', '.', './x', 'x/', '/x', 'x//y', '~/x', 'C:\\x', 'a\\b', 'file:///x'],
  ...[
    'a;id',
    '$(id)',
    '`id`',
    'a|b',
    'a&b',
    'a b',
    "a'b",
    'a"b',
    'a\nb',
    'a\0b',
    '\u001b[31mx',
    '-x',
    '--force',
    '%2e%2e',
  ],
  ...['class', 'Class', 'constructor', 'delete', 'new', 'admin/new', '__proto__', 'prototype'],
  ...['pösts', 'посты', '記事', 'p\u200bosts', '2x', '', ' ', 'a'.repeat(200), `a/${'b'.repeat(200)}`],
  ...['Application', 'session', 'controller', 'error', 'object'],
]

/** Names that would be something else's in code. */
const TAKEN: readonly (readonly [string, ...string[]])[] = [
  ['controller', 'posts', 'render'],
  ['controller', 'posts', 'session'],
  ['controller', 'posts', 'constructor'],
  ['controller', 'posts', 'delete'],
  ['controller', 'posts', 'a-b'],
  ['controller', 'posts', 'index', 'index'],
  ['controller', 'posts', '../x'],
  ['controller', 'posts', "x'); id('"],
  ['middleware', 'define-application'],
  ['middleware', 'process'],
  ['middleware', 'set-timeout'],
  ['middleware', 'admin/log'],
  ['session-store', 'cookie'],
  ['session-store', 'MemcachedStore'],
  ['session-store', 'admin/files'],
  ['model', 'date'],
  ['model', 'promise'],
  ['model', 'db'],
  ['model', 'admin/posts'],
  ['model', 'posts', 'id:bigint'],
  ['model', 'posts', 'created_at:datetime'],
  ['model', 'posts', '__proto__'],
  ['model', 'posts', 'constructor'],
  ['model', 'posts', 'title:strin'],
  ['model', 'posts', 'title:constructor'],
  ['model', 'posts', 'title:string:unique'],
  ['model', 'posts', 'title:text{3}'],
  ['model', 'posts', 'price:decimal{2,3}'],
  ['model', 'posts', 'title', 'title:text'],
  ['model', 'posts', 'user:references'],
  ['model', 'posts', 'post:references'],
  ['model', 'posts', '../x:references'],
  ['scaffold', 'posts', "x'); id('"],
  ['resource', 'posts', 'a\nb'],
  ['migration', 'fill', 'title:string'],
  ['migration', 'add-title-to-nothings', 'title:string'],
]

/** Calls a command that is to be refused. @returns what it printed */
async function refusal(app: GeneratedApp, ...args: string[]): Promise<string> {
  const { code, output } = await app.contrail(...args)
  expect(code, output).toBe(1)
  expect(output).toMatch(/\n {2}Fix: /)
  expect(output).not.toMatch(/^\s+at /m)
  return output
}

async function refused(app: GeneratedApp, ...args: string[]): Promise<string> {
  const before = treeOf(app.folder)
  const output = await refusal(app, ...args)
  expect(treeOf(app.folder)).toEqual(before)
  expect(readdirSync(dirname(app.folder))).toEqual([basename(app.folder)])
  return output
}

/** One app for all tests of a group: each shows that it is untouched. */
function useUntouchedApp(): { refused(...args: string[]): Promise<void> } {
  let app: GeneratedApp
  let folder = ''
  let before = {}
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'contrail-test-'))
    app = await generatedAppIn(folder)
    before = treeOf(app.folder)
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return {
    async refused(...args) {
      await refusal(app, ...args)
      expect(treeOf(app.folder)).toEqual(before)
      expect(readdirSync(folder)).toEqual([basename(app.folder)])
    },
  }
}

describe.each(GENERATORS)('%s', (generator, ...rest) => {
  const { refused } = useUntouchedApp()
  // Of a controller "session" is as good as any; resources and scaffolds read names as models do.
  const ofModels = ['resource', 'scaffold'].includes(generator)
  const names = NAMES.filter(
    (name, index) => !(generator === 'controller' && name === 'session') && (!ofModels || index % 6 === 0),
  )
  test.each(names)('refuses the name %j', async (name) => {
    await refused('generate', generator, '--', name, ...rest)
    await refused('destroy', generator, '--', name, ...rest)
  })
})

describe('a name that is taken in code', () => {
  const { refused } = useUntouchedApp()
  test.each(TAKEN)('%s %s %s', (generator, ...names) => refused('generate', generator, '--', ...names))
})

test('a name that the app has given to something else', async () => {
  const app = await generatedApp()
  const text = app.read('config/application.ts')
  writeFileSync(join(app.folder, 'config/application.ts'), `${text}\nexport const maintenance = true\n`)
  expect(await refused(app, 'generate', 'middleware', 'maintenance')).toContain('maintenance is the name of something')
})

describe('a place that nothing can be written to', () => {
  test('a folder, or the file of records, that leads out of the app', async () => {
    const outside = temporaryFolder()
    const app = await generatedApp()
    symlinkSync(outside, join(app.folder, 'app/controllers/other'))
    symlinkSync(join(outside, 'nowhere'), join(app.folder, 'app/middleware'))
    expect(await refused(app, 'generate', 'controller', 'other/posts', 'index')).toContain('outside the app')
    await refused(app, 'generate', 'controller', 'other/posts', 'index', '--force')
    await refused(app, 'generate', 'middleware', 'log')
    symlinkSync(outside, join(app.folder, 'tmp'))
    expect(await refused(app, 'generate', 'session-store', 'files')).toContain('outside the app')
    expect(readdirSync(outside)).toEqual([])
  })

  test('a file where a folder should be, and a folder where a file should be', async () => {
    const app = await generatedApp()
    writeFileSync(join(app.folder, 'app/controllers/admin'), 'a file')
    await refused(app, 'generate', 'controller', 'admin/posts', 'index')
    mkdirSync(join(app.folder, 'app/controllers/posts-controller.ts'))
    for (const option of ['--force', '--skip']) await refused(app, 'generate', 'controller', 'posts', 'index', option)
    writeFileSync(join(app.folder, 'app/middleware'), 'a file')
    await refused(app, 'generate', 'middleware', 'log')
    writeFileSync(join(app.folder, 'tmp'), 'a file')
    await refused(app, 'generate', 'session-store', 'files')
  })

  test('a folder that this user cannot write to', async () => {
    const app = await generatedApp()
    const before = treeOf(app.folder)
    // The superuser can write everywhere; the second file is where what is called fails, as it does for others.
    const undo = failOnWrite((path) => path.includes('tests/controllers'))
    const { code, output } = await app.contrail('generate', 'controller', 'admin/posts', 'index').finally(undo)
    expect(code).toBe(1)
    expect(output).toMatch(/could not be written: EACCES.*\n {2}Fix: .*Nothing was changed\.\n$/)
    expect(treeOf(app.folder)).toEqual(before)
  })
})

describe("a file of the app's own that cannot be added to", () => {
  test.each([
    ['config/routes.ts', 'export default = 1\n', 'config/routes.ts cannot be read'],
    ['config/routes.ts', 'export default []\n', 'has no export default defineRoutes'],
    ['config/routes.ts', undefined, 'There is no config/routes.ts'],
    ['config/application.ts', 'export default {\n', 'config/application.ts cannot be read'],
    ['config/application.ts', 'export default configure()\n', 'has no export default defineApplication'],
    ['config/application.ts', undefined, 'There is no config/application.ts'],
    ['config/application.ts', 'export default { middleware: all(), sessionStore: pick() }\n', '--skip-config'],
  ])('%s: %j', async (path, text, problem) => {
    const app = await generatedApp()
    if (text === undefined) rmSync(join(app.folder, path))
    else writeFileSync(join(app.folder, path), text)
    const adding = path.includes('routes') ? ['controller', 'scaffold'] : ['middleware', 'session-store']
    for (const [generator, ...rest] of GENERATORS.filter(([name]) => adding.includes(name)))
      expect(await refused(app, 'generate', generator, 'files', ...rest)).toContain(problem)
  })

  test('options of the store that the app has, which another would not know', async () => {
    const app = await generatedApp('--session', 'memcached')
    expect(await refused(app, 'generate', 'session-store', 'files')).toContain('has poolSize, for MemcachedStore alone')
  })
})

test('a folder that is no app', async () => {
  for (const [generator, ...rest] of GENERATORS) {
    const folder = temporaryFolder()
    const { code, output } = await callContrail(['generate', generator, 'files', ...rest], { cwd: folder })
    expect(code).toBe(1)
    expect(output).toContain('is no Contrail app')
    expect(readdirSync(folder)).toEqual([])
  }
})

test('the program itself ends with 1, and prints no stack', async () => {
  const cwd = folderWith({ 'package.json': '{}' })
  const { code, output } = await execute(process.execPath, [CONTRAIL, 'g', 'controller', '../x', 'index'], { cwd })
  expect(code).toBe(1)
  expect(output).toMatch(/cannot be called "\.\.\/x"\.\n {2}Fix: /)
  expect(output).not.toMatch(/^\s+at /m)
})
