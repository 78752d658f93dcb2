// A page with a form as Rails people write it, in a real Chromium: an upload, what is wrong with it, the flash after a redirect,
// a CSRF token in each form, and a DELETE by a form.
import { join } from 'node:path'
import { type Application, Controller, escapeHtml, InvalidParams, NotFound } from 'contrail'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { boot } from '../harness/app.js'
import { useChromium } from '../harness/chromium.js'
import { temporaryFolder } from '../harness/folders.js'

/** A red square of 8 by 8 pixels. */
const PICTURE = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAEUlEQVR42mP4z8CAFTEMLQkAKP8/wdMl9P4AAAAASUVORK5CYII=',
  'base64',
)

interface Post {
  readonly id: number
  readonly title: string
  readonly picture: string
}

let posts: Post[] = []
let pictures = ''

const Title = z.object({ title: z.string().trim().min(3, 'at least three letters').max(40) })

class PostsController extends Controller {
  static {
    this.protectFromForgery()
    this.contentSecurityPolicy({ defaultSrc: ["'self'"], styleSrc: ["'self'", 'nonce'] })
    this.rescueFrom(InvalidParams, (c, error) =>
      c.form(
        error.issues.map(({ path, message }) => `${path}: ${message}`),
        422,
      ),
    )
  }

  index() {
    const notice = this.flash.get('notice')
    const list = posts.map(
      ({ id, title }) =>
        `<li><img src="${this.pathTo('picture', { id })}" width="48" height="48" alt=""> <b>${escapeHtml(title)}</b>
<form method="post" action="${this.pathTo('post', { id })}">${this.csrfField({ path: this.pathTo('post', { id }), method: 'DELETE' })}
<input type="hidden" name="_method" value="delete"><button>Delete ${escapeHtml(title)}</button></form></li>`,
    )
    this.page(
      'Posts',
      `${notice === undefined ? '' : `<p class="notice">${escapeHtml(String(notice))}</p>`}
<ul>${list.join('')}</ul><p><a href="/posts/new">New post</a></p>`,
    )
  }

  new() {
    this.form([], 200)
  }

  async create() {
    const { title } = this.params.expect('post', Title)
    const upload = this.params.file('picture')
    const picture = join(pictures, `${posts.length + 1}.png`)
    await upload.moveTo(picture)
    posts.push({ id: posts.length + 1, title, picture })
    this.redirectTo(this.pathTo('posts'), { notice: `Saved “${title}”, ${upload.size} bytes.` })
  }

  async picture() {
    await this.sendFile(this.found().picture, { disposition: 'inline' })
  }

  destroy() {
    const { id, title } = this.found()
    posts = posts.filter((post) => post.id !== id)
    this.redirectTo(this.pathTo('posts'), { notice: `Deleted “${title}”.` })
  }

  private found(): Post {
    const post = posts.find(({ id }) => id === this.params.int('id'))
    if (post === undefined) throw new NotFound()
    return post
  }

  private form(problems: readonly string[], status: number) {
    const list = problems.map((problem) => `<li>${escapeHtml(problem)}</li>`).join('')
    const { title = '' } = (this.params['post'] ?? {}) as { title?: string }
    this.page(
      'New post',
      `${list === '' ? '' : `<ul class="problems">${list}</ul>`}
<form method="post" action="/posts" enctype="multipart/form-data">${this.csrfField({ path: '/posts' })}
<p><label>Title <input name="post[title]" value="${escapeHtml(title)}"></label></p>
<p><label>Picture <input type="file" name="picture" accept="image/png"></label></p>
<p><button>Save</button></p></form>`,
      status,
    )
  }

  private page(title: string, content: string, status = 200) {
    this.renderHtml(
      `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${title}</title><style nonce="${this.cspNonce}">
body { font: 16px/1.5 system-ui, sans-serif; max-width: 36rem; margin: 2rem auto; padding: 0 1rem }
.notice { background: #e6f4ea; padding: .5rem 1rem; border-radius: .5rem } .problems { color: #b3261e }
li { margin: .5rem 0 } li form { display: inline } button { font: inherit; padding: .25rem .75rem }
</style></head><body><h1>${title}</h1>${content}</body></html>`,
      { status },
    )
  }
}

let app: Application
let url = ''
const browser = useChromium()

beforeAll(async () => {
  app = boot((r) => {
    r.resources('posts', PostsController, { only: ['index', 'new', 'create', 'destroy'] })
    r.get('/posts/:id/picture', PostsController, 'picture', { as: 'picture' })
  }).app
  url = (await app.listen({ port: 0, host: '127.0.0.1', signals: false })).url
  return () => app.close()
})

describe('a form with an upload, in Chromium', () => {
  test('is saved, told of once, shown, refused with what is wrong, and taken back', async () => {
    pictures = temporaryFolder()
    posts = []
    const visitor = await browser.visitor()
    onTestFinished(() => visitor.end())
    const tab = await visitor.open(`${url}/posts/new`)

    await tab.fill('post[title]', 'Hi')
    await tab.choose('picture', { name: 'red.png', mimeType: 'image/png', buffer: PICTURE })
    expect(await tab.press('Save')).toBe(422)
    expect(await tab.text()).toContain('post.title: at least three letters')
    expect(await tab.run('document.querySelector("[name=\'post[title]\']").value')).toBe('Hi')

    await tab.fill('post[title]', 'Hello <b>')
    await tab.choose('picture', { name: 'red.png', mimeType: 'image/png', buffer: PICTURE })
    expect(await tab.press('Save')).toBe(200)
    expect(tab.url()).toBe(`${url}/posts`)
    expect(await tab.text()).toContain(`Saved “Hello <b>”, ${PICTURE.length} bytes.`)
    expect(await tab.run('document.querySelector("img").naturalWidth')).toBe(8)
    expect(await tab.run('getComputedStyle(document.querySelector(".notice")).borderRadius')).toBe('8px')
    await tab.screenshot(process.env['SCREENSHOT'])

    const again = await visitor.openAnother(`${url}/posts`)
    expect(await again.text()).not.toContain('Saved')

    expect(await tab.press('Delete')).toBe(200)
    expect(await tab.text()).toContain('Deleted “Hello <b>”.')
    expect(posts).toEqual([])
  })
})
