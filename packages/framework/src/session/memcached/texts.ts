// Why: the index of sessions is kept in memcached beside them, each page written only over the version that was read.
import { SessionOverflowError } from '../../errors.js'
import type { TextShelf, VersionedText } from '../index-support.js'
import { nowInSeconds } from '../store.js'
import { expirationIn } from './expiry.js'
import { readItem, writeItem } from './item.js'
import { Opcode, Status } from './protocol.js'
import type { MemcachedServer } from './server.js'

/** Texts in memcached. */
export class MemcachedTexts implements TextShelf {
  readonly #namespace: string
  readonly #serverOf: (key: string) => MemcachedServer

  /** @param serverOf the server that has a key */
  constructor(namespace: string, serverOf: (key: string) => MemcachedServer) {
    // No id of a session has a dot in it.
    this.#namespace = `${namespace}:o.`
    this.#serverOf = serverOf
  }

  async read(key: string): Promise<VersionedText | undefined> {
    const server = this.#serverOf(key)
    const { status, value, cas } = await server.perform({ opcode: Opcode.GetWithKey, key: this.#namespace + key })
    if (status === Status.NotFound) return undefined
    if (status !== Status.Done) throw server.unexpected(status)
    // What is not of this key is replaced like anything else, and lists nobody.
    return { text: readItem(key, value)?.payload ?? '', version: cas }
  }

  async write(key: string, text: string, version: unknown, seconds: number | undefined): Promise<boolean> {
    const server = this.#serverOf(key)
    const now = nowInSeconds()
    const value = writeItem(key, { payload: text, createdAt: now, savedAt: now })
    const { status } = await server.perform({
      opcode: version === undefined ? Opcode.Add : Opcode.Replace,
      key: this.#namespace + key,
      expiration: expirationIn(seconds ?? Number.POSITIVE_INFINITY),
      value,
      ...(version === undefined ? {} : { cas: version as bigint }),
    })
    if (status === Status.Done) return true
    if (status === Status.Exists || status === Status.NotFound) return false
    if (status === Status.TooLarge)
      throw new SessionOverflowError('memcached', Buffer.byteLength(value), '1,048,576 bytes, unless it runs with -I')
    throw server.unexpected(status)
  }
}
