// Why: a middleware that is none would let every request wait, and nobody would know for what.
import { BootError } from '../errors.js'
import type { Middleware } from '../http/handlers.js'

/**
 * The app's middleware; undefined when there is none.
 * @throws BootError for what cannot be one
 */
export function resolveMiddleware(configured: unknown): readonly Middleware[] | undefined {
  if (configured === undefined) return undefined
  if (!Array.isArray(configured)) {
    throw new BootError(
      'middleware is no list.',
      'give a list of functions (request, response, next), such as [helmet(), compression()].',
    )
  }
  configured.forEach(check)
  return configured.length === 0 ? undefined : (configured as Middleware[])
}

function check(middleware: unknown, index: number): void {
  const where = `middleware[${index}]`
  if (typeof middleware !== 'function') {
    throw new BootError(`${where} is ${describe(middleware)}.`, 'give a function (request, response, next).')
  }
  const { name, length } = middleware
  if (length === 1) {
    throw new BootError(
      `${where}, ${name || 'a function'}, takes one parameter: it looks like what makes the middleware.`,
      `call it, ${name || 'make'}(…), or give a function (request, response, next).`,
    )
  }
  if (length === 4) {
    throw new BootError(
      `${where}, ${name || 'a function'}, takes four parameters, as Express's error handlers do, and would not be called.`,
      'turn errors into answers with rescueFrom in ApplicationController.',
    )
  }
}

function describe(value: unknown): string {
  return value === null ? 'null' : Array.isArray(value) ? 'a list' : typeof value
}
