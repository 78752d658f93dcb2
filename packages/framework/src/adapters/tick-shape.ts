// Why: V8 forgets the shape of an object once a full garbage collection finds none of it. process.nextTick, which node:http
// calls some seven times a request, makes its objects six times slower for ever after that: docs/decisions/032.
import { executionAsyncResource } from 'node:async_hooks'

let kept: object | undefined

/** Keeps one object of `process.nextTick`'s, so that there always is one. To be called before the process is busy. */
export function keepTickShape(): void {
  if (kept === undefined) process.nextTick(() => (kept = executionAsyncResource()))
}
