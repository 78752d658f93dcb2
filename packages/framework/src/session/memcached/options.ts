// Why: a mistake in the options of MemcachedStore is found when the app boots, not when memcached is first asked.
import { isIPv6 } from 'node:net'
import { BootError } from '../../errors.js'
import type { ConnectionSettings } from './connection.js'

/** Where memcached is, and how it is used. */
export interface MemcachedOptions {
  /**
   * Where memcached is: `'host:port'`, several of these with commas between, or a list. The port is 11211 if it is left
   * out. A session is kept on one of several servers. Default: `MEMCACHE_SERVERS`, else `localhost:11211`.
   */
  memcacheServer?: string | readonly string[] | undefined
  /** How many connections this process may have to each server. They are opened as they are needed. Default: 10. */
  poolSize?: number | undefined
  /** What every key in memcached begins with, before a colon. Default: the cookie's name. */
  namespace?: string | undefined
  /** For servers that want a log-in (SASL PLAIN, which is not encrypted). Default: `MEMCACHE_USERNAME`, else none. */
  username?: string | undefined
  /** Goes with `username`. Default: `MEMCACHE_PASSWORD`. */
  password?: string | undefined
  /** Seconds that one operation may take, connecting included. Default: 0.25. */
  timeout?: number | undefined
}

/** The memcached store's own part of `sessionOptions`. */
export interface MemcachedStoreOptions extends MemcachedOptions {
  /**
   * What to do with requests that need their session while memcached cannot be reached. `'unavailable'`, the default:
   * they are answered 503 with Retry-After. `'empty'`, as Rack has it: they go on with an empty session, and what they
   * change in it is not kept; the log tells of both. Either way the browser's cookie stays, and so nobody is logged out;
   * and either way a request that is to end its session (log-out) is answered 503, since it could not.
   */
  onOutage?: 'unavailable' | 'empty' | undefined
}

/** What a memcached store runs with. */
export interface MemcachedSettings {
  readonly servers: readonly [ServerSettings, ...ServerSettings[]]
  readonly poolSize: number
  readonly namespace: string
  readonly onOutage: 'unavailable' | 'empty'
}

/** One server's {@link ConnectionSettings}, and its name. */
export interface ServerSettings extends ConnectionSettings {
  readonly name: string
}

const DEFAULT_PORT = 11_211
// memcached takes keys up to 250 bytes; a colon and the stored id want 44 of them.
const NAMESPACE = /^[!-~]{1,200}$/
const ADDRESS = /^(?:\[([^\]]+)\]|([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?))(?::(\d{1,5}))?$/

/**
 * Checks the options and fills in what they leave open.
 * @param key the cookie's name, or what else is the default namespace
 * @param where what has the options, as an error names it
 * @throws BootError naming the option and how to mend it
 */
export function resolveOptions(
  options: MemcachedStoreOptions,
  key: string,
  where = 'sessionOptions',
): MemcachedSettings {
  const refuse = (name: string, value: unknown, fix: string) => refused(where, name, value, fix)
  const { poolSize = 10, namespace = key, timeout = 0.25, onOutage = 'unavailable' } = options
  if (!Number.isSafeInteger(poolSize) || poolSize < 1)
    refuse('poolSize', poolSize, 'give a whole number of connections from 1 on, such as 10.')
  if (typeof namespace !== 'string' || !NAMESPACE.test(namespace))
    refuse('namespace', namespace, 'give 1 to 200 letters, digits and signs of ASCII, without spaces.')
  if (typeof timeout !== 'number' || !(timeout >= 0.001 && timeout <= 60))
    refuse('timeout', timeout, 'give seconds from 0.001 to 60, such as 0.25.')
  if (onOutage !== 'unavailable' && onOutage !== 'empty')
    refuse('onOutage', onOutage, "choose 'unavailable' (503) or 'empty'.")
  const login = loginOf(options, where)
  const milliseconds = Math.round(timeout * 1000)
  const servers = addressesOf(options.memcacheServer, where).map((address) => ({
    ...address,
    ...login,
    timeout: milliseconds,
  }))
  return { servers: servers as [ServerSettings, ...ServerSettings[]], poolSize, namespace, onOutage }
}

function loginOf({ username, password }: MemcachedOptions, where: string) {
  for (const [name, value] of Object.entries({ username, password })) {
    if (value !== undefined && (typeof value !== 'string' || value === '' || value.includes('\0')))
      throw new BootError(`${where}: ${name} is no text.`, `give the ${name} of the memcached server, or neither.`)
  }
  if ((username === undefined) !== (password === undefined)) {
    throw new BootError(
      `${where}: ${username === undefined ? 'password without username' : 'username without password'}.`,
      'give both for a memcached server that wants a log-in, else neither.',
    )
  }
  return { username, password }
}

function addressesOf(configured: unknown, owner: string) {
  const [where, given] =
    configured === undefined && process.env['MEMCACHE_SERVERS'] !== undefined
      ? ['the variable MEMCACHE_SERVERS', process.env['MEMCACHE_SERVERS']]
      : [`${owner}: memcacheServer`, configured ?? `localhost:${DEFAULT_PORT}`]
  const list = typeof given === 'string' ? given.split(',') : given
  const fix = "give 'host:port', such as 'localhost:11211', or a list of them; an IPv6 address in square brackets."
  if (!Array.isArray(list) || list.length === 0) throw new BootError(`${where} names no server.`, fix)
  const addresses = list.map((address: unknown) => {
    const parsed = typeof address === 'string' ? parseAddress(address.trim()) : undefined
    if (parsed !== undefined) return parsed
    // An address with a log-in in it would show the password.
    const shown = String(address).includes('@') ? 'an address with an @' : JSON.stringify(address)
    throw new BootError(
      `${where} has ${shown}, which is no address of a server.`,
      `${fix} A log-in has options of its own.`,
    )
  })
  const names = addresses.map(({ name }) => name)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) throw new BootError(`${where} names ${twice} twice.`, 'name each server once.')
  return addresses
}

function parseAddress(address: string): { host: string; port: number; name: string } | undefined {
  const match = ADDRESS.exec(address)
  const [, ipv6, plain, digits] = match ?? []
  const host = ipv6 ?? plain
  const port = digits === undefined ? DEFAULT_PORT : Number(digits)
  if (host === undefined || port < 1 || port > 65_535 || (ipv6 !== undefined && !isIPv6(ipv6))) return undefined
  return { host, port, name: `${ipv6 === undefined ? host : `[${host}]`}:${port}` }
}

function refused(where: string, name: string, value: unknown, fix: string): never {
  const shown = typeof value === 'number' ? String(value) : JSON.stringify(value)
  throw new BootError(`${where}: ${name} is ${shown}.`, fix)
}
