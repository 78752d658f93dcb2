// The developer's error page leads into the editor, shows the request, and lets nothing of it be markup.
import { Controller, editorLink, unknownEditor } from 'contrail'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { ask, boot } from '../harness/app.js'

afterEach(() => vi.unstubAllEnvs())

describe('a link into the editor', () => {
  const link = (variables: { CONTRAIL_EDITOR?: string; EDITOR?: string }) => {
    vi.stubEnv('CONTRAIL_EDITOR', variables.CONTRAIL_EDITOR)
    vi.stubEnv('EDITOR', variables.EDITOR)
    return editorLink('/home/ada/my blog/a#b?.ts', 12, 5)
  }

  test.each([
    [{}, 'vscode://file/home/ada/my%20blog/a%23b%3F.ts:12:5'],
    [{ EDITOR: 'vim' }, 'vscode://file/home/ada/my%20blog/a%23b%3F.ts:12:5'],
    [{ EDITOR: '/usr/bin/zed --wait' }, 'zed://file/home/ada/my%20blog/a%23b%3F.ts:12:5'],
    [{ EDITOR: 'zed', CONTRAIL_EDITOR: 'cursor' }, 'cursor://file/home/ada/my%20blog/a%23b%3F.ts:12:5'],
    [{ CONTRAIL_EDITOR: 'webstorm' }, 'webstorm://open?file=%2Fhome%2Fada%2Fmy%20blog%2Fa%23b%3F.ts&line=12&column=5'],
    [
      { CONTRAIL_EDITOR: 'sublime' },
      'subl://open?url=file%3A%2F%2F%2Fhome%2Fada%2Fmy%2520blog%2Fa%2523b%253F.ts&line=12&column=5',
    ],
    [{ CONTRAIL_EDITOR: 'my-ed://{file}?at={line},{column}' }, 'my-ed:///home/ada/my%20blog/a%23b%3F.ts?at=12,5'],
    [{ CONTRAIL_EDITOR: 'none', EDITOR: 'code' }, undefined],
    [{ CONTRAIL_EDITOR: 'javascript:alert({file})' }, undefined],
    [{ CONTRAIL_EDITOR: 'constructor' }, undefined],
  ])('of %j is %s', (variables, expected) => {
    expect(link(variables)).toBe(expected)
  })

  test('is none for what is no path of a file, and an unknown editor is known as such', () => {
    expect(link({ CONTRAIL_EDITOR: 'vscdoe' })).toBeUndefined()
    expect(unknownEditor()).toBe('vscdoe')
    vi.stubEnv('CONTRAIL_EDITOR', 'none')
    expect(unknownEditor()).toBeUndefined()
    vi.stubEnv('CONTRAIL_EDITOR', 'vscode')
    expect(editorLink('node:internal/process', 1, 1)).toBeUndefined()
    expect(editorLink('C:\\blog\\app.ts', 1, 2)).toBe('vscode://file/C:/blog/app.ts:1:2')
  })
})

class FailingController extends Controller {
  fail() {
    Object.assign(this.session, { basket: 'secret-basket', '<i>key</i>': 1 })
    throw new Error('<script>message</script>\n    at x ("><script>line</script>/a.ts:1:2)')
  }
}

test('L1: the page shows the request, keeps its secrets, links to the place, and escapes all that came from outside', async () => {
  vi.stubEnv('CONTRAIL_EDITOR', '')
  vi.stubEnv('EDITOR', '')
  const { app } = boot((r) => r.get('/fail/:name', FailingController, 'fail'), {
    environment: { name: 'development', explicit: true },
  })
  const { text } = await ask(app, '/fail/<script>url?title=<script>param</script>&password=hunter2', {
    headers: {
      host: 'localhost',
      accept: 'text/html',
      'x-evil': '<script>header</script>',
      'x-api-token': 'header-secret',
      cookie: 'a=cookie-secret',
      authorization: 'Bearer bearer-secret',
    },
  })
  expect(text).not.toMatch(/<script|<i>/)
  for (const shown of ['url', 'param', 'header', 'message']) expect(text).toContain(`&#60;script&#62;${shown}`)
  for (const hidden of ['cookie-secret', 'bearer-secret', 'header-secret', 'secret-basket', 'hunter2'])
    expect(text).not.toContain(hidden)
  expect(text).toContain('<dt>Session</dt><dd>basket, &#60;i&#62;key&#60;/i&#62;</dd>')
  expect(text).toMatch(/<a href="vscode:\/\/file\/[^"]+editor-links\.test\.ts:\d+:\d+">/)
})
