// Why: several processes, or machines, must count together. memcached counts atomically, and forgets by itself.

import { checkKnownKeys } from '../known-keys.js'
import { type MemcachedOptions, resolveOptions } from '../session/memcached/options.js'
import { Opcode, type Reply, Status } from '../session/memcached/protocol.js'
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
    for (;;) {
      const now = Date.now()
      const { counter, cas } = await this.#count(key, within, now)
      const resetIn = remaining(counter, length, now)
      if (resetIn > 0) return { count: Number(counter & COUNT_MASK), resetIn: Math.min(resetIn, length) }
      if (await this.#beginNext(key, within, cas)) return { count: 1, resetIn: length }
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
    if (reply.status !== Status.Done) throw server.unexpected(reply.status)
    return reply
  }

  /**
   * Begins a window where one has ended.
   * @param version of the ended window
   * @returns false when another process has begun one, in which this request is to count
   */
  async #beginNext(key: string, within: number, version: bigint): Promise<boolean> {
    const server = chooseServer(this.#servers, key)
    for (let cas = version; ; ) {
      const { status } = await server.perform({
        opcode: Opcode.Replace,
        key: this.#itemKey(key),
        expiration: within + 1,
        value: String(firstOf(Date.now())),
        cas,
      })
      if (status === Status.Done) return true
      if (status !== Status.Exists && status !== Status.NotFound) throw server.unexpected(status)
      // Looked at, not counted in: who counts here makes a new version, and so keeps all others from replacing theirs.
      const seen = await server.perform({ opcode: Opcode.GetWithKey, key: this.#itemKey(key) })
      if (seen.status !== Status.Done || !isEnded(seen.value, within * 1000)) return false
      cas = seen.cas
    }
  }

  #itemKey(key: string): string {
    return `${this.#namespace}:${key}`
  }
}

/** A window's first request. */
function firstOf(now: number): bigint {
  return (BigInt(now) << COUNT_BITS) | 1n
}

/**
 * The milliseconds that a counter's window has left; none where it has ended, for memcached forgets by the second, and where it
 * is one of the future, which is no window.
 */
function remaining(counter: bigint, length: number, now: number): number {
  const left = Number(counter >> COUNT_BITS) + length - now
  return left <= 2 * length ? Math.max(0, left) : 0
}

/** Whether what is kept is a counter whose window has ended. */
function isEnded(value: string, length: number): boolean {
  return /^\d+ *$/.test(value) && remaining(BigInt(value), length, Date.now()) === 0
}
