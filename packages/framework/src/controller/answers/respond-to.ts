// Why: one action, several formats: which one is asked for is said by the address or by `Accept`, and decided here.
import { NotAcceptable } from '../../errors.js'
import { preferredType } from '../../http/accept.js'
import { addVary } from '../../http/caching.js'
import { checkMediaType, contentType, FORMATS, type FormatName, typeOfFile } from '../../http/mime-types.js'
import type { RequestContext } from '../request-context.js'

/**
 * What answers each format: by its name, or by a media type in full, such as `application/vnd.api+json`. `any` answers the
 * rest.
 */
export type FormatHandlers = { readonly [Format in FormatName | 'any' | `${string}/${string}`]?: () => unknown }

/** Runs the handler of the format that the client would rather have; what it returns is to be awaited. */
export function respondTo(context: RequestContext, handlers: FormatHandlers): unknown {
  const { request, response, pathParams } = context
  const { any, ...named } = handlers
  const types = Object.keys(named).map((key) => ({ key: key as keyof typeof named, type: typeOf(key) }))
  if (types.length === 0 && any === undefined) throw new TypeError(`respondTo in ${context.where} names no format.`)
  const format = pathParams?.['format']
  if (format !== undefined && format !== '') {
    const asked = types.find(({ key, type }) => key === format || type === typeOfFile(`a.${format}`))
    return run(asked)
  }
  addVary(response, 'Accept')
  const accept = request.header('accept')
  const preferred = preferredType(
    accept,
    types.map(({ type }) => type),
  )
  return run(types.find(({ type }) => type === preferred))

  function run(chosen: (typeof types)[number] | undefined): unknown {
    if (chosen === undefined) {
      if (any !== undefined) return any()
      const headers = { vary: 'Accept' }
      throw new NotAcceptable(
        types.map(({ type }) => type),
        format === undefined ? { headers } : {},
      )
    }
    // What the handler answers is of this type, whatever its verb is for.
    context.answerType = contentType(chosen.type)
    return named[chosen.key]?.()
  }
}

function typeOf(key: string): string {
  if (Object.hasOwn(FORMATS, key)) return FORMATS[key as FormatName]
  if (key.includes('/')) {
    checkMediaType(key)
    return key
  }
  const known = `${Object.keys(FORMATS).join(', ')}, any`
  throw new TypeError(`respondTo knows no format ${JSON.stringify(key)}. It knows ${known}, and media types in full.`)
}
