// Why: a request to a mounted handler passes its guard, whose cookies and session are written first; its body stays unread.
import { compileHandler, type MountedHandler } from './adapters/mounted-handler.js'
import type { ControllerClass } from './controller/action-name.js'
import { answerPreflight } from './controller/cross-origin.js'
import {
  type Action,
  type ActionDefaults,
  compileAction,
  enterAction,
  type MakeController,
} from './controller/dispatch.js'
import type { RequestContext } from './controller/request-context.js'
import { checkTokenHasSession } from './controller/session-rules.js'
import type { RawRequest } from './http/raw-request.js'
import type { Mount } from './routing/mounts.js'
import type { MountPoint } from './routing/router.js'

/** The action whose filters a guard runs, as `only` and `except` and the log see it. */
const ACTION = 'mount'

/** A mounted handler ready to answer, in place of an action. */
export interface Mounted {
  /** Undefined when nothing stands in front. */
  readonly guard: Action | undefined
  readonly answer: MountedHandler
}

/** Compiles the mounts of an app. @throws BootError for a guard that could let no change through */
export function compileMounts(
  mounts: readonly Mount[],
  makerOf: (controller: ControllerClass) => MakeController,
  defaults: ActionDefaults,
): MountPoint<Mounted>[] {
  return mounts.map(({ path, handler, guard }) => {
    if (guard !== undefined) checkTokenHasSession(guard, ACTION, 'POST')
    return {
      path,
      target: {
        guard: guard && compileAction(guard, ACTION, makerOf(guard), defaults, letThrough),
        answer: compileHandler(handler, path),
      },
    }
  })
}

function letThrough(_: unknown, context: RequestContext): void {
  context.response.answeredBy ??= ACTION
}

/** Answers a request to a mounted handler, unless its guard has. Returns whether it did; what the guard answers is committed by the caller. */
export async function answerMounted(
  { guard, answer }: Mounted,
  context: RequestContext,
  raw: RawRequest,
  announce: () => void,
): Promise<boolean> {
  if (context.request.method === 'OPTIONS' && answerPreflight(context, () => guard?.cors)) return true
  if (guard !== undefined) {
    enterAction(guard, context)
    await Promise.resolve(context.fetchSession())
    await Promise.resolve(guard.run(context))
    if (context.response.answeredBy !== ACTION) return false
    await Promise.resolve(context.commit())
  }
  const onLate = (error: unknown) =>
    context.logger.error({ err: error }, 'a mounted handler failed after it had answered')
  await answer({ request: context.request, response: context.response, raw, announce, onLate })
  return true
}
