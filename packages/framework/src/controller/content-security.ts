// Why: one policy for the app, and for a page that needs another the difference: put together for each action, at boot.
import {
  type CompiledPolicy,
  type ContentSecurityPolicyChange,
  compilePolicy,
} from '../security/content-security-policy.js'
import type { ControllerClass } from './action-name.js'
import { checkSelection, lineage, macrosOf, type Selection, selects } from './filters.js'
import type { RequestContext } from './request-context.js'

/** What a controller says of the policy of some actions. */
export interface PolicyRule {
  /** Undefined: no policy. */
  readonly change: ContentSecurityPolicyChange | undefined
  readonly selection: Selection
  readonly where: string
}

/** @throws BootError for a directive or a source that is none */
export function declarePolicy(
  controller: ControllerClass,
  policy: ContentSecurityPolicyChange | false,
  selection: Selection,
): void {
  const where = `${controller.name}.contentSecurityPolicy`
  checkSelection(controller, 'contentSecurityPolicy', selection)
  const change = policy === false ? undefined : policy
  // Checked with a directive that makes it whole: a change may well be of reportOnly alone.
  if (change !== undefined) compilePolicy({ upgradeInsecureRequests: true, ...change }, where)
  macrosOf(controller).policies.push({ change, selection, where })
}

/**
 * The policy of one action.
 * @param base that of the app
 * @returns undefined for an action that has the app's
 */
export function policyFor(
  controller: ControllerClass,
  action: string,
  base: ContentSecurityPolicyChange | undefined,
): { readonly policy: CompiledPolicy | undefined } | undefined {
  const rules = lineage(controller)
    .flatMap(({ policies }) => policies)
    .filter(({ selection }) => selects(selection, action))
  const last = rules.at(-1)
  if (last === undefined) return undefined
  let merged = base
  for (const { change } of rules) merged = change === undefined ? undefined : { ...merged, ...change }
  return { policy: merged === undefined ? undefined : compilePolicy(merged, last.where) }
}

/**
 * Puts the policy into an answer that has none of its own. Not into a 304: the page that the browser kept has the policy
 * that it came with, and the nonce of that.
 */
export function sendPolicy({ header, value }: CompiledPolicy, { response, drawnNonce }: RequestContext): void {
  if (response.status === 304 || response.headers.has(header)) return
  response.headers.setTrusted(header, value(drawnNonce))
}
