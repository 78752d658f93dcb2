// ExpressSessionStore keeps every promise that was made of sessions: on a real Redis, on a real PostgreSQL, and over the
// memory store of express-session itself.
import connectPgSimple from 'connect-pg-simple'
import { RedisStore } from 'connect-redis'
import { ExpressSessionStore } from 'contrail'
import { type SessionStoreHarness, sessionStoreContract } from 'contrail/testing'
import session from 'express-session'
import { Pool } from 'pg'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { type Postgres, startPostgres } from '../harness/postgres.js'
import { connectRedis, type Redis, type RedisClient, startRedis } from '../harness/redis.js'

const PGStore = connectPgSimple(session)

let redis: Redis
let client: RedisClient
let postgres: Postgres
let pool: Pool

beforeAll(async () => {
  ;[redis, postgres] = await Promise.all([startRedis(), startPostgres()])
  client = await connectRedis(redis)
  pool = new Pool({ connectionString: postgres.url })
})
afterAll(async () => {
  client.destroy()
  await pool.end()
  await Promise.all([redis.remove(), postgres.remove()])
})

// A crowded test machine is no outage.
const timeout = 10_000

const harnesses: [where: string, harness: SessionStoreHarness][] = [
  [
    'connect-redis',
    {
      store: ExpressSessionStore,
      options: () => ({ timeout, store: new RedisStore({ client, prefix: 'trial:' }) }),
      keepsOnServer: true,
      offersIndex: true,
    },
  ],
  [
    'connect-pg-simple',
    {
      store: ExpressSessionStore,
      options: () => ({
        timeout,
        store: new PGStore({ pool, createTableIfMissing: true, pruneSessionInterval: false }),
      }),
      keepsOnServer: true,
      offersIndex: true,
    },
  ],
  [
    "express-session's MemoryStore",
    {
      store: ExpressSessionStore,
      options: () => ({ timeout, store: new session.MemoryStore() }),
      keepsOnServer: true,
      offersIndex: true,
    },
  ],
]

describe.each(harnesses)('ExpressSessionStore over %s', (_where, harness) => {
  for (const promise of sessionStoreContract.filter((one) => one.appliesTo(harness))) {
    test(promise.name, () => promise.run(harness))
  }
})
