import { defineRoutes } from 'contrail'
import { HomeController } from '../app/controllers/home-controller.js'
import { PostsController } from '../app/controllers/posts-controller.js'
import { SessionExampleController } from '../app/controllers/session-example-controller.js'

export default defineRoutes((r) => {
  r.root(HomeController, 'index')
  r.resources('posts', PostsController, { except: ['new', 'edit'] }, (r) => {
    r.collection((r) => r.get('last', PostsController, 'last'))
  })
  r.get('/session', SessionExampleController, 'index')
  r.get('/session/show', SessionExampleController, 'show')
  r.delete('/session', SessionExampleController, 'destroy')
})
