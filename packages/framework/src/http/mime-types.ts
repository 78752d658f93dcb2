// Why: which media type a name stands for: that of a file, by its extension, or that of a format. The only file that knows mime.
import mime from 'mime'

/** The formats that have a name of their own in `respondTo`, by their media type. */
export const FORMATS = {
  html: 'text/html',
  json: 'application/json',
  text: 'text/plain',
  xml: 'application/xml',
  csv: 'text/csv',
  js: 'text/javascript',
  css: 'text/css',
  ics: 'text/calendar',
  atom: 'application/atom+xml',
  rss: 'application/rss+xml',
  pdf: 'application/pdf',
  zip: 'application/zip',
} as const

/** The name of a format. */
export type FormatName = keyof typeof FORMATS

/** What a body is when nobody knows: browsers keep it as a file. */
export const UNKNOWN_TYPE = 'application/octet-stream'

/** The media type of a file by its name's extension, without a charset; undefined for one that is not known. */
export function typeOfFile(name: string): string | undefined {
  return mime.getType(name) ?? undefined
}

/** @throws TypeError for what cannot be a `Content-Type` */
export function checkMediaType(type: string): void {
  if (/^[\w!#$&^.+-]+\/[\w!#$&^.+-]+(?:\s*;[\t\x20-\x7e]*)?$/.test(type)) return
  throw new TypeError(`${JSON.stringify(type)} is no media type; one is such as text/csv.`)
}

/** The value of `Content-Type` for a media type: text is UTF-8 here. A type with parameters is left as it is. */
export function contentType(type: string): string {
  return !type.includes(';') && IS_TEXT.test(type) ? `${type}; charset=utf-8` : type
}

const IS_TEXT = /^(?:text\/|application\/(?:(?:[\w.-]+\+)?json|javascript|xml|[\w.-]+\+xml)$|image\/svg\+xml$)/

/** Whether a body of a `Content-Type` becomes smaller when it is compressed: images, video, archives and fonts are so already. */
export function isCompressible(type: string): boolean {
  return IS_COMPRESSIBLE.test(type) && !type.startsWith('text/event-stream')
}

const IS_COMPRESSIBLE =
  /^(?:text\/|[\w.-]+\/(?:[\w.-]+\+)?(?:json|xml|text)\b|application\/(?:javascript|x-ndjson|wasm|rtf|vnd\.ms-fontobject)\b|font\/(?:ttf|otf)\b|image\/(?:bmp|vnd\.microsoft\.icon)\b)/
