// contrail server, driven as a developer does: files are edited while it runs, and every answer comes over its socket.
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { askSocket } from '../harness/app.js'
import { serve } from '../harness/dev-server.js'
import { CONTRAIL, linkedPostsApp } from '../harness/folders.js'
import { freePort, start } from '../harness/processes.js'

const CONTROLLER = 'app/controllers/session-example-controller.ts'

const message = (text: string) => (source: string) => source.replace(/message: '[^']*'/, `message: '${text}'`)

describe('contrail server', () => {
  test('says where it listens and what to try', async () => {
    const { url, server } = await serve()
    await server.waitFor(/curl -b jar -c jar \S+\/session\n/)
    expect(server.output()).toContain(`Contrail, development: ${url}`)
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
  })

  test('serves a change with the very next request, twenty times', async () => {
    const { url, edit } = await serve()
    for (let round = 1; round <= 20; round++) {
      edit(CONTROLLER, message(`round ${round}`))
      expect((await askSocket(`${url}/session`)).json).toEqual({ message: `round ${round}` })
    }
  })

  test('keeps the socket open through changes: no request is refused', async () => {
    const { url, edit } = await serve()
    let editing = true
    const others: unknown[] = []
    const polling = (async () => {
      while (editing) {
        const answer = await askSocket(`${url}/posts`)
        if (answer.status !== 200) others.push(answer)
      }
    })()
    for (let round = 1; round <= 10; round++) {
      edit(CONTROLLER, message(`round ${round}`))
      await askSocket(`${url}/session`)
    }
    editing = false
    await polling
    expect(others).toEqual([])
  })

  test('keeps what singletons hold, where their own file did not change', async () => {
    const { url, edit } = await serve()
    const headers = { 'content-type': 'application/json' }
    await askSocket(`${url}/posts`, { method: 'POST', headers, body: '{"title":"kept","body":"yes"}' })
    edit(CONTROLLER, message('changed'))
    expect((await askSocket(`${url}/posts`)).json).toHaveLength(2)
  })

  test('D2: shows a syntax error with file, line and code, as text or as a page, and recovers with the next save', async () => {
    const { url, folder, edit, server } = await serve()
    const good = readFileSync(join(folder, CONTROLLER), 'utf8')
    edit(CONTROLLER, (text) => text.replace('this.session.currentTime = new Date()', 'this.session.currentTime = = 1'))
    const line = good.split('\n').findIndex((text) => text.includes('currentTime')) + 1
    const text = await askSocket(`${url}/session`)
    expect(text.status).toBe(500)
    expect(text.headers['content-type']).toBe('text/plain; charset=utf-8')
    expect(text.text).toContain(`SyntaxError: Unexpected token\n  at ${CONTROLLER}:${line}:32`)
    expect(text.text).toMatch(new RegExp(`> +${line} \\| +this\\.session\\.currentTime = = 1`))
    const page = await askSocket(`${url}/posts`, { headers: { accept: 'text/html' } })
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8')
    expect(page.text).toContain(`${CONTROLLER}:${line}:32`)
    expect(server.output()).toContain('SyntaxError: Unexpected token')
    writeFileSync(join(folder, CONTROLLER), good)
    expect((await askSocket(`${url}/session`)).status).toBe(200)
  })

  test('D2: a hundred edits, every other one bad, are each answered by what was saved last', async () => {
    const { url, edit } = await serve()
    for (let round = 1; round <= 50; round++) {
      edit(CONTROLLER, (text) => `${text}}`)
      expect((await askSocket(`${url}/session`)).text).toContain('SyntaxError')
      edit(CONTROLLER, (text) => message(`good ${round}`)(text.slice(0, -1)))
      expect((await askSocket(`${url}/session`)).json).toEqual({ message: `good ${round}` })
    }
  })

  test('a file that is read while it is being written is read again', async () => {
    const { url, folder, edit } = await serve()
    await askSocket(`${url}/session`)
    const text = readFileSync(join(folder, CONTROLLER), 'utf8')
    for (let round = 0; round < 10; round++) {
      const begun = performance.now()
      edit(CONTROLLER, () => text.slice(0, 40 + round * 20))
      const answer = askSocket(`${url}/session`)
      await new Promise((resolve) => setTimeout(resolve, 5))
      edit(CONTROLLER, () => text)
      // On a busy machine the save may have taken longer than any editor's: such a round proves nothing.
      const tookLong = performance.now() - begun > 20
      expect(tookLong ? 200 : (await answer).status).toBe(200)
      await answer
    }
  })

  test('shows a missing import, and recovers when the file is created', async () => {
    const { url, folder, edit } = await serve()
    edit(CONTROLLER, (text) => `import { WORD } from '../word.js'\n${text.replace(/'set some[^']*'/, 'WORD')}`)
    const answer = await askSocket(`${url}/session`)
    expect(answer.text).toContain(`ImportError: ../word.js cannot be found.`)
    expect(answer.text).toContain(`at ${CONTROLLER}:1:`)
    writeFileSync(join(folder, 'app/word.ts'), "export const WORD = 'found'\n")
    expect((await askSocket(`${url}/session`)).json).toEqual({ message: 'found' })
  })

  test('shows what a boot check refuses, and recovers', async () => {
    const { url, edit } = await serve()
    edit('config/routes.ts', (text) => text.replace("HomeController, 'index'", "HomeController, 'indx'"))
    const answer = await askSocket(`${url}/`)
    expect(answer.text).toContain('HomeController has no such action')
    expect(answer.text).toContain('did you mean "index"?')
    edit('config/routes.ts', (text) => text.replace("'indx'", "'index'"))
    expect((await askSocket(`${url}/`)).status).toBe(200)
  })

  test('a load that hangs is told of and given up with the next save', async () => {
    const { url, folder, edit, server } = await serve()
    const good = readFileSync(join(folder, CONTROLLER), 'utf8')
    edit(CONTROLLER, (text) => `${text}\nawait new Promise(() => undefined)\n`)
    const hanging = askSocket(`${url}/session`)
    await server.waitFor(/Still loading after 5 s: \S+session-example-controller\.ts/)
    writeFileSync(join(folder, CONTROLLER), good)
    expect((await hanging).status).toBe(200)
    expect((await askSocket(`${url}/session`)).status).toBe(200)
  })

  test('code that does not load is not run again for every request', async () => {
    const { url, folder, edit } = await serve()
    edit('config/routes.ts', (text) => {
      const count = "import { appendFileSync } from 'node:fs'\nappendFileSync('runs', 'x')\nthrow new Error('no')\n"
      return `${count}${text}`
    })
    for (let request = 0; request < 5; request++) expect((await askSocket(`${url}/posts`)).status).toBe(500)
    expect(readFileSync(join(folder, 'runs'), 'utf8').length).toBeLessThan(5)
  })

  test('reads PORT from .env', async () => {
    const port = await freePort()
    const folder = linkedPostsApp()
    writeFileSync(join(folder, '.env'), `PORT=${port}\n`)
    const server = start(process.execPath, [CONTRAIL, 'server'], { cwd: folder })
    onTestFinished(() => server.kill('SIGKILL'))
    await server.waitFor(new RegExp(`http://127\\.0\\.0\\.1:${port} \\(ready`))
  })

  test('an address that is none is refused at once', async () => {
    const server = start(process.execPath, [CONTRAIL, 'server', '-b', '192.0.2.1'], { cwd: linkedPostsApp() })
    await server.waitFor(/192\.0\.2\.1, port \d+, cannot be bound/)
  })

  test('starts though the app does not load, and serves it once it does', async () => {
    const broken = (folder: string) => writeFileSync(join(folder, 'config/routes.ts'), 'export default = 1\n')
    const { url, folder } = await serve({ prepare: broken })
    expect((await askSocket(`${url}/posts`)).text).toContain('at config/routes.ts:1:')
    const good = readFileSync(new URL('../../examples/posts-app/config/routes.ts', import.meta.url))
    writeFileSync(join(folder, 'config/routes.ts'), good)
    expect((await askSocket(`${url}/posts`)).status).toBe(200)
  })

  test('an error in an action shows its message, its place in the TypeScript file, and only to a developer', async () => {
    const { url, edit } = await serve()
    edit(CONTROLLER, (text) => text.replace('this.render(this.session)', "throw new Error('on <purpose>')"))
    const { json } = await askSocket(`${url}/session/show`)
    expect(json.detail).toBe('on <purpose>')
    expect(json.stack.join('\n')).toMatch(/session-example-controller\.ts:10:/)
    const page = await askSocket(`${url}/session/show`, { headers: { accept: 'text/html' } })
    expect(page.text).toContain('on &#60;purpose&#62;')
  })

  test('takes in a changed .env and a new environment file', async () => {
    const { url, folder, edit } = await serve()
    edit(CONTROLLER, (text) => text.replace(/'set some[^']*'/, "process.env['WORD'] ?? 'none'"))
    expect((await askSocket(`${url}/session`)).json).toEqual({ message: 'none' })
    writeFileSync(join(folder, '.env'), 'WORD=first\n')
    expect((await askSocket(`${url}/session`)).json).toEqual({ message: 'first' })
    writeFileSync(join(folder, '.env'), 'WORD=second\n')
    expect((await askSocket(`${url}/session`)).json).toEqual({ message: 'second' })
    rmSync(join(folder, '.env'))
    expect((await askSocket(`${url}/session`)).json).toEqual({ message: 'none' })
  })

  test('a slow request finishes on the code it began with', async () => {
    const { url, folder, edit } = await serve()
    const wait = `writeFileSync('begun', '')
    while (!existsSync('go')) await new Promise((resolve) => setTimeout(resolve, 10))
    this.render({ message: 'old' })`
    edit(CONTROLLER, (text) => {
      const slow = text.replace('index() {', 'async index() {').replace(/this\.render\(\{[^}]*\}\)/, wait)
      return `import { existsSync, writeFileSync } from 'node:fs'\n${slow}`
    })
    const underWay = askSocket(`${url}/session`)
    await vi.waitFor(() => expect(existsSync(join(folder, 'begun'))).toBe(true), { timeout: 20_000 })
    edit(CONTROLLER, (text) => text.replace("'old'", "'new'").replace("!existsSync('go')", 'false'))
    expect((await askSocket(`${url}/session`)).json).toEqual({ message: 'new' })
    writeFileSync(join(folder, 'go'), '')
    expect((await underWay).json).toEqual({ message: 'old' })
  })

  test('D1: a host that is not this machine gets neither the app nor its source, and there is nothing for other origins', async () => {
    const { url, edit } = await serve()
    expect((await askSocket(`${url}/posts`, { headers: { host: 'evil.example' } })).status).toBe(403)
    const origin = { origin: 'http://evil.example' }
    const foreign = await askSocket(`${url}/posts`, { headers: origin })
    expect(foreign.headers['access-control-allow-origin']).toBeUndefined()
    const key = { 'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==', 'sec-websocket-version': '13' }
    const upgrade = { connection: 'upgrade', upgrade: 'websocket', 'sec-websocket-protocol': 'vite-hmr' }
    expect((await askSocket(`${url}/`, { headers: { ...origin, ...upgrade, ...key } })).status).toBe(200)
    const elsewhere = Object.values(networkInterfaces()).flatMap((all) => all ?? [])
    for (const { address } of elsewhere.filter(({ internal, family }) => !internal && family === 'IPv4'))
      await expect(askSocket(url.replace('127.0.0.1', address))).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    edit(CONTROLLER, (text) => `${text}\nsyntax error here\n`)
    const answer = await askSocket(`${url}/posts`, { headers: { host: 'evil.example' } })
    expect(answer.status).toBe(500)
    expect(answer.text).not.toContain('syntax')
  })

  test('an error that nobody caught is told, and the server goes on', async () => {
    const { url, edit, server } = await serve()
    edit(CONTROLLER, (text) => text.replace('this.resetSession()', "void Promise.reject(new Error('left alone'))"))
    expect((await askSocket(`${url}/session`, { method: 'DELETE' })).status).toBe(204)
    await server.waitFor(/left alone/)
    expect((await askSocket(`${url}/posts`)).status).toBe(200)
  })

  test.each(['SIGTERM', 'SIGINT'] as const)('%s stops it with 0', async (signal) => {
    const { server } = await serve()
    expect(await server.stop(signal)).toBe(0)
  })

  test('a port that is taken is refused with the next free one, where nobody can be asked', async () => {
    const blocker = createServer()
    await new Promise<void>((resolve) => blocker.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void blocker.close())
    const { port } = blocker.address() as { port: number }
    const server = start(process.execPath, [CONTRAIL, 'server', '-p', String(port)], { cwd: linkedPostsApp() })
    const [, proposed] = await server.waitFor(/contrail server -p (\d+)\n/)
    expect(server.output()).toContain(`Port ${port} is taken.`)
    expect(Number(proposed)).toBeGreaterThan(port)
  })
})
