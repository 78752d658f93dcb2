// Why: the items of work: what a peer must answer before it is measured, and with which requests it is then loaded.
import {
  FILTERS,
  MESSAGE,
  manyRoutes,
  NOT_FOUND,
  POST,
  Prices,
  SAVED,
  Stock,
  sessionAnswer,
  sessionData,
  Taxes,
  total,
} from '../peers/shared.js'
import { STATIC_FILE, STATIC_TEXT } from './public-folder.js'

const COOKIE_SESSIONS = 16
// More than there are connections, so that no session has two requests under way: what is measured is no race.
const SERVER_SESSIONS = 256

/** What an item can be given; growth changes one at a time. */
export const DEFAULTS = { routes: 1000, actionsEach: 10, sessionBytes: 150, connections: 64, workers: 1 }

const get = (path) => ({ path, status: 200 })

/** One request whose answer is known; it is the load as well. */
const always = (request) => async (ask) => {
  await expectAnswer(ask, request)
  return [request]
}

async function expectAnswer(ask, request) {
  const answer = await ask(request)
  const wanted = typeof request.answer === 'string' ? request.answer : JSON.stringify(request.answer)
  if (answer.status === request.status && answer.body === wanted) return answer
  const { method = 'GET', path, status } = request
  throw new Error(
    `${method} ${path} answered ${answer.status} ${answer.body.slice(0, 300)}, not ${status} ${wanted.slice(0, 300)}`,
  )
}

async function begin(ask) {
  const { cookie } = await expectAnswer(ask, { ...get('/session/begin'), answer: SAVED })
  if (cookie === undefined) throw new Error('/session/begin set no cookie')
  return cookie
}

/** What is put into a session is there for the request after it, and who has no cookie has no session. */
async function checkSessions(ask, bytes) {
  let cookie = await begin(ask)
  for (const visits of [1, 2, 3]) {
    const answer = sessionAnswer({ ...sessionData(bytes), visits })
    await expectAnswer(ask, { ...get('/session/read'), answer, cookie })
    const written = await expectAnswer(ask, { ...get('/session/write'), answer: SAVED, cookie })
    cookie = written.cookie ?? cookie
  }
  await expectAnswer(ask, { ...get('/session/read'), answer: {} })
}

function sessions(count, path) {
  return async (ask, { sessionBytes }) => {
    await checkSessions(ask, sessionBytes)
    const requests = []
    for (let index = 0; index < count; index++) requests.push({ ...get(path), cookie: await begin(ask) })
    return requests
  }
}

async function routes(ask, options) {
  const all = manyRoutes(options).map(({ name, path }, index) => {
    const id = String(1000 + index)
    return { ...get(path.replace(':id', id)), answer: { route: name, id } }
  })
  const seen = new Set([0, 1, Math.floor(all.length / 2), all.length - 1].filter((at) => at < all.length))
  for (const at of seen) await expectAnswer(ask, all[at])
  // A thousand are enough to be cold; ten thousand would weigh on the load generator.
  const step = Math.max(1, Math.floor(all.length / 1000))
  return all.filter((_, index) => index % step === 0)
}

const post = {
  method: 'POST',
  path: '/posts',
  status: 200,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(POST),
  answer: { title: POST.title, length: POST.body.length },
}
const injected = total(new Prices(), new Taxes(), new Stock())

/**
 * Each item: `title`, `load(ask, options)`, which checks a server and resolves with the requests to load it with, and `app`,
 * what the server has to be for it.
 */
export const WORK = {
  json: { title: 'JSON', app: 'json', load: always({ ...get('/json'), answer: MESSAGE }) },
  lone: {
    title: 'JSON, a lone request (one connection)',
    app: 'json',
    load: always({ ...get('/json'), answer: MESSAGE }),
    options: { connections: 1 },
  },
  param: { title: 'One parameter', app: 'param', load: always({ ...get('/users/4711'), answer: { id: '4711' } }) },
  routes: { title: 'One route in 1,000', app: 'routes', load: routes },
  post: { title: 'POST with a JSON body', app: 'post', load: always(post) },
  'cookie-read': {
    title: 'Session read (cookie)',
    app: 'cookie',
    load: sessions(COOKIE_SESSIONS, '/session/read'),
  },
  'cookie-write': {
    title: 'Session write (cookie)',
    app: 'cookie',
    load: sessions(COOKIE_SESSIONS, '/session/write'),
  },
  'memcached-read': {
    title: 'Session read (memcached)',
    app: 'memcached',
    load: sessions(SERVER_SESSIONS, '/session/read'),
  },
  'memcached-write': {
    title: 'Session read and write (memcached)',
    app: 'memcached',
    load: sessions(SERVER_SESSIONS, '/session/write'),
  },
  services: {
    title: 'A controller with three injected services',
    app: 'services',
    load: always({ ...get('/total'), answer: injected }),
  },
  filters: {
    title: 'Five before-filters',
    app: 'filters',
    load: always({ ...get('/filtered'), answer: { passed: FILTERS } }),
  },
  static: {
    title: 'A static file (4 KB)',
    app: 'static',
    load: always({ ...get(`/${STATIC_FILE}`), answer: STATIC_TEXT }),
  },
  'not-found': {
    title: '404',
    app: 'json',
    load: always({ path: '/nowhere', status: 404, answer: NOT_FOUND }),
  },
  log: { title: 'JSON, with a log line each', app: 'log', load: always({ ...get('/json'), answer: MESSAGE }) },
}
