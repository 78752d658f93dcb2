// Why: several processes, or machines, must count together. memcached counts atomically, and forgets by itself.

import { checkKnownKeys } from '../known-keys.js'
import { type MemcachedOptions, resolveOptions } from '../session/memcached/options.js'
import { Opcode, type Reply, Status, statusInWords } from '../session/memcached/protocol.js'
import { type MemcachedServers, memcachedServers } from '../session/memcached/server.js'
import { chooseServer } from '../session/memcached/server-choice.js'
import type { RateLimitCount, RateLimitStore } from './store.js'

/** Where memcached is, and how it is reached: as for `MemcachedStore`. `namespace` is `rate-limit` by default. */
export type MemcachedRateLimitOptions = MemcachedOptions

/**
 * memcached's counters have 64 bits. The lower 22 count, those above hold when the window began, in milliseconds since the
 * epoch: so one atomic operation counts and tells when the window ends, to the millisecond, which memcached itself does not.
 */
const COUNT_BITS = 22n
const COUNT_MASK = (1n << COUNT_BITS) - 1n
const KEYS = Object.keys({
  memcacheServer: true,
  poolSize: true,
  namespace: true,
  username: true,
  password: true,
  timeout: true,
} satisfies Record<keyof MemcachedRateLimitOptions, true>)
/** How often an ended window is tried to be replaced, when other processes are quicker. */
const ATTEMPTS = 5

/** Counts in memcached, for all processes that use the same servers and namespace. Their clocks must agree. */
export class MemcachedRateLimitStore implements RateLimitStore {
  readonly #servers: MemcachedServers
  readonly #namespace: string

  /** @throws BootError when an option is not as it should be */
  constructor(options: MemcachedRateLimitOptions = {}) {
    checkKnownKeys(options, KEYS, 'the options of MemcachedRateLimitStore')
    const settings = resolveOptions(options, 'rate-limit', 'MemcachedRateLimitStore')
    this.#servers = memcachedServers(settings, 'The rate limit cannot be counted')
    this.#namespace = settings.namespace
  }

  /** @throws SessionStoreUnavailable when memcached cannot be asked */
  async increment(key: string, within: number): Promise<RateLimitCount> {
    const length = within * 1000
    for (let attempt = 1; ; attempt++) {
      const now = Date.now()
      const reply = await this.#count(key, within, now)
      const beganAt = Number(reply.counter >> COUNT_BITS)
      const resetIn = beganAt + length - now
      // memcached forgets by the second: a window that has ended may still be there. One of the future is no window.
      const isCurrent = resetIn > 0 && resetIn <= 2 * length
      if (isCurrent || attempt === ATTEMPTS)
        return { count: Number(reply.counter & COUNT_MASK), resetIn: Math.max(1, Math.min(resetIn, length)) }
      if (await this.#replace(key, within, now, reply)) return { count: 1, resetIn: length }
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#servers.map((server) => server.close()))
  }

  async #count(key: string, within: number, now: number): Promise<Reply> {
    const server = chooseServer(this.#servers, key)
    const reply = await server.perform({
      opcode: Opcode.Increment,
      key: this.#itemKey(key),
      expiration: within + 1,
      initial: firstOf(now),
    })
    if (reply.status !== Status.Done) throw server.unavailable(`answered: ${statusInWords(reply.status)}`)
    return reply
  }

  /** Begins a window where one has ended, unless another process has just done so. */
  async #replace(key: string, within: number, now: number, { cas }: Reply): Promise<boolean> {
    const { status } = await chooseServer(this.#servers, key).perform({
      opcode: Opcode.Replace,
      key: this.#itemKey(key),
      expiration: within + 1,
      value: String(firstOf(now)),
      cas,
    })
    return status === Status.Done
  }

  #itemKey(key: string): string {
    return `${this.#namespace}:${key}`
  }
}

/** A window's first request. */
function firstOf(now: number): bigint {
  return (BigInt(now) << COUNT_BITS) | 1n
}
