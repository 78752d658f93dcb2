// Multipart forms as browsers send them, byte by byte.

/** One part: a field, or a file when it has a filename. */
export interface Part {
  readonly name: string
  readonly value?: string | Uint8Array
  readonly filename?: string
  readonly type?: string
}

export const BOUNDARY = '----ContrailTestBoundary7MA4YWxk'
export const MULTIPART = `multipart/form-data; boundary=${BOUNDARY}`

/** The body of a form with these parts. */
export function multipart(parts: readonly Part[]): Buffer {
  const chunks = parts.flatMap(({ name, value = '', filename, type }) => {
    const file = filename === undefined ? '' : `; filename="${filename}"`
    const contentType = type === undefined ? '' : `Content-Type: ${type}\r\n`
    const head = `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"${file}\r\n${contentType}\r\n`
    return [Buffer.from(head), Buffer.from(value as string), Buffer.from('\r\n')]
  })
  return Buffer.concat([...chunks, Buffer.from(`--${BOUNDARY}--\r\n`)])
}
