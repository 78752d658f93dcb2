// Why: what all are measured against: node:http by hand, with nothing that the work does not ask for. Sessions in cookies are
// sealed with node:crypto, those in memcached go through bare memjs; a Map finds exact paths, find-my-way the 1,000 routes.
import { createCipheriv, createDecipheriv, createHash, createSecretKey, randomBytes, randomFillSync } from 'node:crypto'
import { createReadStream, readFile, stat } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import findMyWay from 'find-my-way'
import memjs from 'memjs'
import {
  COOKIE,
  MESSAGE,
  manyRoutes,
  NOT_FOUND,
  Prices,
  SAVED,
  SECRET,
  SESSION_LIFE,
  Stock,
  sessionAnswer,
  sessionData,
  Taxes,
  total,
} from './shared.js'

export const title = 'raw node:http'
export const packages = []
export const apps = ['json', 'param', 'routes', 'post', 'cookie', 'memcached', 'services', 'filters', 'static', 'log']
export const notes = { log: 'a line of JSON written by hand', static: 'no ETag, no ranges' }

function json(response, value, status = 200) {
  const body = JSON.stringify(value)
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
  })
  response.end(body)
}

const notFound = (response) => json(response, NOT_FOUND, 404)

/** Exact paths, each with a function of request and response. */
function exact(actions) {
  const table = new Map(Object.entries(actions))
  return (request, response) => {
    const query = request.url.indexOf('?')
    const action = table.get(query === -1 ? request.url : request.url.slice(0, query))
    if (action === undefined) notFound(response)
    else action(request, response)
  }
}

const MAXIMUM_BODY = 1_048_576

function readJson(request, response, use) {
  const chunks = []
  let size = 0
  request.on('data', (chunk) => {
    size += chunk.length
    if (size <= MAXIMUM_BODY) chunks.push(chunk)
  })
  request.on('end', () => {
    if (size > MAXIMUM_BODY) return json(response, { status: 413 }, 413)
    let body
    try {
      body = JSON.parse(chunks.length === 1 ? chunks[0].toString() : Buffer.concat(chunks).toString())
    } catch {
      return json(response, { status: 400 }, 400)
    }
    use(body)
  })
}

function cookieOf(request) {
  const header = request.headers.cookie
  if (header === undefined) return undefined
  for (const pair of header.split('; ')) if (pair.startsWith(`${COOKIE}=`)) return pair.slice(COOKIE.length + 1)
  return undefined
}

const setCookie = (response, value) =>
  response.setHeader('set-cookie', `${COOKIE}=${value}; path=/; max-age=${SESSION_LIFE}; httponly; samesite=lax`)

const key = createSecretKey(createHash('sha256').update(SECRET).digest())
const nonces = Buffer.allocUnsafeSlow(12 * 256)
let drawn = 256
function nextNonce() {
  if (drawn === 256) {
    randomFillSync(nonces)
    drawn = 0
  }
  return nonces.subarray(drawn * 12, ++drawn * 12)
}

function seal(text) {
  const nonce = nextNonce()
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  const body = cipher.update(text, 'utf8')
  cipher.final()
  return Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64url')
}

function open(sealed) {
  const bytes = Buffer.from(sealed, 'base64url')
  if (bytes.length < 28) return undefined
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12), { authTagLength: 16 })
  decipher.setAuthTag(bytes.subarray(12, 28))
  const text = decipher.update(bytes.subarray(28), undefined, 'utf8')
  try {
    decipher.final()
  } catch {
    return undefined
  }
  return text
}

function cookieSessions({ sessionBytes }) {
  const load = (request) => {
    const cookie = cookieOf(request)
    const text = cookie === undefined ? undefined : open(cookie)
    if (text === undefined) return {}
    const { expires, data } = JSON.parse(text)
    return expires > Date.now() ? data : {}
  }
  const save = (response, data) =>
    setCookie(response, seal(JSON.stringify({ expires: Date.now() + SESSION_LIFE * 1000, data })))
  return exact({
    '/session/begin': (_, response) => {
      save(response, sessionData(sessionBytes))
      json(response, SAVED)
    },
    '/session/read': (request, response) => json(response, sessionAnswer(load(request))),
    '/session/write': (request, response) => {
      const data = load(request)
      data.visits += 1
      save(response, data)
      json(response, SAVED)
    },
  })
}

function memcachedSessions({ sessionBytes, memcached }) {
  const client = memjs.Client.create(memcached)
  const nameOf = (id) => `session:${createHash('sha256').update(id).digest('base64url')}`
  const load = (id, response, use) => {
    if (id === undefined) return use({})
    client.get(nameOf(id), (error, value) => {
      if (error) json(response, { status: 503 }, 503)
      else use(value === null ? {} : JSON.parse(value.toString()))
    })
  }
  const save = (id, data, response) =>
    client.set(nameOf(id), JSON.stringify(data), { expires: SESSION_LIFE }, (error) =>
      error ? json(response, { status: 503 }, 503) : json(response, SAVED),
    )
  return exact({
    '/session/begin': (_, response) => {
      const id = randomBytes(16).toString('base64url')
      setCookie(response, id)
      save(id, sessionData(sessionBytes), response)
    },
    '/session/read': (request, response) =>
      load(cookieOf(request), response, (data) => json(response, sessionAnswer(data))),
    '/session/write': (request, response) => {
      const id = cookieOf(request)
      load(id, response, (data) => {
        data.visits += 1
        save(id, data, response)
      })
    },
  })
}

function routes(options) {
  const router = findMyWay({ defaultRoute: (_, response) => notFound(response) })
  for (const { name, path } of manyRoutes(options))
    router.on('GET', path, (_, response, { id }) => json(response, { route: name, id }))
  return (request, response) => router.lookup(request, response)
}

function services() {
  const [prices, taxes, stock] = [new Prices(), new Taxes(), new Stock()]
  return exact({ '/total': (_, response) => json(response, total(prices, taxes, stock)) })
}

function filters() {
  const pass = (request) => {
    request.passed = (request.passed ?? 0) + 1
  }
  const all = [pass, pass, pass, pass, pass]
  return exact({
    '/filtered': (request, response) => {
      for (const filter of all) filter(request)
      json(response, { passed: request.passed })
    },
  })
}

function staticFiles({ publicFolder }) {
  const path = join(publicFolder, 'notes.txt')
  // A file this small is read at once; a stream is for those that are not.
  return exact({
    '/notes.txt': (_, response) =>
      stat(path, (missing, stats) => {
        if (missing) return notFound(response)
        const headers = {
          'content-type': 'text/plain; charset=utf-8',
          'content-length': stats.size,
          'last-modified': stats.mtime.toUTCString(),
        }
        if (stats.size > 65_536) {
          response.writeHead(200, headers)
          createReadStream(path).pipe(response)
          return
        }
        readFile(path, (error, bytes) => {
          if (error) return notFound(response)
          response.writeHead(200, headers)
          response.end(bytes)
        })
      }),
  })
}

const hello = () => exact({ '/json': (_, response) => json(response, MESSAGE) })

function logged() {
  const answer = hello()
  return (request, response) => {
    const startedAt = performance.now()
    response.on('finish', () => {
      const duration = performance.now() - startedAt
      const { statusCode: status } = response
      const line = { time: Date.now(), method: request.method, path: request.url, status, duration }
      process.stdout.write(`${JSON.stringify(line)}\n`)
    })
    answer(request, response)
  }
}

const listeners = {
  json: hello,
  param: () => (request, response) => {
    const [, first, id, more] = request.url.split('/')
    if (first === 'users' && id && more === undefined) json(response, { id: decodeURIComponent(id) })
    else notFound(response)
  },
  routes,
  post: () =>
    exact({
      '/posts': (request, response) =>
        request.method === 'POST'
          ? readJson(request, response, ({ title, body }) => json(response, { title, length: body.length }))
          : notFound(response),
    }),
  cookie: cookieSessions,
  memcached: memcachedSessions,
  services,
  filters,
  static: staticFiles,
  log: logged,
}

/** Serves, each request by itself unless `wrap` does otherwise. */
export function serve(app, options, wrap = (listener) => listener) {
  const server = createServer({ keepAliveTimeout: 72_000 }, wrap(listeners[app](options)))
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server.address().port)))
}
