// Why: asks a server one thing at a time and reads the whole answer, to check it before it is measured.
import { request } from 'node:http'

/** Sends a request of work.js and resolves with status, body and the cookies set, as the next request sends them. */
export function ask(port, { method = 'GET', path, headers = {}, body, cookie }) {
  return new Promise((resolve, reject) => {
    const all = { ...headers, ...(cookie === undefined ? {} : { cookie }) }
    if (body !== undefined) all['content-length'] = Buffer.byteLength(body)
    const asked = request({ host: '127.0.0.1', port, method, path, headers: all, agent: false, timeout: 10_000 })
    asked.on('timeout', () => asked.destroy(new Error(`${method} ${path} was not answered in ten seconds`)))
    asked.on('error', reject)
    asked.on('response', async (response) => {
      let text = ''
      response.setEncoding('utf8')
      try {
        for await (const chunk of response) text += chunk
      } catch (error) {
        reject(error)
      }
      const set = response.headers['set-cookie']?.map((line) => line.split(';')[0])
      resolve({ status: response.statusCode, body: text, cookie: set?.join('; ') })
    })
    asked.end(body)
  })
}

/** A request as it goes over the wire. */
export function wireText(port, { method = 'GET', path, headers = {}, body, cookie }) {
  const lines = [`${method} ${path} HTTP/1.1`, `host: 127.0.0.1:${port}`]
  for (const [name, value] of Object.entries(headers)) lines.push(`${name}: ${value}`)
  if (cookie !== undefined) lines.push(`cookie: ${cookie}`)
  if (body !== undefined) lines.push(`content-length: ${Buffer.byteLength(body)}`)
  return `${lines.join('\r\n')}\r\n\r\n${body ?? ''}`
}
