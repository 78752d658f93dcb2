// Why: every peer answers the same bytes; what they say is written here once. It knows no peer and no measuring.

export const MESSAGE = { message: 'Hello, World!' }
export const NOT_FOUND = {
  type: 'about:blank',
  title: 'Not Found',
  status: 404,
  detail: 'No route matches /nowhere.',
}
export const SAVED = { saved: true }
/** What the five filters let through; each adds one. */
export const FILTERS = 5
export const POST = {
  title: 'On growing hops',
  body: 'The bines climb clockwise, two metres in a good week. '.repeat(4).trim(),
}
/** 64 characters, as `contrail secret` makes them; the peers derive or cut theirs from it. */
export const SECRET = 'c0ffee00'.repeat(16)
/** Seconds that a session lives, wherever that can be said. */
export const SESSION_LIFE = 1_209_600
export const COOKIE = '_bench_session'

/** A session's data, of about so many bytes as JSON. */
export function sessionData(bytes) {
  const data = { userId: 4711, name: 'Ada Lovelace', visits: 1, note: '' }
  return {
    ...data,
    note: 'x7Kq_p'.repeat(Math.ceil(bytes / 6)).slice(0, Math.max(0, bytes - JSON.stringify(data).length)),
  }
}

/** The answer to reading a session. */
export const sessionAnswer = ({ name, visits }) => ({ name, visits })

/** The routes of an app that has many: so many actions to a controller, `/c12/a3/:id`. */
export function manyRoutes({ routes, actionsEach }) {
  return Array.from({ length: routes }, (_, index) => {
    const controller = `c${Math.floor(index / actionsEach)}`
    const action = `a${index % actionsEach}`
    return { controller, action, name: `${controller}${action}`, path: `/${controller}/${action}/:id` }
  })
}

/** Three services, of which the first needs the others: what a controller with injected services asks. */
export class Prices {
  of(units) {
    return units * 5
  }
}
export class Taxes {
  on(price) {
    return price / 5
  }
}
export class Stock {
  units() {
    return 7
  }
}
/** What the action makes of them. */
export function total(prices, taxes, stock) {
  const price = prices.of(stock.units())
  return { total: price + taxes.on(price) }
}
