// Lets tests of cookies say what an action does with its own.
import type { CookieJar } from 'contrail'
import type { Ask } from './app.js'
import { sessionApp } from './sessions.js'

/** Runs an action that uses its cookies: what it saw, what was set, and the error it logged. */
export async function use<T>(act: (cookies: CookieJar) => T, cookie?: string, options: Ask = {}, trustProxy = false) {
  const app = sessionApp({ trustProxy })
  const answer = await app.does((c) => act(c.cookies), { ...options, ...(cookie === undefined ? {} : { cookie }) })
  const error = app.log.find((line) => 'err' in line)?.['msg'] as string | undefined
  return Object.assign(answer, { error })
}
