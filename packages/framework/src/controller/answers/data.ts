// Why: data that is no page: what it is, and whether to show it or keep it as a file, is said in its headers.
import { contentDisposition, type DispositionOptions } from '../../http/content-disposition.js'
import { checkMediaType, contentType, typeOfFile, UNKNOWN_TYPE } from '../../http/mime-types.js'
import { checkKnownKeys } from '../../known-keys.js'
import { type AnswerOptions, answer } from '../rendering.js'
import type { RequestContext } from '../request-context.js'

/** Options of `sendData` and `stream`. */
export interface DataOptions extends AnswerOptions, DispositionOptions {
  /** The media type. Default: by the extension of `filename`, else `application/octet-stream`. */
  readonly type?: string
}

const DATA_OPTION_NAMES = Object.keys({
  status: true,
  headers: true,
  disposition: true,
  filename: true,
  type: true,
} satisfies Record<keyof DataOptions, true>)

/** Answers with data as a file. */
export function answerData(context: RequestContext, data: string | Uint8Array, options: DataOptions): void {
  const { type, ...described } = describeData('sendData', options, 'attachment')
  answer(context, 'sendData', type, data, described)
}

/**
 * The type and the headers of data.
 * @param standard the disposition where none is asked for; undefined for none unless there is a file name
 */
export function describeData(
  verb: string,
  options: DataOptions,
  standard: 'attachment' | undefined,
): AnswerOptions & { readonly type: string } {
  checkKnownKeys(options, DATA_OPTION_NAMES, `${verb}()`)
  const { filename, status } = options
  const disposition = options.disposition ?? (filename === undefined ? standard : 'attachment')
  if (options.type !== undefined) checkMediaType(options.type)
  const type = contentType(options.type ?? (filename === undefined ? undefined : typeOfFile(filename)) ?? UNKNOWN_TYPE)
  const headers =
    disposition === undefined
      ? options.headers
      : { 'content-disposition': contentDisposition(disposition, filename), ...options.headers }
  return { type, ...(status === undefined ? {} : { status }), ...(headers === undefined ? {} : { headers }) }
}
