// Which routes' paths the compiler knows, as `contrail routes --types` tells it, and what it then refuses.
import {
  type Application,
  Controller,
  defineApplication,
  defineRoutes,
  type HttpRequest,
  type NoParameters,
  type PathValue,
  type RouteMapper,
} from 'contrail'

declare module 'contrail' {
  interface RoutePaths {
    posts: NoParameters
    post: { id: PathValue }
    postComment: { postId: PathValue; id: PathValue }
    archive: { year?: PathValue | null | undefined; month?: PathValue | null | undefined }
    report: { id: PathValue; format?: 'json' | 'csv' | null | undefined }
  }
}

export class PathsController extends Controller {
  index() {
    this.pathTo('posts')
    this.pathTo('posts', {}, { query: { page: 2, tags: ['a', 'b'], filter: { state: 'open', deep: [{ a: 1 }] } } })
    this.pathTo('post', { id: 1 })
    this.pathTo('post', { id: 9n }, { anchor: 'top', trailingSlash: true })
    this.pathTo('postComment', { postId: 'a', id: true })
    this.pathTo('archive')
    this.pathTo('archive', { year: 2026, month: null })
    this.pathTo('report', { id: 1, format: 'csv' })
    this.urlTo('post', { id: 1 }, { host: 'www.example.com', protocol: 'https', query: { page: 2 } })

    // @ts-expect-error TS2345: there is no route of this name
    this.pathTo('pots')
    // @ts-expect-error TS2554: the path needs an id
    this.pathTo('post')
    // @ts-expect-error TS2741: the path needs an id
    this.pathTo('post', {})
    // @ts-expect-error TS2741: the path needs a postId too
    this.pathTo('postComment', { id: 1 })
    // @ts-expect-error TS2353: the path has no page; a query is an option
    this.pathTo('post', { id: 1, page: 2 })
    // @ts-expect-error TS2322: the path has no parameter
    this.pathTo('posts', { page: 2 })
    // @ts-expect-error TS2561: did you mean month?
    this.pathTo('archive', { year: 2026, moth: 1 })
    // @ts-expect-error TS2322: an id there must be
    this.pathTo('post', { id: null })
    // @ts-expect-error TS2322: no object fits into a path
    this.pathTo('post', { id: {} })
    // @ts-expect-error TS2322: it has no such format
    this.pathTo('report', { id: 1, format: 'xml' })
    // @ts-expect-error TS2353: no such option
    this.pathTo('post', { id: 1 }, { fragment: 'top' })
    // @ts-expect-error TS2353: a path has no host
    this.pathTo('post', { id: 1 }, { host: 'www.example.com' })
    // @ts-expect-error TS2322: no function fits into a query
    this.pathTo('posts', {}, { query: { page: () => 1 } })
    // @ts-expect-error TS2345: there is no route of this name
    this.urlTo('pots')
    // @ts-expect-error TS2322: no such protocol
    this.urlTo('post', { id: 1 }, { protocol: 'ftp' })
  }
}

export function outside(app: Application): string[] {
  // @ts-expect-error TS2345: there is no route of this name
  app.pathTo('pots')
  // @ts-expect-error TS2741: the path needs an id
  app.urlTo('post', {}, { host: 'www.example.com' })
  return [app.pathTo('post', { id: 1 }), app.urlTo('posts', {}, { host: 'www.example.com' })]
}

defineApplication({ defaultUrlOptions: { host: 'www.example.com', protocol: 'https' } })
// @ts-expect-error TS2353: no such option
defineApplication({ defaultUrlOptions: { hostname: 'www.example.com' } })

const isMobile = (request: HttpRequest) => request.header('user-agent')?.includes('Mobile') === true

const commentable = (r: RouteMapper) => r.shallow(() => {})

defineRoutes(
  (r) => {
    r.get('/a/:id', PathsController, 'index', { constraints: { id: /\d+/, host: 'a.test', request: isMobile } })
    r.get('/b', PathsController, 'index', { constraints: isMobile, defaults: { format: 'json' }, format: ['json'] })
    r.scope('/c', { as: 'c', shallow: true, shallowPath: 'x', shallowPrefix: 'x', pathNames: { new: 'neu' } }, () => {})
    r.namespace('d', { path: 'e' }, (r) => r.root(PathsController, 'index', { constraints: { host: /a\.test/ } }))
    r.resources('posts', PathsController, { only: ['index'], concerns: [commentable], as: 'p' })
    r.redirect('/old/:id', '/new/:id')
    r.redirect('/x', (params, request) => `/y/${params['id'] ?? ''}?${request.method}`, { status: 302, as: 'x' })

    // @ts-expect-error TS2322: a constraint on a parameter is a regular expression
    r.get('/a/:id', PathsController, 'index', { constraints: { id: 7 } })
    // @ts-expect-error TS2322: a constraint answers at once
    r.get('/a', PathsController, 'index', { constraints: async () => true })
    // @ts-expect-error TS2322: a path's parameters are strings
    r.get('/a', PathsController, 'index', { defaults: { page: 1 } })
    // @ts-expect-error TS2561: no such option
    r.get('/a', PathsController, 'index', { constraint: { id: /x/ } })
    // @ts-expect-error TS2820: no such place
    r.get('/a', PathsController, 'index', { on: 'membr' })
    // @ts-expect-error TS2561: no such option
    r.scope('/c', { pathName: { new: 'neu' } }, () => {})
    // @ts-expect-error TS2769: no such option
    r.resources('posts', PathsController, { only: ['index'], shalow: true })
    // @ts-expect-error TS2322: no status of a redirect
    r.redirect('/old', '/new', { status: 200 })
    // @ts-expect-error TS2345: a redirect leads to a path
    r.redirect('/old', () => 7)
    // @ts-expect-error TS2345: a concern draws routes
    r.concerns('commentable')
  },
  { format: true },
)
// @ts-expect-error TS2561: no such option
defineRoutes(() => {}, { formats: true })
