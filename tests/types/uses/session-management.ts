// What may name a session's owner, what lists of sessions hold, and for which actions a session may be disabled.
import { type Application, Controller, defineApplication, MemcachedStore, MemoryStore } from 'contrail'

declare module 'contrail' {
  interface SessionData {
    accountId: number
    login: string | null
    basket: { readonly items: number }
  }
  interface SessionDetails {
    ip: string
    userAgent: string | undefined
  }
}

const sessionStore = MemcachedStore
const ipOf = { ip: '127.0.0.1', userAgent: undefined }

defineApplication({ sessionStore, sessionOptions: { indexBy: 'accountId' } })
defineApplication({ sessionStore, sessionOptions: { indexBy: 'login', indexLimit: 5, indexDetails: () => ipOf } })
defineApplication({ sessionStore: MemoryStore, sessionOptions: { indexBy: (session) => session.accountId } })
defineApplication({ sessionStore, sessionOptions: { indexBy: ({ login }) => (login === null ? null : `u ${login}`) } })
defineApplication({
  sessionStore,
  sessionOptions: {
    indexBy: 'accountId',
    indexDetails: (request) => ({ ip: request.ip ?? 'unknown', userAgent: request.header('user-agent') }),
  },
})

// @ts-expect-error TS2820: no such key of the session
defineApplication({ sessionStore, sessionOptions: { indexBy: 'acountId' } })
// @ts-expect-error TS2322: a basket is no owner
defineApplication({ sessionStore, sessionOptions: { indexBy: 'basket' } })
// @ts-expect-error TS2322: nor is it when a function returns it
defineApplication({ sessionStore, sessionOptions: { indexBy: (session) => session.basket } })
// @ts-expect-error TS2551: no such key of the session
defineApplication({ sessionStore, sessionOptions: { indexBy: (session) => session.acountId } })
// @ts-expect-error TS2322: the details lack the browser
defineApplication({ sessionStore, sessionOptions: { indexBy: 'login', indexDetails: () => ({ ip: '' }) } })
// @ts-expect-error TS2322: it is a number
defineApplication({ sessionStore, sessionOptions: { indexBy: 'login', indexLimit: 'many' } })
// @ts-expect-error TS2561: it is written indexBy
defineApplication({ sessionStore, sessionOptions: { indexby: 'login' } })

class DevicesController extends Controller {
  static {
    this.disableSession()
    this.disableSession({ only: ['about'] })
    this.enableSession({ except: ['about'] })
    // @ts-expect-error TS2820: no such action
    this.disableSession({ only: ['abuot'] })
    // @ts-expect-error TS2322: no such action
    this.enableSession({ except: ['sessions'] })
    // @ts-expect-error TS2353: no such option
    this.disableSession({ onyl: ['about'] })
  }
  about() {
    this.head(200)
  }
  async index() {
    const [first] = await this.sessions.list()
    if (first !== undefined) {
      const agent: string | undefined = first.details.userAgent
      const when: Date = first.lastUsedAt
      const ended: boolean = await this.sessions.destroy(first.handle)
      this.render({ agent, when, ended, current: first.isCurrent })
      // @ts-expect-error TS2339: the id is nobody's to see
      void first.id
    }
    const count: number = (await this.sessions.destroyOthers()) + (await this.sessions.destroyAll())
    void count
    // @ts-expect-error TS2554: whose they are, the session says
    await this.sessions.list(1)
  }
}
void DevicesController

export async function endAll(app: Application): Promise<void> {
  const [first] = await app.sessions.list(1)
  await app.sessions.destroy('1', first?.handle ?? '')
  await app.sessions.destroyAll(1, { except: first?.handle })
  // @ts-expect-error TS2339: which session is the current one, only a request knows
  void first?.isCurrent
  // @ts-expect-error TS2345: no owner
  await app.sessions.destroyAll(undefined)
  // @ts-expect-error TS2561: it is written except
  await app.sessions.destroyAll(1, { exept: 'x' })
}
