// How an app's tests are written.
import { type Application, inject, injectable, type Session } from 'contrail'
import { createClient, loadTestApplication, override, type TestClient } from 'contrail/testing'

declare const app: Application

interface User {
  readonly id: number
}

@injectable()
class Mailer {
  readonly #sent: string[] = []
  constructor(@inject('from') readonly from: string) {}
  send(to: string): number {
    return this.#sent.push(to)
  }
}

export async function requests_(client: TestClient) {
  const answer = await client.get('/posts', { query: { page: 2, tags: ['a', 'b'] }, headers: { Accept: 'text/html' } })
  const status: number = answer.status
  const type: string | null = answer.headers.get('content-type')
  const posts: { id: number }[] = answer.json<{ id: number }[]>()
  const cookie: string | undefined = answer.cookies['a']
  await client.post('/posts', { json: { any: [1, null, 'value'] } })
  await client.post('/posts', { form: { post: { title: 'Hi', at: new Date(), photo: new Blob(['x']), tags: ['a'] } } })
  await client.post('/posts', { form: new FormData(), headers: { origin: undefined } })
  await client.put('/posts', { body: new Uint8Array(2), showExceptions: 'all', followRedirects: true })
  await client.request('REPORT', '/posts')

  // @ts-expect-error TS2571: it may be anything, until the test says what it expects
  answer.json().length.toFixed()
  // @ts-expect-error TS2561: no such option
  await client.get('/posts', { qeury: { page: 2 } })
  // @ts-expect-error TS2322: one body
  await client.post('/posts', { json: {}, form: {} })
  // @ts-expect-error TS2322: a form holds no functions
  await client.post('/posts', { form: { title: () => 'Hi' } })
  // @ts-expect-error TS2322: headers are text
  await client.get('/posts', { headers: { age: 3 } })
  // @ts-expect-error TS2322: no such way
  await client.get('/posts', { showExceptions: 'some' })
  // @ts-expect-error TS2540: an answer is there to be read
  answer.status = 201
  // @ts-expect-error TS2551: no such method
  await client.gets('/posts')
  return { status, type, posts, cookie }
}

export async function sessions_() {
  const client = createClient(app, { logIn: (user: User) => ({ userId: user.id }) })
  await client.as({ id: 1 }).get('/')
  const session: Session = await client.session()
  const notice: string | undefined = (await client.flash()).notice
  await client.setSession({ userId: 1, seenAt: new Date() })
  await client.setSession({ userId: undefined })
  const seen = await client.withCookies((cookies) => cookies.signed.get('seen'))

  // @ts-expect-error TS2322: it is a number
  await client.setSession({ userId: 'one' })
  // @ts-expect-error TS2561: no such key of the session
  await client.setSession({ userID: 1 })
  // @ts-expect-error TS2345: no user
  client.as('Ada')
  // @ts-expect-error TS2345: this client was not told what logging in is
  createClient(app).as({ id: 1 })
  // @ts-expect-error TS2322: what logging in puts into the session has the session's types
  createClient(app, { logIn: (user: User) => ({ userId: String(user.id) }) })
  // @ts-expect-error TS2353: no such option
  createClient(app, { hots: 'shop.example' })
  // @ts-expect-error TS2322: a browser speaks two
  createClient(app, { protocol: 'ftp' })
  return { session, notice, seen }
}

export async function loading_() {
  const mailer = { from: 'me', send: (to: string) => to.length }
  await loadTestApplication('.', { importFile: (path) => import(path), overrides: [override(Mailer, mailer)] })
  override('from', 'anyone')
  override<string>('from', 'anyone')

  // @ts-expect-error TS2741: it lacks what is public of the class
  override(Mailer, { from: 'me' })
  // @ts-expect-error TS2322: it does not do what the class does
  override(Mailer, { from: 'me', send: () => 'sent' })
  // @ts-expect-error TS2561: no such option
  await loadTestApplication('.', { overide: [] })
}
