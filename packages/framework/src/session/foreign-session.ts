// Why: Rails and Rack keep a session as plain JSON, with an id of their own in it. Our code sees neither that id nor what
// JSON cannot say, and whatever it does not change goes back as it came.
import { randomBytes } from 'node:crypto'
import { SessionDataError } from '../errors.js'
import { deserializeSession, emptySession, type Session, serializeSession, takeReserve } from './data.js'
import type { RejectedSession } from './store.js'

/** Where Rails and Rack keep a session's id. */
const ID = 'session_id'
/** Where our own note on a session travels; the other framework hands it on like any key. */
const NOTE = '_contrail'

/** What Contrail notes of a session that another framework has no room for. Times are in seconds since the epoch. */
export interface SessionNote {
  readonly began: number
  readonly saved: number
  /** Which message the note was written into: in another, it is a copy that the other framework handed on. */
  readonly mark?: string | undefined
}

/** A session that Rails or Rack can read. */
export interface ForeignSession {
  /** The session's text form, as Contrail has it. */
  readonly payload: string
  readonly id: string
  readonly note: SessionNote | undefined
}

/**
 * An id as Rack and Rails make them: random bits in hex.
 * @param bytes how many random bytes: Rails takes 16, Rack 32
 */
export function newForeignId(bytes: number): string {
  return randomBytes(bytes).toString('hex')
}

/**
 * The JSON of a session. Dates become ISO strings.
 * @throws SessionDataError when the app wrote a key that is not its own
 */
export function writeForeignSession({ payload, id, note }: ForeignSession): string {
  const session = deserializeSession(payload) as Record<string, unknown>
  for (const key of [ID, NOTE]) {
    if (!(key in session)) continue
    const what = key === ID ? "Rails' and Rack's own id of the session" : "Contrail's own note on the session"
    throw new SessionDataError(`this.session.${key}`, what, 'Choose another key.')
  }
  session[ID] = id
  if (note !== undefined) session[NOTE] = note
  return JSON.stringify(session)
}

/**
 * The session that a JSON text is.
 * @param newId gives an id to a session without one
 */
export function readForeignSession(json: string, newId: () => string): ForeignSession | RejectedSession {
  if (json.startsWith(MARSHAL)) return { rejected: "it is in Ruby's Marshal format; the other app must write JSON" }
  if (hasInexactNumber(json)) return { rejected: 'it holds a whole number that is too large for JavaScript' }
  try {
    const parsed: unknown = JSON.parse(json)
    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return NOT_JSON
    const session = Object.assign(emptySession(), parsed) as Record<string, unknown>
    const { [ID]: id, [NOTE]: note } = session
    delete session[ID]
    delete session[NOTE]
    const reserve = takeReserve(session as Session)
    return {
      // The same text that the data would give, so that a comparison tells whether it changed.
      payload: serializeSession(session as Session, reserve),
      id: typeof id === 'string' && id !== '' ? id : newId(),
      note: isNote(note) ? note : undefined,
    }
  } catch {
    return NOT_JSON
  }
}

const MARSHAL = '\u0004\b'
const NOT_JSON: RejectedSession = { rejected: 'its content is not the JSON of a session' }

function isNote(value: unknown): value is SessionNote {
  if (typeof value !== 'object' || value === null) return false
  const { began, saved, mark } = value as Record<string, unknown>
  return Number.isSafeInteger(began) && Number.isSafeInteger(saved) && (mark === undefined || typeof mark === 'string')
}

/** Ruby's integers have no end. One that came back as its neighbour could be another person's id. */
function hasInexactNumber(json: string): boolean {
  if (!LONG_NUMBER.test(json)) return false
  const tokens = json.match(STRING_OR_NUMBER) ?? []
  return tokens.some((token) => WHOLE_NUMBER.test(token) && String(Number(token)) !== token)
}

const LONG_NUMBER = /\d{16}/
const STRING_OR_NUMBER = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g
const WHOLE_NUMBER = /^-?\d{16,}$/
