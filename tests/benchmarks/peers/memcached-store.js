// Why: the session middleware of Express, Fastify and Koa brings no memcached store; Express's list of stores names connect-memjs,
// which is written for the callbacks of memjs 0.10 and works with 1.3 as well.
import connectMemjs from 'connect-memjs'
import { SESSION_LIFE } from './shared.js'

/** A store of express-session's kind. @param session what has `Store`, as express-session */
export function memcachedStore(session, { memcached }) {
  const Store = connectMemjs(session)
  return new Store({ servers: [memcached], prefix: 'session:', expires: SESSION_LIFE })
}
