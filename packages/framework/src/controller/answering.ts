// Why: the verbs for answers beyond a page, JSON or a redirect, apart from `Controller` so that both can be read at a glance.
import { answerIfFresh, type ExpiryOptions, type FreshnessOptions, setExpiry } from './answers/caching.js'
import { answerData, type DataOptions } from './answers/data.js'
import { type EarlyHint, sendEarlyHints } from './answers/early-hints.js'
import type { EventSourceWriter } from './answers/event-stream.js'
import { answerFile, type FileOptions } from './answers/file.js'
import { answerRedirectBack, type RedirectBackOptions } from './answers/redirect-back.js'
import { type FormatHandlers, respondTo } from './answers/respond-to.js'
import { answerEvents, type EventStreamOptions } from './answers/server-sent-events.js'
import { answerStream, type StreamSource } from './answers/stream.js'
import { BoundController, contextOf } from './binding.js'

/** What a controller answers with beside pages. Use it through `Controller`. */
export abstract class AnsweringController extends BoundController {
  /**
   * Answers with data as a file to keep; `{ disposition: 'inline' }` shows it.
   * @throws DoubleRenderError; TypeError for a file name with control characters
   */
  sendData(data: string | Uint8Array, options: DataOptions = {}): void {
    answerData(contextOf(this, 'sendData'), data, options)
  }

  /**
   * Answers with a body that comes in pieces, sent as fast as the client reads it. The session and the cookies are sent with
   * the first piece: what the source changes in them later is dropped, and logged. If the source fails before its first
   * piece, the answer is an error; later, the connection is cut. A client that goes away destroys a `Readable` and ends a
   * generator at its next `yield`; give `this.request.signal` to what it waits for.
   * @throws DoubleRenderError
   */
  stream(source: StreamSource, options: DataOptions = {}): void {
    answerStream(contextOf(this, 'stream'), source, options)
  }

  /**
   * Answers in the format that is asked for: that of the address where the route has one (`params.format`), else the one that
   * `Accept` likes best; of those it likes alike, the first here. What the handler answers is of that type. Return or await
   * what this returns where a handler is asynchronous.
   * ```ts
   * this.respondTo({ json: () => this.render(post), html: () => this.renderHtml(page(post)) })
   * ```
   * @throws NotAcceptable (406) when the client takes none of them and there is no `any`
   */
  respondTo<Handlers extends FormatHandlers>(
    handlers: Handlers & Record<Exclude<keyof Handlers, keyof FormatHandlers>, never>,
  ): unknown {
    return respondTo(contextOf(this, 'respondTo'), handlers)
  }

  /**
   * Answers with a file, to keep, or with `{ disposition: 'inline' }` to show: whole, in part (`Range`), or 304 when the client
   * has it. Await it. A relative path starts from the app's folder. A name that comes from outside wants a `root`: whatever
   * leads out of it, a link or a dot file is not found.
   * @throws NotFound, PreconditionFailed, RangeNotSatisfiable; DoubleRenderError
   */
  sendFile(path: string, options: FileOptions = {}): Promise<void> {
    return answerFile(contextOf(this, 'sendFile'), path, options)
  }

  /**
   * Answers with events for a browser's `EventSource`: sent by a function until it ends, or yielded. The stream ends when the
   * client leaves and when the server stops. Change the session before, not in, the function.
   * ```ts
   * this.serverSentEvents(async (events) => {
   *   for await (const post of newPosts({ signal: events.signal })) await events.send({ event: 'post', data: post, id: post.id })
   * })
   * ```
   * @throws DoubleRenderError
   */
  serverSentEvents<Data = unknown>(writer: EventSourceWriter<Data>, options: EventStreamOptions = {}): void {
    answerEvents(contextOf(this, 'serverSentEvents'), writer, options)
  }

  /**
   * Says what state the answer is of, and answers 304 when the client has it: `if (this.freshWhen({ etag: post })) return`.
   * @returns whether it answered
   * @throws DoubleRenderError
   */
  freshWhen(options: FreshnessOptions): boolean {
    return answerIfFresh(contextOf(this, 'freshWhen'), 'freshWhen', options)
  }

  /** The other way round: `if (this.stale({ etag: post })) this.render(post)`. @throws DoubleRenderError */
  stale(options: FreshnessOptions): boolean {
    return !answerIfFresh(contextOf(this, 'stale'), 'stale', options)
  }

  /** Lets the answer be kept for so many seconds, by the client alone unless it is `public`. */
  expiresIn(seconds: number, options: ExpiryOptions = {}): void {
    setExpiry(contextOf(this, 'expiresIn'), seconds, options)
  }

  /** Lets the answer be kept, but asked for again each time it is used. */
  expiresNow(): void {
    contextOf(this, 'expiresNow').response.headers.set('cache-control', 'no-cache')
  }

  /** Lets nobody keep the answer. */
  noStore(): void {
    contextOf(this, 'noStore').response.headers.set('cache-control', 'no-store')
  }

  /**
   * Redirects to where the client says that it was, when that is this site, or with `allowOtherHost` any; else to `fallback`.
   * @throws DoubleRenderError
   */
  redirectBack(options: RedirectBackOptions): void {
    answerRedirectBack(contextOf(this, 'redirectBack'), options)
  }

  /**
   * Sends 103 Early Hints at once, so that a browser can fetch what the page will need while the action works. Nothing where
   * the client or the server cannot.
   * @throws TypeError for a link that is not of this site or http(s), or an attribute that is no plain word
   */
  earlyHints(links: readonly EarlyHint[]): void {
    sendEarlyHints(contextOf(this, 'earlyHints'), links)
  }
}
