import { ApplicationController } from './application-controller.js'

export class SessionExampleController extends ApplicationController {
  index() {
    this.session.currentTime = new Date()
    this.render({ message: 'set some data in the session' })
  }

  show() {
    this.render(this.session)
  }

  destroy() {
    this.resetSession()
    this.head(204)
  }
}
