// Why: sessions in memcached: the cookie has an id, and any process of the app finds the rest. See docs/decisions/008.
import { SessionOverflowError } from '../../errors.js'
import type { SessionIndexSupport } from '../index-support.js'
import { mergePayloads } from '../merge.js'
import { SaveQueue } from '../save-queue.js'
import { newSessionId, storedId } from '../session-id.js'
import {
  endedBecause,
  nowInSeconds,
  type RejectedSession,
  refreshDue,
  type SessionRecord,
  type SessionStore,
  type SessionStoreContext,
} from '../store.js'
import { expirationOf } from './expiry.js'
import { type Item, readItem, writeItem } from './item.js'
import { type MemcachedStoreOptions, resolveOptions } from './options.js'
import { Opcode, type Reply, Status } from './protocol.js'
import { type MemcachedServer, type MemcachedServers, memcachedServers } from './server.js'
import { chooseServer } from './server-choice.js'
import { MemcachedTexts } from './texts.js'

/** A session as it was found in memcached. */
interface MemcachedRecord extends SessionRecord, Item {
  readonly id: string
  /** What it is kept under. */
  readonly key: string
  readonly savedAt: number
  /** Its version: it is replaced only as long as it has this one. */
  readonly cas: bigint
}

/** A session as it was found, or why none was. */
type Found = (Item & { readonly cas: bigint }) | RejectedSession

interface Change {
  readonly record: MemcachedRecord
  readonly payload: string
}

const SESSION_ID = /^[\w-]{22}$/
/** How often a change is tried, when other processes are quicker each time, before the request fails. */
const ATTEMPTS = 30
/** How many ids are drawn at most to find one of a server that is not down. */
const DRAWS = 20

/**
 * Keeps sessions in memcached, under the SHA-256 of an id that only the cookie has. `expireAfter` is how long memcached
 * keeps what nobody uses; without it (and without `maxLifetime`) it keeps a session until it wants the space.
 *
 * Changes of requests that run at once are merged by key. A session that was ended stays ended. While memcached cannot be
 * reached, requests that need their session are answered 503 (see `onOutage`), and nobody is logged out.
 */
export class MemcachedStore implements SessionStore {
  static readonly optionNames = {
    memcacheServer: true,
    poolSize: true,
    namespace: true,
    username: true,
    password: true,
    timeout: true,
    onOutage: true,
  } as const
  readonly preload = true
  readonly onOutage: 'unavailable' | 'empty'
  readonly index: SessionIndexSupport
  readonly #context: SessionStoreContext
  readonly #namespace: string
  readonly #servers: MemcachedServers
  readonly #saves = new SaveQueue<Change>((key, changes) => this.#write(key, changes))

  /** @throws BootError when an option is not as it should be */
  constructor(options: MemcachedStoreOptions, context: SessionStoreContext) {
    const settings = resolveOptions(options, context.key)
    const { namespace } = settings
    this.#servers = memcachedServers(settings, 'The sessions cannot be reached')
    this.#namespace = namespace
    this.onOutage = settings.onOutage
    this.#context = context
    const texts = new MemcachedTexts(namespace, (key) => this.#server(key))
    this.index = {
      storedIdOf: storedId,
      find: async (key) => {
        const found = await this.#find(key)
        return 'rejected' in found ? undefined : found
      },
      destroy: (key) => this.#delete(key),
      read: (key) => texts.read(key),
      write: (...parameters) => texts.write(...parameters),
    }
  }

  /** @throws SessionStoreUnavailable when memcached cannot be asked */
  load(id: string): Promise<MemcachedRecord | RejectedSession> {
    if (!SESSION_ID.test(id)) return Promise.resolve({ rejected: 'it is no id of a session' })
    const key = storedId(id)
    return this.#read(key).then((reply) => {
      const found = this.#understand(key, reply)
      return 'rejected' in found ? found : { ...found, stale: refreshDue(found, this.#context), id, key }
    })
  }

  /** @throws SessionStoreUnavailable, SessionOverflowError */
  async create(payload: string): Promise<string> {
    const { id, key } = this.#newId()
    const now = nowInSeconds()
    const { status } = await this.#store(Opcode.Add, key, { payload, createdAt: now, savedAt: now })
    if (status !== Status.Done) throw this.#server(key).unexpected(status)
    return id
  }

  /** @throws SessionStoreUnavailable, SessionOverflowError */
  async save(record: MemcachedRecord, payload: string): Promise<string | undefined> {
    return (await this.#saves.save(record.key, { record, payload })) ? record.id : undefined
  }

  /** @throws SessionStoreUnavailable when it is not known whether the session has ended */
  async destroy(record: MemcachedRecord): Promise<boolean> {
    return await this.#delete(record.key)
  }

  async #delete(key: string): Promise<boolean> {
    const { status } = await this.#server(key).perform({ opcode: Opcode.Delete, key: this.#itemKey(key) })
    if (status !== Status.Done && status !== Status.NotFound) throw this.#server(key).unexpected(status)
    return status === Status.Done
  }

  async close(): Promise<void> {
    await Promise.all(this.#servers.map((server) => server.close()))
  }

  /** An id is drawn by chance, and with it the session's server: one that is down need not get new sessions. */
  #newId(): { readonly id: string; readonly key: string } {
    for (let draws = 1; ; draws++) {
      const id = newSessionId()
      const key = storedId(id)
      if (draws === DRAWS || !this.#server(key).isLeftAlone) return { id, key }
    }
  }

  async #find(key: string): Promise<Found> {
    return this.#understand(key, await this.#read(key))
  }

  #read(key: string): Promise<Reply> {
    return this.#server(key).perform({ opcode: Opcode.GetWithKey, key: this.#itemKey(key) })
  }

  #understand(key: string, { status, value, cas }: Reply): Found {
    if (status === Status.NotFound) return { rejected: 'no session of its id is kept' }
    if (status !== Status.Done) throw this.#server(key).unexpected(status)
    if (cas === 0n)
      throw this.#server(key).unavailable(
        'runs with -C, and so cannot keep the changes of two requests; run it without',
      )
    const item = readItem(key, value)
    if (item === undefined) return { rejected: 'what is kept under its id is no session, or that of another' }
    const rejected = endedBecause(item, this.#context)
    return rejected === undefined ? { ...item, cas } : { rejected }
  }

  /** Replaces a session by itself with changes in it, if it is still as it was found; else finds it, and tries again. */
  async #write(key: string, changes: readonly Change[]): Promise<boolean> {
    let found: Found = (changes[0] as Change).record
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      if ('rejected' in found || endedBecause(found, this.#context) !== undefined) return false
      const payload = changes.reduce(
        (kept, change) => mergePayloads(change.record.payload, change.payload, kept),
        found.payload,
      )
      const { status } = await this.#store(
        Opcode.Replace,
        key,
        { payload, createdAt: found.createdAt, savedAt: nowInSeconds() },
        found.cas,
      )
      if (status === Status.Done) return true
      if (status === Status.NotFound) return false
      if (status !== Status.Exists) throw this.#server(key).unexpected(status)
      if (attempt > 2) await new Promise((resolve) => setTimeout(resolve, Math.random() * attempt))
      found = await this.#find(key)
    }
    throw this.#server(key).unavailable(
      `had the session changed by others ${ATTEMPTS} times while this request tried to`,
    )
  }

  async #store(
    opcode: typeof Opcode.Add | typeof Opcode.Replace,
    key: string,
    item: Item,
    cas?: bigint,
  ): Promise<Reply> {
    const value = writeItem(key, item)
    const expiration = expirationOf(item.createdAt, this.#context)
    const reply = await this.#server(key).perform({
      opcode,
      key: this.#itemKey(key),
      expiration,
      value,
      ...(cas === undefined ? {} : { cas }),
    })
    if (reply.status === Status.TooLarge)
      throw new SessionOverflowError(
        'memcached',
        Buffer.byteLength(value),
        '1,048,576 bytes, unless it runs with another -I',
      )
    return reply
  }

  #server(key: string): MemcachedServer {
    return chooseServer(this.#servers, key)
  }

  #itemKey(key: string): string {
    return `${this.#namespace}:${key}`
  }
}
