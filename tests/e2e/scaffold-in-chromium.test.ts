// A scaffold as it comes out of the generator, at its first try: made, read, changed and removed by a real Chromium.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { useChromium } from '../harness/chromium.js'
import { CONTRAIL } from '../harness/folders.js'
import { generatedApp } from '../harness/generated-app.js'
import { freePort, start } from '../harness/processes.js'

const browser = useChromium()

/** Forms say what is to be done to a post as Rails' forms do: in `_method`. */
const FORMS = `<!doctype html><title>Posts</title>
<form method="post" action="/posts"><input name="title"><input name="body"><button>Create</button></form>
<form method="post" action="/posts/1"><input type="hidden" name="_method" value="patch">
<input name="title" value="By a form"><button>Update</button></form>`

test('what a scaffold makes is created, shown, updated and destroyed in Chromium, by forms and by scripts', async () => {
  const app = await generatedApp()
  await app.succeed('generate', 'scaffold', 'post', 'title:string', 'body:text')
  await app.succeed('db:migrate')
  writeFileSync(join(app.folder, 'public/forms.html'), FORMS)
  const port = await freePort()
  const server = start(process.execPath, [CONTRAIL, 'server', '-p', String(port)], { cwd: app.folder })
  onTestFinished(() => server.kill('SIGKILL'))
  await server.waitFor(/ready in/)
  const visitor = await browser.visitor()
  onTestFinished(() => visitor.end())
  const forms = `http://localhost:${port}/forms.html`

  let tab = await visitor.open(forms)
  await tab.fill('title', 'Hello')
  await tab.fill('body', 'The first post')
  expect(await tab.press('Create'), server.output()).toBe(201)
  expect(JSON.parse(await tab.text())).toMatchObject({ id: 1, title: 'Hello', body: 'The first post' })
  tab = await visitor.open(forms)
  expect(await tab.press('Create')).toBe(422)
  tab = await visitor.open(forms)
  expect(await tab.press('Update')).toBe(200)
  expect(JSON.parse(await tab.text())).toMatchObject({ id: 1, title: 'By a form', body: 'The first post' })
  const send = (method: string, path: string, body?: object) =>
    tab.run(`fetch(${JSON.stringify(path)}, { method: ${JSON.stringify(method)},
      headers: { 'content-type': 'application/json' }, body: ${body === undefined ? 'null' : `'${JSON.stringify(body)}'`} })
      .then(async (answer) => [answer.status, await answer.json().catch(() => null)])`)
  const two = { id: 2, title: 'Two', body: 'Text' }
  expect(await send('POST', '/posts', two)).toEqual([201, expect.objectContaining(two)])
  expect(await send('DELETE', '/posts/1')).toEqual([204, null])
  expect(await send('GET', '/posts')).toEqual([200, [expect.objectContaining(two)]])
  expect(await send('PATCH', '/posts/2', { title: '' })).toEqual([422, expect.anything()])
  expect(await send('PATCH', '/posts/2', { title: 'Second' })).toEqual([
    200,
    expect.objectContaining({ title: 'Second' }),
  ])
  expect(await send('DELETE', '/posts/2')).toEqual([204, null])
  expect(await send('GET', '/posts/2')).toEqual([404, expect.anything()])
  expect(await send('GET', '/posts')).toEqual([200, []])
})
