// Why: a status said by its name reads better than its number, and a name that is none is caught by the compiler.
import { suggestion } from '../suggestion.js'

/** The statuses of an answer by name: those of the IANA registry, in Rails' spelling. */
export const STATUSES = {
  ok: 200,
  created: 201,
  accepted: 202,
  non_authoritative_information: 203,
  no_content: 204,
  reset_content: 205,
  partial_content: 206,
  multi_status: 207,
  already_reported: 208,
  im_used: 226,
  multiple_choices: 300,
  moved_permanently: 301,
  found: 302,
  see_other: 303,
  not_modified: 304,
  use_proxy: 305,
  temporary_redirect: 307,
  permanent_redirect: 308,
  bad_request: 400,
  unauthorized: 401,
  payment_required: 402,
  forbidden: 403,
  not_found: 404,
  method_not_allowed: 405,
  not_acceptable: 406,
  proxy_authentication_required: 407,
  request_timeout: 408,
  conflict: 409,
  gone: 410,
  length_required: 411,
  precondition_failed: 412,
  content_too_large: 413,
  uri_too_long: 414,
  unsupported_media_type: 415,
  range_not_satisfiable: 416,
  expectation_failed: 417,
  misdirected_request: 421,
  unprocessable_content: 422,
  locked: 423,
  failed_dependency: 424,
  too_early: 425,
  upgrade_required: 426,
  precondition_required: 428,
  too_many_requests: 429,
  request_header_fields_too_large: 431,
  unavailable_for_legal_reasons: 451,
  internal_server_error: 500,
  not_implemented: 501,
  bad_gateway: 502,
  service_unavailable: 503,
  gateway_timeout: 504,
  http_version_not_supported: 505,
  variant_also_negotiates: 506,
  insufficient_storage: 507,
  loop_detected: 508,
  not_extended: 510,
  network_authentication_required: 511,
} as const

/** The name of a status, such as `not_found`. */
export type StatusName = keyof typeof STATUSES

/** A status by number, from 200 to 599, or by name. */
export type Status = number | StatusName

/**
 * The number of a status.
 * @throws TypeError for a name that is none
 */
export function statusCode(status: Status): number {
  if (typeof status === 'number') return status
  if (Object.hasOwn(STATUSES, status)) return STATUSES[status]
  throw new TypeError(`${JSON.stringify(status)} is no status: ${suggestion(status, Object.keys(STATUSES))}`)
}
