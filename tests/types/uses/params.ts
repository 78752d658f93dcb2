// What the compiler knows of parameters: those read one by one, those that permit picks, and those a schema makes.
import { type } from 'arktype'
import { Controller, defineApplication, InvalidParams, type Scalar, type UploadedFile } from 'contrail'
import * as v from 'valibot'
import { z } from 'zod'

const Post = z.object({ title: z.string(), year: z.coerce.number(), tags: z.array(z.string()).default([]) })

export class PostsController extends Controller {
  static {
    this.rescueFrom(InvalidParams, (c, error) =>
      c.render(error.issues.map(({ path, pointer, message }) => [path, pointer, message])),
    )
    // @ts-expect-error TS2339: an issue has no value
    this.rescueFrom(InvalidParams, (c, error) => c.render(error.issues.map(({ value }) => value)))
  }

  one_() {
    const page: number = this.params.int('page', 1)
    const price: number | null = this.params.number('price', null)
    const terms: boolean = this.params.boolean('terms', false)
    const q: string | undefined = this.params.string('q', undefined)
    const avatar: UploadedFile = this.params.file('avatar')
    const other: UploadedFile | null = this.params.file('other', null)
    const nested: string = this.params.require('post').string('title')
    this.render({ page, price, terms, q, avatar, other, nested })

    // @ts-expect-error TS2322: it may be the fallback
    const sure: number = this.params.number('price', null)
    // @ts-expect-error TS2554: the name is missing
    this.params.boolean()
    // @ts-expect-error TS2540: a file's name is what it is
    avatar.name = 'x'
    // @ts-expect-error TS2540: moveTo moves it
    avatar.path = '/tmp/x'
    // @ts-expect-error TS2353: no such option
    void avatar.moveTo('/tmp/x', { overwrite: true })
    this.render(sure)
  }

  async schema_() {
    const post: { title: string; year: number; tags: string[] } = this.params.expect(Post)
    const below = this.params.expect('post', Post)
    const awaited = await this.params.expect(Post)
    const later = await this.params.expectAsync('post', Post)
    const size: number = this.params.expect(v.object({ size: v.number() })).size
    const name: string = this.params.expect(type({ name: 'string' })).name
    this.render([post, below.title, awaited.tags, later.year, size, name])

    // @ts-expect-error TS2551: no such parameter
    below.titel
    // @ts-expect-error TS2322: the schema makes a number of it
    const year: string = this.params.expect(Post).year
    // @ts-expect-error TS2339: it is promised
    this.params.expectAsync(Post).title
    // @ts-expect-error TS2353: no schema
    this.params.expect({ title: 'string' })
    // @ts-expect-error TS2345: the schema is missing
    this.params.expect('post')
    this.render(year)
  }

  permit_() {
    const picked = this.params.permit('page', { post: ['title', { tags: [], links: [['url', 'text']] }], ids: [] })
    const page: Scalar | undefined = picked.page
    const title: Scalar | undefined = picked.post?.title
    const tags: Scalar[] | undefined = picked.post?.tags
    const url: Scalar | undefined = picked.post?.links?.[0]?.url
    const ids: Scalar[] = picked.ids ?? []
    this.render([page, title, tags, url, ids])

    // @ts-expect-error TS2339: it was not permitted
    picked.admin
    // @ts-expect-error TS2339: nor was this
    picked.post?.userId
    // @ts-expect-error TS18048: nobody may have sent it
    picked.post.title
    // @ts-expect-error TS2339: links is a list
    picked.post?.links?.url
    // @ts-expect-error TS2345: names are text
    this.params.permit(5)
    // @ts-expect-error TS2322: a list of names, or []
    this.params.permit({ tags: 'all' })
  }

  query_() {
    const page = this.request.query['page']
    if (typeof page === 'string') page.toUpperCase()
    // @ts-expect-error TS2339: it may be a list, or fields in turn
    page?.toUpperCase()
  }
}

defineApplication({ uploads: { fileSize: 1, files: 2, total: 3, folder: 'tmp' } })
defineApplication({ uploads: false })
// @ts-expect-error TS2561: no such limit
defineApplication({ uploads: { fileSiz: 1 } })
// @ts-expect-error TS2322: a number of bytes
defineApplication({ uploads: { fileSize: '10mb' } })
// @ts-expect-error TS2322: they are on unless they are off
defineApplication({ uploads: true })
