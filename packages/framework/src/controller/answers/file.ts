// Why: a file as an answer: found where it may be, named, and sent in whole or in part.
import { resolve } from 'node:path'
import { NotFound } from '../../errors.js'
import { BodyStream, isStreamed } from '../../http/body-stream.js'
import { fileBody } from '../../http/file-body.js'
import { typeOfFile, UNKNOWN_TYPE } from '../../http/mime-types.js'
import { openBelow, openNamed } from '../../http/open-file.js'
import { checkKnownKeys } from '../../known-keys.js'
import { answer, checkUnanswered, isTooLate } from '../rendering.js'
import type { RequestContext } from '../request-context.js'
import { type DataOptions, describeData } from './data.js'

/** Options of `sendFile`. */
export interface FileOptions extends Omit<DataOptions, 'status'> {
  /** The folder that the file must be in, links followed. Give it whenever the name is not the app's own. */
  readonly root?: string
  /** The value of `Cache-Control`. Default: none is sent. */
  readonly cacheControl?: string
}

const FILE_OPTION_NAMES = Object.keys({
  root: true,
  cacheControl: true,
  headers: true,
  disposition: true,
  filename: true,
  type: true,
} satisfies Record<keyof FileOptions, true>)

/** Answers with a file, as far as the request asks for it. */
export async function answerFile(context: RequestContext, path: string, options: FileOptions): Promise<void> {
  checkKnownKeys(options, FILE_OPTION_NAMES, 'sendFile()')
  if (typeof path !== 'string') throw new TypeError(`sendFile() takes a path, not ${typeof path}.`)
  if (isTooLate(context, 'sendFile')) return
  checkUnanswered(context, 'sendFile')
  const { root, cacheControl, headers: more, ...data } = options
  const { root: appRoot } = context.services
  const file =
    root === undefined ? await openNamed(resolveNamed(appRoot, path)) : await openBelow(resolve(appRoot, root), path)
  if (file === undefined) throw new NotFound()
  if (context.sent || context.response.answeredBy !== undefined) {
    await file.handle.close()
    // Another answer came while the file was looked for.
    return answer(context, 'sendFile', undefined, null, {})
  }
  const filename = data.filename ?? path.replace(/^.*[/\\]/, '')
  const type = data.type ?? typeOfFile(filename) ?? typeOfFile(file.path) ?? UNKNOWN_TYPE
  const { request, response } = context
  // Once a file is open, nothing may throw before it is in good hands.
  const body = await fileBody(request, response, file)
  try {
    const described = describeData('sendFile', { ...data, filename, type }, 'attachment')
    const headers = { ...described.headers, ...(cacheControl === undefined ? {} : { 'cache-control': cacheControl }) }
    const shown = response.status === 304 ? undefined : described.type
    answer(context, 'sendFile', shown, body, { headers: { ...headers, ...more } })
  } finally {
    if (isStreamed(body) && response.body !== body) BodyStream.of(body).cancel()
  }
}

/** Without a root the path is the app's own; a way up in it is not resolved away, so that it is seen and refused. */
function resolveNamed(root: string, path: string): string {
  return path.startsWith('/') || /^[a-z]:/i.test(path) ? path : `${root}/${path}`
}
