// What a module says of its end, and what a certificate is given as.
import { type Application, onDispose, shared } from 'contrail'

declare const app: Application

onDispose(() => undefined)
onDispose(async () => {
  await Promise.resolve()
})
// @ts-expect-error TS2345: a function is called, a promise is not
onDispose(Promise.resolve())

const pool = shared('pool', () => ({ end: () => Promise.resolve() }), { dispose: (made) => made.end() })
void pool.end()

void app.listen({ tls: { key: 'PEM', cert: new Uint8Array() } })
// @ts-expect-error TS2741: a certificate is of no use without its key
void app.listen({ tls: { cert: 'PEM' } })
