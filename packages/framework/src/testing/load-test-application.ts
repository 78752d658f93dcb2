// Why: tests run in the environment `test`, whoever starts them, and on an app that is booted as the real one is.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Application } from '../application.js'
import type { InjectionToken } from '../container.js'
import { withOverrides } from '../container-overrides.js'
import { createApplication } from '../create-application.js'
import { BootError } from '../errors.js'
import { checkKnownKeys } from '../known-keys.js'
import { type LoadOptions, loadParts } from '../load-application.js'

/** Options of {@link loadTestApplication}. */
export interface LoadTestOptions extends LoadOptions {
  /** What is injected in the place of the real things, in this app and no other: made with {@link override}. */
  readonly overrides?: readonly Override[] | undefined
}

/** Something injected, and what takes its place. */
export interface Override {
  readonly token: unknown
  readonly value: unknown
}

const OPTIONS = Object.keys({ importFile: true, logDestination: true, overrides: true } satisfies Record<
  keyof LoadTestOptions,
  true
>)

/**
 * Gives an app something else in the place of a class, or of what is registered for a token.
 * @param value has all that is public of what it stands for
 */
export function override<T>(token: InjectionToken<T>, value: NoInfer<{ readonly [K in keyof T]: T[K] }>): Override {
  return { token, value }
}

/**
 * Boots the app of a folder for its tests: in the environment `test`, unless `CONTRAIL_ENV` names another. `NODE_ENV` is not
 * asked: machines that build images set it to `production`.
 * ```ts
 * export const app = await loadTestApplication(`${import.meta.dirname}/..`, { importFile: (path) => import(path) })
 * ```
 * @param place the folder where config/ is
 * @param options `importFile` must be the test's own `import` where a runner, such as Vitest, is what understands TypeScript
 * @throws BootError as `loadApplication` does, and for an override that no controller asks for
 */
export async function loadTestApplication(place: string, options: LoadTestOptions = {}): Promise<Application> {
  checkKnownKeys(options, OPTIONS, 'the options of loadTestApplication')
  process.env['CONTRAIL_ENV'] ||= 'test'
  const { overrides = [], ...loading } = options
  const values = new Map(overrides.map(({ token, value }) => [token, value]))
  try {
    const parts = await loadParts(place, loading)
    return values.size === 0 ? createApplication(parts) : withOverrides(values, () => createApplication(parts))
  } catch (error) {
    throw isUnderstood(error, place, loading) ? error : notUnderstood(place, error)
  }
}

/** Node's own import knows no decorators, and no `.js` that stands for a `.ts`. */
function isUnderstood(error: unknown, place: string, { importFile }: LoadOptions): boolean {
  return importFile !== undefined || error instanceof BootError || !existsSync(join(place, 'config', 'application.ts'))
}

function notUnderstood(place: string, cause: unknown): BootError {
  return new BootError(
    `The app in ${place} is TypeScript, and Node could not import it (${(cause as Error).message}).`,
    'with Vitest, hand over its import: { importFile: (path) => import(path) }; with node:test, compile first.',
    { cause },
  )
}
