// What generators do to config/application.ts: it keeps its style, and is to the byte what it was once all is taken back.
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type GeneratedApp, generatedApp } from '../harness/generated-app.js'

const FILE = 'config/application.ts'

async function appWith(text: string): Promise<GeneratedApp> {
  const app = await generatedApp()
  writeFileSync(join(app.folder, FILE), text)
  return app
}

const IMPORT = "import { log } from '../app/middleware/log.js'\n"
const HEAD = "import { defineApplication } from 'contrail'\n"

/** Config, and the same with a middleware `log`. */
const MIDDLEWARE: readonly (readonly [what: string, before: string, after: string])[] = [
  [
    'no list',
    `${HEAD}\nexport default defineApplication({\n  etag: true, // why\n})\n`,
    `${HEAD}${IMPORT}\nexport default defineApplication({\n  etag: true, // why\n  middleware: [log],\n})\n`,
  ],
  [
    'no list, and no comma at the end',
    `${HEAD}\nexport default defineApplication({\n  etag: true // why\n})\n`,
    `${HEAD}${IMPORT}\nexport default defineApplication({\n  etag: true, // why\n  middleware: [log]\n})\n`,
  ],
  [
    'no configuration at all',
    `${HEAD}\nexport default defineApplication({})\n`,
    `${HEAD}${IMPORT}\nexport default defineApplication({\n  middleware: [log],\n})\n`,
  ],
  [
    'all on one line',
    `${HEAD}\nexport default defineApplication({ etag: true })\n`,
    `${HEAD}${IMPORT}\nexport default defineApplication({ etag: true, middleware: [log] })\n`,
  ],
  [
    'an empty list',
    `${HEAD}\nexport default defineApplication({ middleware: [] })\n`,
    `${HEAD}${IMPORT}\nexport default defineApplication({ middleware: [log] })\n`,
  ],
  [
    'a list on one line, of the file itself',
    `${HEAD}\nconst middleware = [one(), two]\nexport default defineApplication({ middleware })\n`,
    `${HEAD}${IMPORT}\nconst middleware = [one(), two, log]\nexport default defineApplication({ middleware })\n`,
  ],
  [
    'a list of lines, and a type',
    `${HEAD}\nconst config = {\n  middleware: [\n    one(), // first\n    two,\n  ],\n} satisfies object\nexport default defineApplication(config)\n`,
    `${HEAD}${IMPORT}\nconst config = {\n  middleware: [\n    one(), // first\n    two,\n    log,\n  ],\n} satisfies object\nexport default defineApplication(config)\n`,
  ],
  [
    'a list that becomes too long for its line',
    `${HEAD}\nexport default defineApplication({\n  middleware: [${'one(), '.repeat(14)}two],\n})\n`,
    `${HEAD}${IMPORT}\nexport default defineApplication({\n  middleware: [\n${'    one(),\n'.repeat(14)}    two,\n    log,\n  ],\n})\n`,
  ],
  [
    'other quotes, semicolons, tabs and line ends',
    `import { defineApplication } from "contrail";\r\nimport { z } from "../z.js";\r\n\r\nexport default defineApplication({\r\n\tetag: true,\r\n\tmiddleware: [z]\r\n});\r\n`,
    `import { defineApplication } from "contrail";\r\nimport { log } from "../app/middleware/log.js";\r\nimport { z } from "../z.js";\r\n\r\nexport default defineApplication({\r\n\tetag: true,\r\n\tmiddleware: [z, log]\r\n});\r\n`,
  ],
]

describe('contrail generate middleware', () => {
  test.each(MIDDLEWARE)('%s', async (_what, before, after) => {
    const app = await appWith(before)
    await app.succeed('generate', 'middleware', 'log')
    expect(app.read(FILE)).toBe(after)
    expect(await app.succeed('generate', 'middleware', 'log')).toContain(' unchanged  config/application.ts')
    expect(app.read(FILE)).toBe(after)
    await app.succeed('destroy', 'middleware', 'log')
    expect(app.read(FILE)).toBe(before)
  })

  test('is taken out of a list that was changed since, and from where it is used elsewhere not', async () => {
    const app = await appWith(`${HEAD}\nexport default defineApplication({ etag: true })\n`)
    await app.succeed('generate', 'middleware', 'log')
    const text = app.read(FILE).replace('[log]', '[one(), log, two]')
    writeFileSync(join(app.folder, FILE), text)
    await app.succeed('destroy', 'middleware', 'log', '--dry-run')
    expect(app.read(FILE)).toBe(text)
    await app.succeed('destroy', 'middleware', 'log')
    expect(app.read(FILE)).toContain('middleware: [one(), two]')
    expect(app.read(FILE)).not.toContain('log')

    await app.succeed('generate', 'middleware', 'log')
    writeFileSync(join(app.folder, FILE), `${app.read(FILE)}export const also = log // log\n`)
    await app.succeed('destroy', 'middleware', 'log')
    expect(app.read(FILE)).toContain(IMPORT)
  })

  test('a word in a comment is no use of it', async () => {
    const app = await appWith(`${HEAD}\n// log, log\nexport default defineApplication({ etag: true })\n`)
    await app.succeed('generate', 'middleware', 'log')
    await app.succeed('destroy', 'middleware', 'log')
    expect(app.read(FILE)).not.toContain('import { log }')
  })
})

describe('contrail generate session-store', () => {
  const STORE = "import { FilesStore } from '../app/session-stores/files-store.js'\n"
  const rest = "  sessionOptions: { key: '_blog_session' },\n})\n"
  const NAMED = `\nexport default defineApplication({\n  sessionStore: FilesStore,\n${rest}`

  test.each([
    [
      `import { CookieStore, defineApplication } from 'contrail'\n\nexport default defineApplication({\n  sessionStore: CookieStore,\n${rest}`,
      HEAD + STORE + NAMED,
    ],
    // Not as a formatter sorts them.
    [
      `import { defineApplication, CookieStore } from 'contrail'\n\nexport default defineApplication({\n  sessionStore: CookieStore,\n${rest}`,
      HEAD + STORE + NAMED,
    ],
    [
      `import {\n  CookieStore,\n  defineApplication,\n} from 'contrail'\n\nexport default defineApplication({\n  sessionStore: CookieStore,\n${rest}`,
      `import {\n  defineApplication,\n} from 'contrail'\n${STORE}${NAMED}`,
    ],
    [`${HEAD}\nexport default defineApplication({\n${rest}`, HEAD + STORE + NAMED],
    [
      `${HEAD}import { Own } from './own.js'\n\nexport default defineApplication({\n  sessionStore: Own,\n${rest}`,
      HEAD + STORE + NAMED,
    ],
    [
      `${HEAD}\nclass Own {}\n\nexport default defineApplication({\n  sessionStore: Own,\n${rest}`,
      `${HEAD}${STORE}\nclass Own {}\n${NAMED}`,
    ],
  ])('%j', async (before, after) => {
    const app = await appWith(before)
    if (before.includes('./own.js')) writeFileSync(join(app.folder, 'config/own.ts'), 'export class Own {}\n')
    for (const name of ['files', 'FilesStore']) {
      await app.succeed('generate', 'session-store', name)
      expect(app.read(FILE)).toBe(after)
    }
    await app.succeed('destroy', 'session-store', 'files')
    expect(app.read(FILE)).toBe(before)
  })

  test('gives back what was there before though the file was edited since', async () => {
    const app = await generatedApp()
    const before = app.read(FILE)
    await app.succeed('generate', 'session-store', 'files')
    writeFileSync(join(app.folder, FILE), app.read(FILE).replace('2_592_000', '1_000'))
    await app.succeed('destroy', 'session-store', 'files')
    expect(app.read(FILE)).toBe(before.replace('2_592_000', '1_000'))
  })

  test('of two, whichever goes first, the app never names one that is gone', async () => {
    for (const order of [
      ['one', 'two'],
      ['two', 'one'],
    ]) {
      const app = await generatedApp()
      await app.succeed('generate', 'session-store', 'one')
      await app.succeed('generate', 'session-store', 'two')
      expect(app.read(FILE)).toContain('sessionStore: TwoStore')
      for (const name of order) await app.succeed('destroy', 'session-store', name)
      expect(app.status()).toBe('')
    }
  })

  test('without a record, the app has the store of new apps again; another store that it names stays', async () => {
    const app = await generatedApp()
    await app.succeed('generate', 'session-store', 'files')
    rmSync(join(app.folder, 'tmp'), { recursive: true })
    await app.succeed('destroy', 'session-store', 'files')
    expect(app.status()).toBe('')
    await app.succeed('generate', 'session-store', 'files', '--skip-config')
    const { folder } = app
    const text = readFileSync(join(folder, FILE), 'utf8')
    expect(text).toContain('sessionStore: CookieStore')
    await app.succeed('destroy', 'session-store', 'files')
    expect(app.status()).toBe('')
  })
})

describe('contrail destroy', () => {
  test('leaves alone what generate did not make: a route, a test and a use that somebody wrote', async () => {
    const app = await generatedApp()
    await app.succeed('generate', 'controller', 'posts', 'index', '--skip-routes')
    await app.succeed('generate', 'middleware', 'log', '--skip-config', '--skip-tests')
    const routes = app
      .read('config/routes.ts')
      .replace(/\}\)\n$/, "  r.resources('posts', PostsController, { only: ['index'] })\n})\n")
    writeFileSync(join(app.folder, 'config/routes.ts'), routes)
    const config = app.read(FILE).replace('sessionStore:', 'middleware: [log],\n  sessionStore:')
    writeFileSync(join(app.folder, FILE), config)
    await app.succeed('generate', 'controller', 'reports', 'index', '--skip-tests')
    const tests = ['posts-controller', 'reports-controller'].map((name) => `tests/controllers/${name}.test.ts`)
    for (const path of tests) writeFileSync(join(app.folder, path), '// mine\n')
    expect(await app.succeed('destroy', 'controller', 'reports')).toContain(`skip  ${tests[1]}  (was not generated)`)
    await app.succeed('destroy', 'controller', 'posts')
    await app.succeed('destroy', 'middleware', 'log')
    expect(app.read('config/routes.ts')).toBe(routes)
    expect(app.read(FILE)).toBe(config)
    for (const path of tests) expect(app.read(path)).toBe('// mine\n')
    expect(app.status()).not.toContain('app/')
  })
})
