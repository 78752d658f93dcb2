// Actions that no route leads to: what counts as one, and what a program is told.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { callContrail } from '../harness/command-line.js'
import { CONTRAIL, linkedPostsApp } from '../harness/folders.js'
import { execute } from '../harness/processes.js'

const ARCHIVE = `import { ApplicationController } from '../application-controller.js'

export abstract class ListController extends ApplicationController {
  index() {
    this.render([])
  }
  orphan() {
    this.head(204)
  }
}

export class ArchiveController extends ListController {
  static macro() {}
  get title() {
    return 'a'
  }
  sweep() {
    this.find(this.secretly())
  }
  find(id: number) {
    return id
  }
  private secretly() {
    return 1
  }
  protected almost() {}
  #hidden() {}
}
`

function app(): string {
  const folder = linkedPostsApp()
  mkdirSync(join(folder, 'app/controllers/admin'))
  writeFileSync(join(folder, 'app/controllers/admin/archive-controller.ts'), ARCHIVE)
  writeFileSync(
    join(folder, 'config/routes.ts'),
    `import { defineRoutes } from 'contrail'
import { ArchiveController } from '../app/controllers/admin/archive-controller.js'

export default defineRoutes((r) => {
  r.get('/archive', ArchiveController, 'index')
})
`,
  )
  return folder
}

// A process of its own: there is one copy of the framework in it, as in an app.
const routes = (cwd: string, ...args: string[]) => execute(process.execPath, [CONTRAIL, 'routes', ...args], { cwd })

test('are public, take nothing, and are not routed to through a class that inherits them', async () => {
  const folder = app()
  const [json, text] = await Promise.all([
    routes(folder, '--unused', '--json', '--check', '--grep', 'Archive|List'),
    routes(folder, '--unused', '--controller', 'archive'),
  ])
  const file = 'app/controllers/admin/archive-controller.ts'
  expect(JSON.parse(json.output)).toEqual([
    { controller: 'ListController', action: 'orphan', file, line: 7 },
    { controller: 'ArchiveController', action: 'sweep', file, line: 17 },
  ])
  expect(json.code).toBe(1)
  expect(text).toEqual({
    code: 0,
    output: `ArchiveController#sweep  ${file}:17\n  Fix: draw a route to it in config/routes.ts, or make it private.\n`,
  })
})

test('are looked for alone', async () => {
  const contrail = (...args: string[]) => callContrail(['routes', ...args], { cwd: '/' })
  expect((await contrail('--unused', '--types')).output).toMatch(/'--unused' cannot be used with option '--types'/)
  expect((await contrail('--check')).output).toContain('--unused --check')
})
