// Stores made for express-session are taken as they are, with their own types, and what is none is refused.
import connectPgSimple from 'connect-pg-simple'
import { RedisStore } from 'connect-redis'
import { defineApplication, ExpressSessionStore, type ExpressStore } from 'contrail'
import session from 'express-session'
import { Pool } from 'pg'
import { createClient } from 'redis'

const client = createClient()
const redis = new RedisStore({ client, prefix: 'blog:' })
const PGStore = connectPgSimple(session)
const postgres = new PGStore({ pool: new Pool() })
const memory = new session.MemoryStore()

const stores: ExpressStore[] = [redis, postgres, memory]
void stores

defineApplication({ sessionStore: ExpressSessionStore, sessionOptions: { store: redis, timeout: 500 } })
defineApplication({ sessionStore: ExpressSessionStore, sessionOptions: { store: postgres, onOutage: 'empty' } })
defineApplication({ sessionStore: ExpressSessionStore, sessionOptions: { store: memory, expireAfter: 60 } })
defineApplication({
  sessionStore: ExpressSessionStore,
  sessionOptions: {
    async store() {
      await client.connect()
      return redis
    },
    close: () => client.close(),
  },
})

declare const anyStore: session.Store
defineApplication({ sessionStore: ExpressSessionStore, sessionOptions: { store: () => anyStore } })

// @ts-expect-error TS2322: a store is needed
defineApplication({ sessionStore: ExpressSessionStore, sessionOptions: {} })
// @ts-expect-error TS2322: the class is no store
defineApplication({ sessionStore: ExpressSessionStore, sessionOptions: { store: RedisStore } })
// @ts-expect-error TS2322: a client is no store
defineApplication({ sessionStore: ExpressSessionStore, sessionOptions: { store: client } })
// @ts-expect-error TS2322: a number of milliseconds
defineApplication({ sessionStore: ExpressSessionStore, sessionOptions: { store: redis, timeout: '500' } })
// @ts-expect-error TS2353: no such option
defineApplication({ sessionStore: ExpressSessionStore, sessionOptions: { store: redis, poolSize: 10 } })
