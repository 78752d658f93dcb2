// The verbs for answers beyond a page: what they take, and what they refuse.
import { createReadStream } from 'node:fs'
import { ReadableStream } from 'node:stream/web'
import { Controller, defineApplication, type EventStream, type StatusName } from 'contrail'

export const config = defineApplication({
  publicFiles: { folder: 'public', maxAge: 60, immutable: /assets/ },
  etag: true,
  compress: { threshold: 2_000 },
  sendTimeout: 10,
})

export const off = defineApplication({ publicFiles: false, compress: false })

// @ts-expect-error TS2561: no such option
export const misspelt = defineApplication({ publicFiles: { maxage: 60 } })
// @ts-expect-error TS2322: it is on or off
export const tagged = defineApplication({ etag: 'weak' })

async function* numbers() {
  yield 1
}

export class PostsController extends Controller {
  respondTo_() {
    this.respondTo({ json: () => this.render({}), html: () => this.renderHtml('') })
    this.respondTo({ 'application/vnd.api+json': async () => this.render({}), any: () => this.head('not_acceptable') })

    // @ts-expect-error TS2322: no such format, nor a media type
    this.respondTo({ jsno: () => this.render({}) })
    // @ts-expect-error TS2322: a function answers
    this.respondTo({ json: this.render({}) })
  }

  async files_() {
    await this.sendFile('a.pdf', { root: 'files', disposition: 'inline', cacheControl: 'no-store' })
    this.sendData('a,b', { filename: 'a.csv', type: 'text/csv' })
    this.sendData(new Uint8Array(1), { status: 201 })

    // @ts-expect-error TS2322: shown or kept
    await this.sendFile('a.pdf', { disposition: 'download' })
    // @ts-expect-error TS2353: the request decides: 200, 206, 304
    await this.sendFile('a.pdf', { status: 201 })
    // @ts-expect-error TS2353: text or bytes
    this.sendData({ a: 1 })
  }

  streams_() {
    this.stream(createReadStream('a'), { type: 'text/plain' })
    this.stream(new ReadableStream<Uint8Array>())
    this.stream(
      (async function* () {
        yield 'text'
        yield new Uint8Array(1)
      })(),
    )

    // @ts-expect-error TS2345: pieces are text or bytes
    this.stream(numbers())
    // @ts-expect-error TS2345: it comes in pieces
    this.stream(1)
  }

  events_() {
    this.serverSentEvents(async (events) => {
      await events.send({ event: 'post', data: { any: 'JSON' }, id: 1, retry: 1_000 })
      const seen: string | undefined = events.lastEventId
      return [seen, events.signal.aborted]
    })
    this.serverSentEvents<{ id: number }>((events: EventStream<{ id: number }>) => events.send({ data: { id: 1 } }))
    this.serverSentEvents(
      (async function* () {
        yield { data: 1 }
      })(),
      { heartbeat: 5 },
    )

    // @ts-expect-error TS2322: data is of the type that was said
    this.serverSentEvents<{ id: number }>((events) => events.send({ data: { id: 'one' } }))
    // @ts-expect-error TS2353: no such field
    this.serverSentEvents((events) => events.send({ name: 'post' }))
    // @ts-expect-error TS2561: no such option
    this.serverSentEvents(() => {}, { heartbeet: 5 })
  }

  caching_() {
    if (this.freshWhen({ etag: [1, 'a'], lastModified: new Date(), public: true })) return
    if (this.stale({ strongEtag: 'a' })) this.render({})
    this.expiresIn(60, { public: true, staleWhileRevalidate: 30 })
    this.noStore()
    this.expiresNow()

    // @ts-expect-error TS2322: a date, not its text
    this.stale({ lastModified: '2026-01-01' })
    // @ts-expect-error TS2353: no such option
    this.expiresIn(60, { shared: true })
  }

  statuses_() {
    const name: StatusName = 'not_found'
    this.render({}, { status: name })
    this.head('no_content')
    this.head(204)
    this.redirectTo('/', { status: 'see_other' })

    // @ts-expect-error TS2345: no such status
    this.head('not_fuond')
    // @ts-expect-error TS2322: no such status
    this.render({}, { status: 'okay' })
  }

  others_() {
    this.redirectBack({ fallback: '/', allowOtherHost: true, notice: 'Back.' })
    this.earlyHints([{ href: '/app.css', rel: 'preload', as: 'style' }])
    const signal: AbortSignal = this.request.signal

    // @ts-expect-error TS2741: where to, when nobody knows
    this.redirectBack({})
    // @ts-expect-error TS2322: no such relation
    this.earlyHints([{ href: '/app.css', rel: 'stylesheet' }])
    // @ts-expect-error TS2540: it is there to be listened to
    this.request.signal = signal
  }
}
