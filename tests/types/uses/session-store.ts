// What a session store of an app's own is made of.
import {
  defineApplication,
  endedBecause,
  mergePayloads,
  newSessionId,
  refreshDue,
  type SessionAge,
  type SessionStoreContext,
  storedId,
} from 'contrail'

declare const context: SessionStoreContext

const age: SessionAge = { createdAt: 1, savedAt: 2 }
export const reason: string | undefined = endedBecause(age, context)
export const due: boolean = refreshDue(age, context)
export const key: string = storedId(newSessionId())
export const merged: string = mergePayloads('{}', '{"a":1}', '{"b":2}')

// @ts-expect-error TS2741: it is not known when the session was saved
endedBecause({ createdAt: 1 }, context)
// @ts-expect-error TS2554: what was read is needed to tell what was changed
mergePayloads('{"a":1}', '{"b":2}')
// @ts-expect-error TS2322: a store is a class
export const config = defineApplication({ sessionStore: 'files' })
