// Why: an index of sessions where nothing could keep one would be found missing on the day it is needed: refused at boot.
import { BootError } from '../errors.js'
import { CookieStore } from '../session/cookie-store.js'
import type { SessionIndexSupport } from '../session/index-support.js'
import { IndexedStore } from '../session/indexed-store.js'
import { OwnerIndex } from '../session/owner-index.js'
import { SessionOwners } from '../session/owners.js'
import { RackCookieStore } from '../session/rack-cookie-store.js'
import { RailsCookieStore } from '../session/rails-cookie-store.js'
import { OwnedSessions } from '../session/sessions.js'
import type { SessionCookieOptions, SessionStore, SessionStoreContext } from '../session/store.js'

/** A store as an app uses it, with what knows of its sessions' owners, where the app asked for it. */
export interface IndexedSessions {
  readonly sessionStore: SessionStore
  readonly sessionOwners: SessionOwners | undefined
  readonly ownedSessions: OwnedSessions | undefined
}

const DEFAULT_LIMIT = 100
const MAXIMUM_LIMIT = 1000

/**
 * Puts an index of its owners before a store, where `indexBy` asks for one.
 * @throws BootError when the store keeps none, or an option is not as it should be
 */
export function resolveSessionIndex(
  store: SessionStore,
  options: SessionCookieOptions,
  context: SessionStoreContext,
): IndexedSessions {
  const {
    indexBy,
    indexDetails,
    indexLimit = DEFAULT_LIMIT,
  } = options as {
    readonly [Name in 'indexBy' | 'indexDetails' | 'indexLimit']?: unknown
  }
  if (indexBy === undefined) {
    if (indexDetails !== undefined) refuseLonely('indexDetails')
    if (options.indexLimit !== undefined) refuseLonely('indexLimit')
    return { sessionStore: store, sessionOwners: undefined, ownedSessions: undefined }
  }
  if (typeof indexBy !== 'function' && (typeof indexBy !== 'string' || indexBy === ''))
    refuse('indexBy is no key of the session, and no function', "name the key of the user's id, such as 'userId'.")
  if (indexDetails !== undefined && typeof indexDetails !== 'function')
    refuse('indexDetails is no function', 'write: indexDetails: (request) => ({ ip: request.ip })')
  if (!Number.isSafeInteger(indexLimit) || (indexLimit as number) < 1 || (indexLimit as number) > MAXIMUM_LIMIT)
    refuse(
      `indexLimit is ${typeof indexLimit === 'number' ? indexLimit : JSON.stringify(indexLimit)}`,
      `give a whole number of sessions from 1 to ${MAXIMUM_LIMIT}, such as ${DEFAULT_LIMIT}.`,
    )
  if (!hasIndex(store)) throw cannotIndex(store)
  const owners = new SessionOwners(options.indexBy as NonNullable<typeof options.indexBy>, options.indexDetails)
  const index = new OwnerIndex(store.index, context)
  const sessions = new OwnedSessions(owners, index, store.index, indexLimit as number)
  const sessionStore = new IndexedStore(store, { owners, index, sessions }, context)
  return { sessionStore, sessionOwners: owners, ownedSessions: sessions }
}

function hasIndex(store: SessionStore): store is SessionStore & { readonly index: SessionIndexSupport } {
  return store.index !== undefined
}

function cannotIndex(store: SessionStore): BootError {
  const { name } = store.constructor
  const problem = `sessionOptions: indexBy cannot work with ${name}`
  if ([CookieStore, RailsCookieStore, RackCookieStore].some((one) => store instanceof one))
    return new BootError(
      `${problem}: its sessions are in the browsers' cookies, and the server, which keeps nothing, can neither list nor end them.`,
      "use a store on a server, such as MemcachedStore; or remove indexBy, keep a number with each user, put it into the session at log-in, compare it in a beforeAction, and raise it to end all of that user's sessions.",
    )
  return new BootError(
    `${problem}: it offers no index.`,
    `use MemcachedStore or ExpressSessionStore, or have ${name} offer \`index\` (see SessionStore).`,
  )
}

function refuseLonely(name: string): never {
  refuse(`${name} without indexBy, which alone makes an index`, `add indexBy: 'userId', or remove ${name}.`)
}

function refuse(problem: string, fix: string): never {
  throw new BootError(`sessionOptions: ${problem}.`, fix)
}
