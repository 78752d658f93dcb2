import { CookieStore, defineApplication } from 'contrail'

export default defineApplication({
  sessionStore: CookieStore,
  sessionOptions: {
    key: '_posts_session',
    path: '/',
    expireAfter: 2_592_000, // seconds: 30 days without a visit
    secret: process.env.SECRET_KEY_BASE,
    oldSecret: process.env.SECRET_KEY_BASE_OLD,
  },
})
