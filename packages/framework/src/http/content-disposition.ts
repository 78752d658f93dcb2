// Why: a file's name may hold any character, and a header may not. The only file that knows content-disposition.
import { create } from 'content-disposition'

/** How a body is to be taken: shown, or kept as a file. */
export interface DispositionOptions {
  /** `attachment` to be kept as a file, `inline` to be shown. */
  readonly disposition?: 'attachment' | 'inline'
  /** The name to keep it under: any characters but control characters. */
  readonly filename?: string
}

// Control characters, line breaks of any kind, and halves of characters.
const UNFIT = /[\p{Cc}\p{Cs}\u2028\u2029]/u

/**
 * The value of `Content-Disposition`, with the name in the encoding of RFC 8187 where it is not plain ASCII.
 * @throws TypeError when the name holds a control character or is no well-formed text, or the disposition is neither
 */
export function contentDisposition(disposition: 'attachment' | 'inline', filename: string | undefined): string {
  if (disposition !== 'attachment' && disposition !== 'inline') {
    throw new TypeError(`disposition is ${JSON.stringify(disposition)}: give 'attachment' or 'inline'.`)
  }
  if (filename === undefined) return disposition
  if (UNFIT.test(filename)) {
    throw new TypeError(`The file name ${JSON.stringify(filename)} holds a character that no file name should have.`)
  }
  // A browser would make nothing of a path, but other clients might.
  return create(filename.replace(/^.*[/\\]/, ''), { type: disposition })
}
