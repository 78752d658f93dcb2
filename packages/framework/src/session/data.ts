// Why: what a session may hold, and its one text form: JSON, with dates that come back as dates.
import { SessionDataError } from '../errors.js'
import type { OwnerMark } from './owner-mark.js'

/**
 * What the app keeps in its sessions. Add the app's own keys by augmentation; every one of them may be missing,
 * since every session starts empty:
 * ```ts
 * declare module 'contrail' {
 *   interface SessionData { userId: number }
 * }
 * ```
 * A session holds plain data: strings, finite numbers, booleans, null, dates, and arrays and plain objects of these.
 */
// biome-ignore lint/suspicious/noEmptyInterface: apps fill it by declaration merging
export interface SessionData {}

/** The session of a request: an object without a prototype, each key of {@link SessionData} or its absence. */
export type Session = Partial<SessionData>

/** What the framework keeps in a session, by names of its own, where the app's code does not see it. */
export interface SessionReserve {
  _flash?: Readonly<Record<string, unknown>> | undefined
  _csrf?: string | undefined
  _index?: OwnerMark | undefined
}

/** The reserved names, and how an error calls what is kept there. */
const RESERVED: Readonly<Record<keyof SessionReserve, string>> = {
  _flash: 'this.flash',
  _csrf: 'the CSRF token',
  _index: 'what indexDetails returned',
}

/** How deep a session's data may be nested. */
const MAXIMUM_DEPTH = 100
const DATE = '$date'

/** An empty session. */
export function emptySession(): Session {
  return Object.create(null) as Session
}

/** Whether a session holds nothing that would be kept. */
export function isEmptySession(session: Session): boolean {
  for (const key in session) if (session[key as keyof Session] !== undefined) return false
  return true
}

/** Whether the framework keeps nothing in a session. */
export function isEmptyReserve({ _flash, _csrf, _index }: SessionReserve): boolean {
  return _flash === undefined && _csrf === undefined && _index === undefined
}

/** Takes what the framework keeps out of a session that was read. */
export function takeReserve(session: Session): SessionReserve {
  const keys = session as SessionReserve
  const reserve: SessionReserve = { _flash: keys._flash, _csrf: keys._csrf, _index: keys._index }
  if (!isEmptyReserve(reserve)) for (const name in RESERVED) delete keys[name as keyof SessionReserve]
  return reserve
}

/**
 * The text form of a session: JSON, in which a date is `{"$date":"…"}`, and a key of the app's own that begins with
 * `$` in an object of one key gets another `$`. The same data gives the same text, so texts tell whether it changed.
 * @param reserve what the framework keeps beside it
 * @throws SessionDataError naming the path of what would not come back as it went in
 */
export function serializeSession(session: Session, reserve: SessionReserve = {}): string {
  const encoded = encodeAt('this.session', session, 0) as Record<string, unknown>
  if ('_flash' in session || '_csrf' in session || '_index' in session) throw reserved(session)
  if (isEmptyReserve(reserve)) return JSON.stringify(encoded)
  const whole = Object.assign(emptySession(), encoded) as Record<string, unknown>
  for (const name of Object.keys(reserve) as (keyof SessionReserve)[])
    whole[name] = encodeAt(RESERVED[name], reserve[name], 1)
  return JSON.stringify(whole)
}

/** The session a text stands for. @throws SyntaxError when it is not JSON of an object */
export function deserializeSession(text: string): Session {
  const parsed: unknown = JSON.parse(text)
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) throw new SyntaxError('not an object')
  const session = Object.setPrototypeOf(parsed, null) as Record<string, unknown>
  // Only a text that has the mark can hold a date, and most have none.
  if (text.includes('"$')) for (const key of Object.keys(session)) session[key] = decode(session[key])
  return session
}

/** Where {@link encode} is. Put into words only for an error: most values have none. */
const place: (string | number)[] = []

function encodeAt(root: string, value: unknown, depth: number): unknown {
  place.length = 0
  place.push(root)
  return encode(value, depth)
}

/** The value itself where JSON carries it faithfully, else a copy that JSON does. */
function encode(value: unknown, depth: number): unknown {
  switch (typeof value) {
    case 'string':
    case 'boolean':
    case 'undefined':
      return value
    case 'number':
      if (Number.isFinite(value)) return value
      throw refused(String(value), 'Keep a finite number, or null.')
    case 'object':
      break
    default:
      throw refused(`a ${typeof value}`, 'Keep plain data: strings, numbers, booleans, dates, arrays, objects.')
  }
  if (value === null) return null
  if (depth > MAXIMUM_DEPTH)
    throw refused(`nested deeper than ${MAXIMUM_DEPTH} levels or cyclic`, 'Keep ids, not graphs.')
  if (Array.isArray(value)) return encodeArray(value, depth)
  if (value instanceof Date) {
    if (Number.isNaN(value.getTime())) throw refused('an invalid Date', 'Check the date before it is kept.')
    return { [DATE]: value.toISOString() }
  }
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== null && prototype !== Object.prototype && Object.getPrototypeOf(prototype) !== null)
    throw notPlain(value)
  if (prototype !== null && typeof (value as { toJSON?: unknown }).toJSON === 'function')
    throw refused('an object with a toJSON method', 'Keep what that method returns.')
  return encodeObject(value as Record<string, unknown>, depth)
}

function encodeArray(array: readonly unknown[], depth: number): unknown {
  let copy: unknown[] | undefined
  for (let index = 0; index < array.length; index++) {
    place.push(index)
    if (array[index] === undefined) throw refused('undefined', 'Keep null in an array.')
    const encoded = encode(array[index], depth + 1)
    place.pop()
    if (encoded === array[index]) continue
    copy ??= [...array]
    copy[index] = encoded
  }
  return copy ?? array
}

function encodeObject(object: Record<string, unknown>, depth: number): unknown {
  let copy: Record<string, unknown> | undefined
  // A key that holds undefined is not in the text, and so does not count.
  let count = 0
  let last = ''
  for (const key of Object.keys(object)) {
    place.push(key)
    const encoded = encode(object[key], depth + 1)
    place.pop()
    if (encoded !== undefined) {
      count += 1
      last = key
    }
    if (encoded === object[key]) continue
    copy ??= Object.assign(Object.create(null) as Record<string, unknown>, object)
    copy[key] = encoded
  }
  if (count === 1 && last.startsWith('$') && depth > 0) return { [`$${last}`]: (copy ?? object)[last] }
  return copy ?? object
}

function decode(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(decode)
  const object = value as Record<string, unknown>
  const keys = Object.keys(object)
  const only = keys.length === 1 ? (keys[0] as string) : ''
  if (only === DATE) return new Date(object[DATE] as string)
  if (only.startsWith('$$')) return { [only.slice(1)]: decode(object[only]) }
  for (const key of keys) object[key] = decode(object[key])
  return object
}

/** The error for what is at the {@link place}: `this.session.cart[0].price`. */
function refused(what: string, advice: string): SessionDataError {
  const path = place.map((step, index) => (index === 0 ? step : typeof step === 'number' ? `[${step}]` : `.${step}`))
  return new SessionDataError(path.join(''), what, advice)
}

function notPlain(value: object): SessionDataError {
  const name = (value.constructor as { name?: string } | undefined)?.name
  return refused(
    name ? `an instance of ${name}` : 'an object of a class',
    "A session keeps plain data: keep the record's id and look the record up, or spread what you need into a plain object.",
  )
}

function reserved(session: Session): SessionDataError {
  const name = Object.keys(RESERVED).find((one) => one in session)
  return new SessionDataError(`this.session.${name}`, "a name of the framework's own", 'Give it another name.')
}
