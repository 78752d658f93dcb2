// Which controllers and actions routes take.
import { Controller, defineRoutes } from 'contrail'

class ApplicationController extends Controller {
  health() {
    this.head(204)
  }
}

class PostsController extends ApplicationController {
  readonly pageSize = 20
  index() {
    this.render([])
  }
  async show() {
    this.render(null)
  }
  create() {
    this.render(null)
  }
  search(term: string) {
    this.render(term)
  }
  paged(page = 1) {
    this.render(page)
  }
  protected secret() {
    this.head(204)
  }
}

class AllController extends ApplicationController {
  index() {}
  create() {}
  new() {}
  edit() {}
  show() {}
  update() {}
  destroy() {}
}

class ProfileController extends ApplicationController {
  create() {}
  new() {}
  edit() {}
  show() {}
  update() {}
  destroy() {}
}

class NoController {
  index() {}
}

defineRoutes((r) => {
  r.root(PostsController, 'index')
  r.get('/posts/:id', PostsController, 'show')
  r.get('/health', PostsController, 'health')
  r.match(['get', 'post'], '/any', PostsController, 'create')

  // @ts-expect-error TS2345: no such action
  r.root(PostsController, 'idnex')
  // @ts-expect-error TS2345: no such action
  r.get('/', PostsController, 'destroy')
  // @ts-expect-error TS2345: no such action
  r.post('/', PostsController, 'destroy')
  // @ts-expect-error TS2345: no such action
  r.match(['get'], '/', PostsController, 'destroy')
  // @ts-expect-error TS2345: it takes a parameter
  r.get('/', PostsController, 'search')
  // @ts-expect-error TS2345: it takes a parameter, though it need not be given
  r.get('/', PostsController, 'paged')
  // @ts-expect-error TS2345: it is protected
  r.get('/', PostsController, 'secret')
  // @ts-expect-error TS2345: it is no method
  r.get('/', PostsController, 'pageSize')
  // @ts-expect-error TS2345: it is the framework's
  r.get('/', PostsController, 'render')
  // @ts-expect-error TS2345: it is the framework's
  r.get('/', PostsController, 'resetSession')
  // @ts-expect-error TS2345: it is no controller
  r.get('/', NoController, 'index')
  // @ts-expect-error TS2345: it is a word, not a class
  r.get('/', 'posts', 'index')
  // @ts-expect-error TS2820: no such method
  r.match(['gett'], '/', PostsController, 'index')
})

defineRoutes((r) => {
  r.resources('posts', AllController)
  r.resources('posts', AllController, { path: 'articles' }, (r) => r.get('/more', AllController, 'index'))
  r.resources('posts', AllController, (r) => r.resources('comments', AllController))
  r.resources('posts', PostsController, { only: ['index', 'show'] })
  r.resources('posts', PostsController, { except: ['new', 'edit', 'update', 'destroy'] })

  // @ts-expect-error TS2345: it lacks new, edit, update and destroy
  r.resources('posts', PostsController)
  // @ts-expect-error TS2769: it lacks new, edit, update and destroy
  r.resources('posts', PostsController, (r) => r.get('/more', PostsController, 'index'))
  // @ts-expect-error TS2769: it lacks destroy
  r.resources('posts', PostsController, { only: ['index', 'destroy'] })
  // @ts-expect-error TS2769: it lacks edit, update and destroy still
  r.resources('posts', PostsController, { except: ['new'] })
  // @ts-expect-error TS2769: no such action of resources
  r.resources('posts', AllController, { only: ['publish'] })
  // @ts-expect-error TS2769: no such action of resources
  r.resources('posts', AllController, { except: ['publish'] })
  // @ts-expect-error TS2769: no such option
  r.resources('posts', AllController, { onyl: ['index'] })
})

defineRoutes((r) => {
  r.resource('profile', ProfileController)
  r.resource('profile', ProfileController, (r) => r.get('/more', ProfileController, 'show'))
  r.resource('profile', PostsController, { only: ['show'] })

  // @ts-expect-error TS2345: it lacks new, edit, update and destroy
  r.resource('profile', PostsController)
  // @ts-expect-error TS2769: a resource has no index
  r.resource('profile', AllController, { only: ['index'] })
})
