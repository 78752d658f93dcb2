// Why: a mount is no route: it has no action and takes every method, and all paths below its own.
import { METHODS } from 'node:http'
import type { ControllerClass } from '../controller/action-name.js'
import { Controller } from '../controller/controller.js'
import { BootError } from '../errors.js'
import type { MountHandler } from '../http/handlers.js'
import { checkKnownKeys } from '../known-keys.js'

/** Options of `r.mount`. */
export interface MountOptions {
  /**
   * The controller whose filters stand in front of the handler: each request runs them as for an action named `mount`. One
   * that answers or throws keeps the request from the handler. Its forgery protection holds too. Default: nothing does.
   */
  readonly guard?: ControllerClass | undefined
}

const MOUNT_OPTION_NAMES = Object.keys({ guard: true } satisfies Record<keyof MountOptions, true>)

/** A handler that answers a path and all below it. */
export interface Mount {
  /** A pattern such as `/admin/queues`. */
  readonly path: string
  readonly handler: MountHandler
  readonly guard: ControllerClass | undefined
}

/** The methods that reach a mounted handler: all but CONNECT, which asks for a tunnel, and TRACE, which shows headers. */
export const MOUNT_METHODS: readonly string[] = METHODS.filter((method) => method !== 'CONNECT' && method !== 'TRACE')

/**
 * Checks a mount.
 * @throws BootError for an unknown option, a handler that is none, a guard that is no controller
 */
export function checkedMount(path: string, handler: MountHandler, options: MountOptions): Mount {
  const where = `mount('${path}')`
  checkKnownKeys(options, MOUNT_OPTION_NAMES, where)
  const { guard } = options
  const isObject = typeof handler === 'object' && handler !== null
  if (typeof handler !== 'function' && !(isObject && 'fetch' in handler && typeof handler.fetch === 'function')) {
    throw new BootError(
      `${where} is given ${isObject ? 'an object without fetch' : String(handler)}, which is no handler.`,
      'give a function (request, response), a function that takes a Request, or an object with fetch.',
    )
  }
  if (guard !== undefined && !(typeof guard === 'function' && guard.prototype instanceof Controller)) {
    throw new BootError(`The guard of ${where} is no controller.`, 'give a class that extends ApplicationController.')
  }
  if (/[*(]/.test(path)) {
    throw new BootError(
      `${where} has a glob or an optional part.`,
      'leave it out: a mounted handler answers all paths below its own.',
    )
  }
  return { path, handler, guard }
}
