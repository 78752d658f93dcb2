// The contract itself can fail: each of these stores breaks one promise, and the suite must say which.
import {
  CookieStore,
  type KeptSession,
  MemoryStore,
  type SessionIndexSupport,
  type SessionRecord,
  type SessionStore,
  type SessionStoreClass,
  type SessionStoreContext,
  type VersionedText,
} from 'contrail'
import { type SessionStoreHarness, sessionStoreContract } from 'contrail/testing'
import { expect, test } from 'vitest'

/** A memory store with one of its methods replaced. */
function faulty(fault: (good: MemoryStore) => Partial<SessionStore>): SessionStoreClass<object> {
  return class Faulty extends MemoryStore {
    constructor(options: object, context: SessionStoreContext) {
      super(options, context)
      const good = new MemoryStore(options, context)
      const bound = {
        load: good.load.bind(good),
        create: good.create.bind(good),
        save: good.save.bind(good),
        destroy: good.destroy.bind(good),
      }
      Object.assign(this, bound, fault(good))
    }
  }
}

async function broken(harness: SessionStoreHarness): Promise<string[]> {
  const names: string[] = []
  for (const promise of sessionStoreContract) {
    await promise.run(harness).catch(() => names.push(promise.name))
  }
  return names
}

const idOf = (record: SessionRecord) => (record as SessionRecord & { id: string }).id
const madeUp = (payload: string) => ({ payload, createdAt: Math.floor(Date.now() / 1000), stale: false })

const faults: [what: string, store: SessionStoreClass<object>, names: RegExp][] = [
  [
    'adopts unknown ids',
    faulty((good) => {
      const adopted = new Map<string, string>()
      return {
        load(id) {
          const found = good.load(id)
          return 'rejected' in found ? { ...madeUp(adopted.get(id) ?? '{}'), id } : found
        },
        save(record, payload) {
          adopted.set(idOf(record), payload)
          return good.save(record as never, payload) ?? idOf(record)
        },
      }
    }),
    /never adopted/,
  ],
  [
    'throws for a bad cookie',
    faulty((good) => ({
      load: (id) => {
        if (!/^[\w-]{22}$/.test(id)) throw new Error('bad id')
        return good.load(id)
      },
    })),
    /never an error/,
  ],
  ['destroys nothing', faulty(() => ({ destroy: () => true })), /renewSession ends the old id/],
  [
    'says it destroyed what was gone',
    faulty((good) => ({
      destroy(record) {
        good.destroy(record as never)
        return true
      },
    })),
    /cannot bring an ended session back: a renewal/,
  ],
  [
    'brings back what was destroyed',
    faulty((good) => ({ save: (record, payload) => good.save(record as never, payload) ?? good.create(payload) })),
    /cannot bring an ended session back: a change/,
  ],
  [
    'overwrites what others changed',
    faulty((good) => ({
      save(record, payload) {
        const now = good.load(idOf(record))
        return 'rejected' in now ? undefined : good.save(now, payload)
      },
    })),
    /all keep their change/,
  ],
  [
    'keeps the kept value of a key that both changed',
    faulty((good) => ({
      save(record, payload) {
        const now = good.load(idOf(record))
        if ('rejected' in now) return undefined
        const merged = { ...JSON.parse(payload), ...JSON.parse(now.payload) } as object
        return good.save(now, JSON.stringify(merged))
      },
    })),
    /the later to end wins/,
  ],
  [
    'is always stale',
    faulty((good) => ({
      load(id) {
        const found = good.load(id)
        return 'rejected' in found ? found : { ...found, stale: true }
      },
    })),
    /reading sends no Set-Cookie/,
  ],
  [
    'is never stale',
    faulty((good) => ({
      load(id) {
        const found = good.load(id)
        return 'rejected' in found ? found : { ...found, stale: false }
      },
    })),
    /use moves the end on/,
  ],
  ['loses data', faulty((good) => ({ create: () => good.create('{}') })), /every kind of plain data/],
  [
    'changes its id',
    faulty((good) => ({
      save(record, payload) {
        return good.destroy(record as never) ? good.create(payload) : undefined
      },
    })),
    /one id for the whole life/,
  ],
]

test('a store without a fault breaks none', async () => {
  expect(await broken({ store: faulty(() => ({})), keepsOnServer: true })).toEqual([])
})

test.each(faults)('a store that %s breaks a promise', async (_, store, name) => {
  const names = await broken({ store, keepsOnServer: true })
  expect(names).toContainEqual(expect.stringMatching(name))
})

/** A memory store whose index has a fault. */
function faultyIndex(fault: (good: SessionIndexSupport) => Partial<SessionIndexSupport>): SessionStoreClass<object> {
  return class FaultyIndex extends MemoryStore {
    constructor(options: object, context: SessionStoreContext) {
      super(options, context)
      const { index } = this
      Object.assign(this, { index: { ...index, ...fault(index) } })
    }
  }
}

const indexFaults: [what: string, fault: Parameters<typeof faultyIndex>[0], names: RegExp][] = [
  ['takes any version for the right one', comparesNothing, /over the version that was read/],
  ['forgets its texts', () => ({ read: () => undefined, write: () => true }), /are listed, each under a handle/],
  ['never finds a session', () => ({ find: () => undefined }), /are listed, each under a handle/],
  [
    'finds sessions that have ended',
    (good) => {
      const found = new Map<string, KeptSession>()
      return {
        find(storedId) {
          const kept = good.find(storedId) as KeptSession | undefined
          if (kept !== undefined) found.set(storedId, kept)
          return kept ?? found.get(storedId)
        },
      }
    },
    /within expireAfter is not listed/,
  ],
]

function comparesNothing(good: SessionIndexSupport): Partial<SessionIndexSupport> {
  return {
    write(key, text, _version, seconds) {
      const now = good.read(key) as VersionedText | undefined
      return good.write(key, text, now?.version, seconds)
    },
  }
}

test('an index without a fault breaks none', async () => {
  expect(await broken({ store: faultyIndex(() => ({})), keepsOnServer: true, offersIndex: true })).toEqual([])
})

test.each(indexFaults)('a store whose index %s breaks a promise', async (_, fault, name) => {
  const names = await broken({ store: faultyIndex(fault), keepsOnServer: true, offersIndex: true })
  expect(names).toContainEqual(expect.stringMatching(name))
})

test('a store that knows no end breaks the promises about time', async () => {
  class Endless extends MemoryStore {
    constructor(options: object, context: SessionStoreContext) {
      super(options, { ...context, expireAfter: undefined, maxLifetime: undefined })
    }
  }
  const names = await broken({ store: Endless, keepsOnServer: true })
  expect(names).toContainEqual(expect.stringMatching(/ends after expireAfter/))
  expect(names).toContainEqual(expect.stringMatching(/ends after maxLifetime/))
})

test('the cookie store cannot promise what only a server can', async () => {
  const names = await broken({ store: CookieStore, keepsOnServer: true })
  expect(names).toContainEqual(expect.stringMatching(/stays ended for who has a copy/))
  expect(names).toContainEqual(expect.stringMatching(/all keep their change/))
})
