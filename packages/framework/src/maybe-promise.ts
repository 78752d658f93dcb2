// Why: an action that is synchronous must not pay for a promise turn, yet must read like one that awaits.

/** A value that may have to be awaited. */
export type MaybePromise<T> = T | Promise<T>

export function isPromise<T>(value: MaybePromise<T> | PromiseLike<T>): value is Promise<T> {
  return typeof value === 'object' && value !== null && typeof (value as PromiseLike<T>).then === 'function'
}

/** `next(value)`: now when the value is there, later when it is promised. */
export function andThen<T, R>(value: MaybePromise<T>, next: (value: T) => MaybePromise<R>): MaybePromise<R> {
  return isPromise(value) ? value.then(next) : next(value)
}
