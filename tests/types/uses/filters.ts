// What filters and rescues are given, and which actions they may name.
import { Controller, NotFound } from 'contrail'

class RecordMissing extends Error {
  readonly table: string = 'posts'
}

class ApplicationController extends Controller {
  static {
    this.beforeAction((c) => c.requireLogin())
    this.rescueFrom(NotFound, (c, error) => c.render({ status: error.status }))
  }
  health() {
    this.head(204)
  }
  protected requireLogin() {
    if (this.params['user'] === undefined) this.head(401)
  }
}

const locale = (c: ApplicationController) => c.head(200)

class PostsController extends ApplicationController {
  static {
    this.beforeAction((c) => c.loadPost(), { only: ['show'], as: 'post' })
    this.beforeAction((c) => c.requireLogin(), { except: ['index', 'show', 'health'] })
    this.beforeAction(locale)
    this.afterAction((c) => c.loadPost())
    this.aroundAction(async (c, proceed) => {
      c.loadPost()
      await proceed()
    })
    this.skipBeforeAction('post', { only: ['index'] })
    this.skipBeforeAction(locale)
    this.rescueFrom(RecordMissing, (c, error) => c.missing(error.table.toUpperCase()))
    this.rescueFrom([RecordMissing], (_, error) => error.table)
    this.rescueFrom([RangeError, TypeError], (c, error) => c.render(error.message))

    // @ts-expect-error TS2820: no such action
    this.beforeAction(() => undefined, { only: ['idnex'] })
    // @ts-expect-error TS2322: no such action
    this.beforeAction(() => undefined, { except: ['destroy'] })
    // @ts-expect-error TS2322: no such action
    this.afterAction(() => undefined, { only: ['destroy'] })
    // @ts-expect-error TS2322: no such action
    this.aroundAction(() => undefined, { only: ['destroy'] })
    // @ts-expect-error TS2322: no such action
    this.skipBeforeAction('post', { only: ['destroy'] })
    // @ts-expect-error TS2322: it is the framework's
    this.beforeAction(() => undefined, { only: ['render'] })
    // @ts-expect-error TS2322: it takes a parameter
    this.beforeAction(() => undefined, { only: ['missing'] })
    // @ts-expect-error TS2353: no such option
    this.beforeAction(() => undefined, { onyl: ['index'] })
    // @ts-expect-error TS2551: no such method
    this.beforeAction((c) => c.requireLogout())
    // @ts-expect-error TS2339: no such property of the error
    this.rescueFrom(RecordMissing, (_, error) => error.column)
    // @ts-expect-error TS2339: an error of any class has no table
    this.rescueFrom(Error, (_, error) => error.table)
    // @ts-expect-error TS2345: it is no class
    this.rescueFrom('RecordMissing', () => undefined)
    // @ts-expect-error TS2554: proceed takes nothing
    this.aroundAction((_, proceed) => proceed('now'))
  }
  index() {
    this.render([])
  }
  show() {
    this.render(null)
  }
  missing(table: string) {
    this.render({ table }, { status: 404 })
  }
  private loadPost() {
    this.response.headers.set('x-post', '1')
  }
}

// @ts-expect-error TS2445: it is protected, and this is not its class
PostsController.beforeAction((c) => c.requireLogin())
