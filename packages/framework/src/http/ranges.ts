// Why: a part of a file is sent where one is asked for, and a thousand parts that overlap are no way to make a server work
// (CVE-2024-26141). The only file that knows range-parser.
import parseRange from 'range-parser'

/** The part of a body that is asked for, both ends included; `all` of it, or `none` that there is. */
export type RangeAsked = { readonly start: number; readonly end: number } | 'all' | 'none'

/**
 * The part that a `Range` header asks for. Several parts that are not one are answered with the whole, as HTTP allows, so
 * that no answer is ever larger than the file; what is no range of bytes is ignored.
 * @param size in bytes
 */
export function rangeAsked(header: string | undefined, size: number): RangeAsked {
  if (header === undefined || !/^bytes=/i.test(header)) return 'all'
  // The library takes the last 500 bytes of a file of 100 for none; RFC 9110, 14.1.2, for all of it.
  const suffix = /^bytes=\s*-(\d+)\s*$/i.exec(header)?.[1]
  if (suffix !== undefined && size > 0 && Number(suffix) >= size) return { start: 0, end: size - 1 }
  const ranges = parseRange(size, header, { combine: true })
  if (ranges === -1) return 'none'
  if (ranges === -2 || ranges.length !== 1) return 'all'
  return ranges[0] as { start: number; end: number }
}
