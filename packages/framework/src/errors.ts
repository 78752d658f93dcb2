// Why: every error a person can meet, each saying what happened, where, and how to mend it.

/** Options of {@link HttpError}. */
export interface HttpErrorOptions extends ErrorOptions {
  /** Response headers to send with the error, such as `Allow` or `Retry-After`. */
  headers?: Readonly<Record<string, string>>
  /** A stable word for programs to compare, sent as the problem's `code`. */
  code?: string
  /** More members of the problem (RFC 9457, 3.2): what a client may know, as JSON. */
  extensions?: Readonly<Record<string, unknown>>
}

/** The members of a problem that the framework writes. */
const OWN_MEMBERS: readonly string[] = ['type', 'title', 'status', 'detail', 'code', 'requestId', 'where', 'stack']

/**
 * An error with an HTTP status. Thrown anywhere in a request, it becomes the response:
 * `application/problem+json` (RFC 9457) or a small HTML page, as the client's `Accept` asks.
 * The message of a 4xx is shown to the client; that of a 5xx only in development.
 */
export class HttpError extends Error {
  override readonly name: string = 'HttpError'
  readonly headers: Readonly<Record<string, string>>
  readonly code: string | undefined
  readonly extensions: Readonly<Record<string, unknown>> | undefined

  /**
   * @param status an HTTP status from 400 to 599
   * @throws RangeError for any other status; TypeError for an extension that has the name of a problem's own member
   */
  constructor(
    readonly status: number,
    message: string,
    options: HttpErrorOptions = {},
  ) {
    super(message, options)
    if (!Number.isInteger(status) || status < 400 || status > 599) {
      throw new RangeError(`HttpError takes a status from 400 to 599, not ${String(status)}.`)
    }
    this.headers = options.headers ?? {}
    this.code = options.code
    this.extensions = options.extensions
    const taken = Object.keys(this.extensions ?? {}).find((member) => OWN_MEMBERS.includes(member))
    if (taken !== undefined)
      throw new TypeError(`HttpError writes the member ${taken} itself: name the extension otherwise.`)
  }
}

/** 400: the request is malformed. */
export class BadRequest extends HttpError {
  override readonly name = 'BadRequest'
  constructor(message = 'The request is malformed.', options?: HttpErrorOptions) {
    super(400, message, options)
  }
}

/** 401: the request carries no valid credentials. */
export class Unauthorized extends HttpError {
  override readonly name = 'Unauthorized'
  constructor(message = 'Please log in.', options?: HttpErrorOptions) {
    super(401, message, options)
  }
}

/** 403: the client is known and may not do this. */
export class Forbidden extends HttpError {
  override readonly name = 'Forbidden'
  constructor(message = 'This is not allowed.', options?: HttpErrorOptions) {
    super(403, message, options)
  }
}

/** 404: there is nothing at this address. */
export class NotFound extends HttpError {
  override readonly name = 'NotFound'
  constructor(message = 'There is nothing at this address.', options?: HttpErrorOptions) {
    super(404, message, options)
  }
}

/**
 * What a path without a route is told: as {@link NotFound}, but no error, which takes longer to make than the rest of the
 * answer. Strangers ask for much that is not there.
 */
export class Unmatched {
  readonly status = 404
  readonly headers: HttpError['headers'] = NONE
  readonly code = undefined
  readonly extensions = undefined

  constructor(readonly message: string) {}

  /** The same for who takes errors, without a stack: it would lead nowhere but to the router. */
  asError(): NotFound {
    const error = new NotFound(this.message)
    delete error.stack
    return error
  }
}

const NONE = {}

/** 405: the address exists, but not for this method. `Allow` lists those it takes. */
export class MethodNotAllowed extends HttpError {
  override readonly name = 'MethodNotAllowed'
  constructor(method: string, allow: readonly string[]) {
    super(405, `${method} is not allowed here. Allowed: ${allow.join(', ')}.`, {
      headers: { allow: allow.join(', ') },
    })
  }
}

/** 406: the answer is there in none of the formats that the client takes. The message lists those there are. */
export class NotAcceptable extends HttpError {
  override readonly name = 'NotAcceptable'
  constructor(formats: readonly string[], options?: HttpErrorOptions) {
    super(406, `This is not there in a format that you accept. There is: ${formats.join(', ')}.`, options)
  }
}

/** 412: what the request is about has changed since the client saw it. */
export class PreconditionFailed extends HttpError {
  override readonly name = 'PreconditionFailed'
  constructor(message = 'This has changed since you saw it.', options?: HttpErrorOptions) {
    super(412, message, options)
  }
}

/** 416: the part that is asked for is beyond the end. `Content-Range` tells the size. */
export class RangeNotSatisfiable extends HttpError {
  override readonly name = 'RangeNotSatisfiable'
  constructor(size: number) {
    super(416, `There are ${size} bytes, and none of those asked for.`, {
      headers: { 'content-range': `bytes */${size}` },
    })
  }
}

/** 413: the body is larger than `bodyLimit`, or a form has more than `uploads` allows. */
export class ContentTooLarge extends HttpError {
  override readonly name = 'ContentTooLarge'
  constructor(limit: number, message = `The request's body is larger than ${limit} bytes.`) {
    super(413, message)
  }
}

/** 415: the body is of a type, charset or encoding that is not read. */
export class UnsupportedMediaType extends HttpError {
  override readonly name = 'UnsupportedMediaType'
  constructor(message: string) {
    super(415, message)
  }
}

/** 422: the request is well formed, and its content is not acceptable. */
export class UnprocessableContent extends HttpError {
  override readonly name = 'UnprocessableContent'
  constructor(message = 'The request cannot be processed.', options?: HttpErrorOptions) {
    super(422, message, options)
  }
}

/** One thing that is wrong with the parameters of a request. */
export interface ParameterIssue {
  /** Where, as `post.title` or `tags.0`; empty for the parameters as a whole. */
  readonly path: string
  /** The same as a JSON Pointer (RFC 6901): `/post/title`. */
  readonly pointer: string
  readonly message: string
}

/** 422: parameters are not what a schema expects. {@link issues} has each problem; the answer lists them as `errors`. */
export class InvalidParams extends HttpError {
  override readonly name = 'InvalidParams'
  readonly issues: readonly ParameterIssue[]
  constructor(issues: readonly ParameterIssue[]) {
    const detail = issues.length === 1 ? 'A parameter is invalid.' : `${issues.length} parameters are invalid.`
    super(422, detail, { code: 'invalid_params', extensions: { errors: issues } })
    this.issues = issues
  }
}

/** 400: a parameter that `this.params.require` asks for is missing, empty, or no object. */
export class ParameterMissing extends HttpError {
  override readonly name = 'ParameterMissing'
  constructor(parameter: string) {
    super(400, `The parameter ${JSON.stringify(parameter)} is missing, empty, or no object.`, {
      code: 'parameter_missing',
    })
  }
}

/** 429: the client has asked too often. `Retry-After` says when it may come again. */
export class TooManyRequests extends HttpError {
  override readonly name = 'TooManyRequests'
  constructor(message = 'Too many requests.', options?: HttpErrorOptions) {
    super(429, message, { code: 'too_many_requests', ...options })
  }
}

/**
 * 503: the store of the sessions cannot be asked. Nobody is logged out by it: the cookie stays as it is, and the client is
 * told to come back in a second.
 */
export class SessionStoreUnavailable extends HttpError {
  override readonly name = 'SessionStoreUnavailable'
  constructor(message = 'The session store cannot be asked.', options: HttpErrorOptions = {}) {
    const headers = { 'retry-after': '1', ...options.headers }
    super(503, message, { code: 'session_store_unavailable', ...options, headers })
  }
}

/**
 * The app cannot start. The message says what is wrong and where; `fix` says what to do about it.
 * `contrail` prints both without a stack trace.
 */
export class BootError extends Error {
  declare readonly problem: string
  declare readonly fix: string

  constructor(problem: string, fix: string, options?: ErrorOptions) {
    super(`${problem}\n  Fix: ${fix}`, options)
    // Node prints the stack and every enumerable property of an error that ends the process: the message says it all.
    Object.defineProperties(this, {
      name: { value: 'BootError' },
      problem: { value: problem },
      fix: { value: fix },
      stack: { value: `BootError: ${this.message}`, writable: true },
    })
  }
}

/** An action answered twice. */
export class DoubleRenderError extends Error {
  override readonly name = 'DoubleRenderError'
  constructor(where: string, second: string) {
    super(
      `${where} has already answered, and ${second}() would be a second answer. ` +
        'Answer once in each request: return after the first answer, or put the second in an else.',
    )
  }
}

/** An action ended without an answer. */
export class MissingResponseError extends Error {
  override readonly name = 'MissingResponseError'
  constructor(where: string) {
    super(
      `${where} ended without an answer. Call one of render, renderText, renderHtml, head, redirectTo, sendFile or another verb in it, ` +
        'and await what it starts before it returns.',
    )
  }
}

/** The request was touched before there was one, in a controller's constructor. */
export class NoRequestError extends Error {
  override readonly name = 'NoRequestError'
  constructor(controller: string, property: string) {
    super(
      `this.${property} is not there yet in the constructor of ${controller}: the constructor belongs to dependency ` +
        'injection and runs before the request is bound. Use it in an action or a beforeAction filter.',
    )
  }
}

/** A cookie, that of the session or one of the app's own, would be larger than browsers keep. */
export class CookieOverflowError extends Error {
  override readonly name = 'CookieOverflowError'
  constructor(what: 'session cookie' | 'cookie', key: string, size: number, limit: number) {
    const fix =
      what === 'session cookie'
        ? 'Keep ids in the session and look the records up, or use a session store on a server.'
        : 'Keep an id in the cookie and look the record up.'
    super(
      `The ${what} ${key} would be ${size} bytes with its name; browsers keep at most ${limit}. Nothing was sent. ${fix}`,
    )
  }
}

/** 422: the request may have been forged by another site. The message says what it lacks, and how an app lets it in. */
export class InvalidAuthenticityToken extends HttpError {
  override readonly name = 'InvalidAuthenticityToken'
  constructor(message: string) {
    super(422, message, { code: 'invalid_authenticity_token' })
  }
}

/** The session is larger than its store on a server keeps. */
export class SessionOverflowError extends Error {
  override readonly name = 'SessionOverflowError'
  /**
   * @param store the store's name
   * @param size in bytes, with what the store adds
   * @param limit what the store keeps, in words
   */
  constructor(store: string, size: number, limit: string) {
    super(
      `The session would take ${size} bytes in ${store}, which keeps at most ${limit}. The session is as it was before ` +
        'this request. Keep ids in the session and look the records up.',
    )
  }
}

/** The session holds something that would not come back as it went in. */
export class SessionDataError extends TypeError {
  override readonly name = 'SessionDataError'
  constructor(path: string, what: string, fix: string) {
    super(`${path} is ${what}, which a session cannot keep. ${fix}`)
  }
}

/** An action touched the session, the flash or a CSRF token, and its controller says that it has none. */
export class SessionDisabledError extends Error {
  override readonly name = 'SessionDisabledError'
  constructor(controller: string, action: string, declaredIn: string) {
    const own = declaredIn === controller
    super(
      `${controller}#${action} has no session, and so no flash and no CSRF tokens: disableSession() in ${declaredIn} says so. ` +
        `If the action is to have one, ${own ? `leave it out there, or ` : ''}call enableSession({ only: ['${action}'] }) in ` +
        `the static block of ${controller}${own ? ', below it' : ''}. If it is not, look for the filter or the notice that wants it.`,
    )
  }
}

/** Sessions were to be listed or ended by their owner, and the app keeps no index of them. */
export class SessionsNotIndexedError extends Error {
  override readonly name = 'SessionsNotIndexedError'
  constructor(property: 'this.sessions' | 'app.sessions') {
    super(
      `${property} is not there, as nothing says whose a session is. Add indexBy: 'userId' (the key of the session that has ` +
        "the user's id) to sessionOptions in config/application.ts, with a store on a server such as MemcachedStore.",
    )
  }
}

/** The sessions of the current user were asked for, and nobody is logged in. */
export class NoSessionOwnerError extends Error {
  override readonly name = 'NoSessionOwnerError'
  constructor(where: string) {
    super(
      `${where} uses this.sessions, which are those of the session's owner, and by indexBy this session has none. ` +
        'Ask for a log-in first, in a beforeAction filter.',
    )
  }
}
