// Why: an API's paths are opened to other origins in one place. A rule is for routes, found at boot by their patterns: what a
// request looks like makes no difference to which rule its action has.
import { BootError } from '../errors.js'
import { CorsPolicy, type CrossOriginOptions } from '../security/cors.js'

/** A rule of `cors` in config/application.ts. */
export interface CrossOriginRule extends CrossOriginOptions {
  /** Routes' paths: one, such as `/feed`, or all below, `/api/*`. Default: all. */
  readonly paths?: string | readonly string[] | undefined
  /** Methods of these routes. Default: all that they have. */
  readonly methods?: readonly string[] | undefined
}

/** Finds the policy for a route, or for a path that no route has. */
export interface CorsRules {
  policyFor(path: string, method: string): CorsPolicy | undefined
}

const PATH = /^\/(?:[^*\s]*\/)?(?:\*|[^*\s]*)$/

/**
 * Compiles `cors`; undefined where there is none. Of several rules the first that fits counts.
 * @throws BootError for an option that is not as it should be
 */
export function resolveCors(configured: unknown): CorsRules | undefined {
  if (configured === undefined) return undefined
  const list: unknown[] = Array.isArray(configured) ? configured : [configured]
  const rules = list.map((rule) => {
    if (typeof rule !== 'object' || rule === null)
      throw new BootError(
        `cors is ${JSON.stringify(configured)}.`,
        "write: cors: { origins: ['https://app.example.com'] }",
      )
    const { paths = '/*', methods } = rule as CrossOriginRule
    const policy = new CorsPolicy(rule as CrossOriginRule, 'cors in config/application.ts', ['paths', 'methods'])
    return { matches: pathMatcher(paths), methods: methodSet(methods), policy }
  })
  return {
    policyFor: (path, method) =>
      rules.find(({ matches, methods }) => matches(path) && methods?.has(method) !== false)?.policy,
  }
}

function pathMatcher(paths: unknown): (path: string) => boolean {
  const list: unknown[] = Array.isArray(paths) ? paths : [paths]
  for (const path of list) {
    if (typeof path === 'string' && PATH.test(path)) continue
    throw new BootError(`cors: paths has ${JSON.stringify(path)}.`, "give paths such as '/feed', or '/api/*'.")
  }
  const patterns = list as string[]
  return (path) =>
    patterns.some((pattern) => {
      if (!pattern.endsWith('/*')) return path === pattern
      const folder = pattern.slice(0, -2)
      return path === folder || path.startsWith(`${folder}/`)
    })
}

function methodSet(methods: unknown): ReadonlySet<string> | undefined {
  if (methods === undefined) return undefined
  if (Array.isArray(methods) && methods.every((method) => typeof method === 'string' && /^[A-Z]+$/.test(method)))
    return new Set(methods.includes('GET') ? [...methods, 'HEAD'] : methods)
  throw new BootError(
    `cors: methods is ${JSON.stringify(methods)}.`,
    "give methods in upper case, such as ['GET', 'POST'].",
  )
}
