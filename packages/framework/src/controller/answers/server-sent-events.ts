// Why: an event stream as an answer: nothing between the app and the page may keep it or hold it back.
import { checkKnownKeys } from '../../known-keys.js'
import { answer } from '../rendering.js'
import type { RequestContext } from '../request-context.js'
import { type EventSourceWriter, EventStreamBody } from './event-stream.js'

/** Options of `serverSentEvents`. */
export interface EventStreamOptions {
  /** Seconds after which a comment keeps a silent connection open; 0 for never. Default: 15. */
  readonly heartbeat?: number
  /** Headers to set with the answer. */
  readonly headers?: Readonly<Record<string, string>>
}

const OPTION_NAMES = Object.keys({ heartbeat: true, headers: true } satisfies Record<keyof EventStreamOptions, true>)

/** Answers with events. */
export function answerEvents<Data>(
  context: RequestContext,
  writer: EventSourceWriter<Data>,
  options: EventStreamOptions,
): void {
  checkKnownKeys(options, OPTION_NAMES, 'serverSentEvents()')
  const { heartbeat = 15, headers } = options
  if (!(heartbeat >= 0 && heartbeat <= 86_400)) {
    throw new RangeError(`serverSentEvents(): heartbeat is ${heartbeat}; give seconds, or 0 for none.`)
  }
  const body = new EventStreamBody(writer, lastEventId(context), heartbeat)
  try {
    answer(context, 'serverSentEvents', 'text/event-stream', body, {
      headers: { 'cache-control': 'no-store', 'x-accel-buffering': 'no', ...headers },
    })
  } finally {
    if (context.response.body !== body) body.destroy()
  }
}

/** Browsers send it as UTF-8, which node:http reads byte by byte. */
function lastEventId({ request }: RequestContext): string | undefined {
  const sent = request.header('last-event-id')
  return sent === undefined ? undefined : Buffer.from(sent, 'latin1').toString('utf8')
}
