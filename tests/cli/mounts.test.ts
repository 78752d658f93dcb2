// `contrail routes` lists mounted handlers, and `contrail server` runs middleware and mounts of the code as it is on disk.
import { describe, expect, onTestFinished, test } from 'vitest'
import { askSocket } from '../harness/app.js'
import { callContrail } from '../harness/command-line.js'
import { CONTRAIL, folderWith, writeFiles } from '../harness/folders.js'
import { freePort, start } from '../harness/processes.js'

const config = (value: string) => `import { defineApplication } from 'contrail'
export default defineApplication({
  middleware: [
    (_request, response, next) => {
      response.setHeader('x-own', '${value}')
      next()
    },
  ],
})
`

const FILES = {
  'package.json': '{ "name": "mounts", "private": true, "type": "module" }',
  'config/application.ts': config('one'),
  'config/routes.ts': `import { Controller, defineRoutes } from 'contrail'
class AdminController extends Controller {
  index() { this.renderText('home') }
}
export default defineRoutes((r) => {
  r.get('/home', AdminController, 'index')
  r.mount('/board', (_request: unknown, response: { end(text: string): void }) => response.end('board'), { guard: AdminController })
  r.mount('/', () => new Response('rest'))
})
`,
}

describe('mounted handlers and middleware', () => {
  test('are listed by contrail routes', async () => {
    const folder = folderWith(FILES)
    const [table, json] = await Promise.all(
      [['routes'], ['routes', '--json', '--controller', 'admin']].map((args) => callContrail(args, { cwd: folder })),
    )
    expect(table?.output.split('\n')).toEqual([
      'Name  Method  Path      Controller#Action',
      '      GET     /home     AdminController#index',
      '      ANY     /board/*  mounted behind AdminController',
      '      ANY     /*        mounted',
      '',
    ])
    expect(JSON.parse(json?.output ?? '')).toMatchObject([
      { name: null, method: 'GET', path: '/home', controller: 'AdminController', action: 'index' },
      { name: null, method: 'ANY', path: '/board/*', controller: 'AdminController', action: null },
    ])
  })

  test('are those of the newest code in contrail server', async () => {
    const folder = folderWith(FILES)
    const port = await freePort()
    const server = start(process.execPath, [CONTRAIL, 'server', '-p', String(port)], { cwd: folder })
    onTestFinished(() => server.kill('SIGKILL'))
    await server.waitFor(/ready in/)
    const ask = async (path: string) => {
      const { text, headers } = await askSocket(`http://127.0.0.1:${port}${path}`)
      return [text, headers['x-own']]
    }
    expect([await ask('/home'), await ask('/board/x'), await ask('/other')]).toEqual([
      ['home', 'one'],
      ['board', 'one'],
      ['rest', 'one'],
    ])
    writeFiles(folder, { 'config/application.ts': config('two') })
    expect(await ask('/board')).toEqual(['board', 'two'])
  })
})
