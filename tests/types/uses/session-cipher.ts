// The cipher of session cookies is one of two, and an option of the cookie store alone.
import { CookieStore, defineApplication, MemcachedStore } from 'contrail'

defineApplication({ sessionStore: CookieStore, sessionOptions: { cipher: 'aes-256-gcm' } })
defineApplication({ sessionStore: CookieStore, sessionOptions: { cipher: 'xsalsa20-poly1305' } })
// @ts-expect-error TS2322: no such cipher
defineApplication({ sessionStore: CookieStore, sessionOptions: { cipher: 'rot13' } })
// @ts-expect-error TS2353: memcached seals nothing
defineApplication({ sessionStore: MemcachedStore, sessionOptions: { cipher: 'aes-256-gcm' } })
