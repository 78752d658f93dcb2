// What an action is given, and what it may answer with.
import { Controller } from 'contrail'

declare module 'contrail' {
  interface SessionData {
    userId: number
    cart: { readonly sku: string; count: number }[]
    seenAt: Date
  }
}

export class PostsController extends Controller {
  session_() {
    this.session.userId = 1
    this.session.cart ??= []
    this.session.cart.push({ sku: 'a', count: 1 })
    this.session.seenAt = new Date()
    delete this.session.userId
    const seen: Date | undefined = this.session.seenAt
    this.render({ seen, ...this.session })

    // @ts-expect-error TS2322: it is a number
    this.session.userId = 'one'
    // @ts-expect-error TS2551: no such key
    this.session.userID = 1
    // @ts-expect-error TS2532: a session may be empty
    this.session.userId.toFixed()
    // @ts-expect-error TS2353: no such key of an item
    this.session.cart.push({ sku: 'a', count: 1, price: 3 })
    // @ts-expect-error TS2540: it is not there to be replaced; see resetSession
    this.session = {}
  }

  params_() {
    const { title } = this.params
    const id: number = this.params.int('id')
    const name: string = this.params.string('name')
    if (typeof title === 'string') title.toUpperCase()
    this.render({ id, name, there: this.params.has('page'), page: this.params.get('page') })

    // @ts-expect-error TS18046: it may be anything
    title.toUpperCase()
    // @ts-expect-error TS2322: it may be anything
    const page: string = this.params['page']
    // @ts-expect-error TS2542: parameters are there to be read
    this.params['page'] = page
  }

  render_() {
    this.render({ any: ['value', 1, null] }, { status: 201, headers: { location: '/posts/1' } })
    this.renderText('text', { status: 404 })
    this.head(204, { headers: { 'x-a': 'b' } })
    this.redirectTo(this.pathTo('post', { id: 1 }), { status: 303, allowOtherHost: false })

    // @ts-expect-error TS2322: it is a number
    this.render({}, { status: '201' })
    // @ts-expect-error TS2353: no such option
    this.render({}, { statusCode: 201 })
    // @ts-expect-error TS2322: a header's value is a string
    this.render({}, { headers: { 'x-count': 1 } })
    // @ts-expect-error TS2345: text is a string
    this.renderText({})
    // @ts-expect-error TS2554: a status there must be
    this.head()
    // @ts-expect-error TS2353: the status is the first parameter
    this.head(204, { status: 404 })
    // @ts-expect-error TS2353: leave is for redirects
    this.render({}, { allowOtherHost: true })
    // @ts-expect-error TS2322: no object fits into a path
    this.pathTo('post', { id: {} })
    // @ts-expect-error TS2540: a request's method is what it is
    this.request.method = 'GET'
  }
}
