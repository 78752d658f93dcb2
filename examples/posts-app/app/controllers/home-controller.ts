import { ApplicationController } from './application-controller.js'

export class HomeController extends ApplicationController {
  index() {
    this.render({
      posts: this.pathTo('posts'),
      lastPost: this.pathTo('lastPosts'),
      session: '/session',
    })
  }
}
