// Why: the verbs an action answers with come down to one thing done once: status, type and body put into the response.
import { DoubleRenderError } from '../errors.js'
import type { ResponseBody } from '../http/response.js'
import { type Status, statusCode } from '../http/status.js'
import { checkRedirect } from '../security/redirect-target.js'
import type { FlashData } from '../session/flash.js'
import type { RequestContext } from './request-context.js'

/** Options of an answer. */
export interface AnswerOptions {
  /** From 200 to 599, or by name: `not_found`. Default: the response's, which is 200 unless it was set. */
  readonly status?: Status
  /** Headers to set with the answer, in place of any of the same name. */
  readonly headers?: Readonly<Record<string, string>>
}

/** Options of a redirect. */
export interface RedirectOptions extends AnswerOptions {
  /** Let it lead to another host. Never with an address that a stranger can choose. */
  readonly allowOtherHost?: boolean
  /** Flashed to the page it leads to, as `flash.notice`. */
  readonly notice?: FlashData['notice']
  /** Flashed to the page it leads to, as `flash.alert`. */
  readonly alert?: FlashData['alert']
  /** Flashed to the page it leads to. */
  readonly flash?: Partial<FlashData>
}

/** Puts an answer into the response. @throws DoubleRenderError when there is one */
export function answer(
  context: RequestContext,
  verb: string,
  type: string | undefined,
  body: ResponseBody,
  options: AnswerOptions,
): void {
  const { response } = context
  if (isTooLate(context, verb)) return
  checkUnanswered(context, verb)
  if (options.status !== undefined) response.status = statusCode(options.status)
  if (type !== undefined && !response.headers.hasTrusted('content-type'))
    response.headers.appendTrusted('content-type', context.answerType ?? type)
  if (options.headers !== undefined) {
    for (const name of Object.keys(options.headers)) response.headers.set(name, options.headers[name] as string)
  }
  response.body = body
  response.answeredBy = verb
}

/** @throws DoubleRenderError when there is an answer */
export function checkUnanswered(context: RequestContext, verb: string): void {
  if (context.response.answeredBy !== undefined) throw new DoubleRenderError(context.where, verb)
}

/** Whether the response is sent already; logged, not thrown: nobody awaits what runs this late, and an error would end the process. */
export function isTooLate(context: RequestContext, verb: string): boolean {
  if (context.sent) {
    context.logger.error({ controller: context.controllerName, action: context.actionName }, tooLate(context, verb))
  }
  return context.sent
}

function tooLate({ where }: RequestContext, verb: string): string {
  return `${verb}() came too late: ${where} has ended and its response is sent. Await what the action starts.`
}

export function answerJson(context: RequestContext, value: unknown, options: AnswerOptions): void {
  let json: string | undefined
  try {
    json = JSON.stringify(value)
  } catch (error) {
    throw new TypeError(`${context.where} cannot render this as JSON: ${(error as Error).message}`, { cause: error })
  }
  if (json === undefined) {
    throw new TypeError(
      `${context.where} renders ${typeof value}, which has no JSON. Render a value, or call head(204).`,
    )
  }
  answer(context, 'render', 'application/json; charset=utf-8', json, options)
}

export function answerRedirect(context: RequestContext, target: string, options: RedirectOptions): void {
  const { request } = context
  const location = checkRedirect(target, request.host, options.allowOtherHost === true)
  const status = statusCode(options.status ?? (request.method === 'GET' || request.method === 'HEAD' ? 302 : 303))
  if (status < 300 || status > 308 || status === 304)
    throw new RangeError(`redirectTo takes a status such as 302 or 303, not ${status}.`)
  answer(context, 'redirectTo', undefined, null, { status, headers: { ...options.headers, location } })
  const { notice, alert } = options
  const messages: Partial<FlashData> = {
    ...options.flash,
    ...(notice === undefined ? {} : { notice }),
    ...(alert === undefined ? {} : { alert }),
  }
  for (const key of Object.keys(messages) as (keyof FlashData)[]) {
    const message = messages[key]
    if (message !== undefined) context.session.flash.set(key, message)
  }
}
