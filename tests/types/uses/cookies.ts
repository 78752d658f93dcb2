// What cookies, the flash and forgery protection take and give.
import { Controller, type CookieOptions, type JsonValue } from 'contrail'

declare module 'contrail' {
  interface FlashData {
    /** As the framework has it: saying it again is no error. */
    notice: string
    undo: { readonly postId: number }
  }
}

interface Preferences {
  readonly theme: 'dark' | 'light'
  readonly tags?: readonly string[]
}

const preferences: Preferences = { theme: 'dark' }
const options: CookieOptions = { maxAge: 60, secure: 'auto' }

class ApplicationController extends Controller {
  static {
    this.protectFromForgery()
  }
}

export class PostsController extends ApplicationController {
  static {
    this.protectFromForgery({ except: ['index'] })
    this.skipForgeryProtection({ only: ['hook'] })

    // @ts-expect-error TS2322: no such action
    this.protectFromForgery({ only: ['destroy'] })
    // @ts-expect-error TS2820: no such action
    this.protectFromForgery({ except: ['idnex'] })
    // @ts-expect-error TS2322: no such action
    this.skipForgeryProtection({ only: ['destroy'] })
    // @ts-expect-error TS2322: it is the framework's
    this.skipForgeryProtection({ only: ['csrfToken'] })
    // @ts-expect-error TS2353: no such option; an error is rescued, not configured
    this.protectFromForgery({ with: 'exception' })
  }

  index() {
    const theme: string | undefined = this.cookies.get('theme')
    this.cookies.set('theme', 'dark', options)
    this.cookies.permanent.set('theme', 'dark', { path: '/', sameSite: 'strict' })
    this.cookies.delete('theme', { path: '/' })
    const known: boolean = this.cookies.has('theme')

    // @ts-expect-error TS2322: there may be none
    const certain: string = this.cookies.get('theme')
    // @ts-expect-error TS2345: a plain cookie is a string
    this.cookies.set('count', 1)
    // @ts-expect-error TS2345: delete says it
    this.cookies.set('theme', undefined)
    // @ts-expect-error TS2353: no such option
    this.cookies.set('theme', 'dark', { expireAfter: 60 })
    // @ts-expect-error TS2322: no such value
    this.cookies.set('theme', 'dark', { sameSite: 'sometimes' })
    // @ts-expect-error TS2322: in seconds
    this.cookies.set('theme', 'dark', { maxAge: '60' })
    // @ts-expect-error TS2353: what is deleted has no age
    this.cookies.delete('theme', { maxAge: 0 })
    // @ts-expect-error TS2540: it is not there to be replaced
    this.cookies = new Map()
    this.render({ theme, known, certain })
  }

  hook() {
    const user: JsonValue | undefined = this.cookies.signed.get('user')
    if (typeof user === 'number') user.toFixed()
    this.cookies.signed.set('user', 1)
    this.cookies.encrypted.set('user', { id: 1, roles: ['a', null], since: undefined })
    this.cookies.encrypted.set('preferences', preferences, { maxAge: 60 })
    this.cookies.permanent.signed.set('all', [preferences, preferences])
    this.cookies.signed.permanent.set('user', null)
    this.cookies.signed.set('again', user ?? null)

    // @ts-expect-error TS2322: it may be anything
    const id: number = this.cookies.signed.get('user')
    // @ts-expect-error TS2345: a date would come back as a string
    this.cookies.signed.set('at', new Date())
    // @ts-expect-error TS2322: at any depth
    this.cookies.encrypted.set('at', { deep: { at: new Date() } })
    // @ts-expect-error TS2345: JSON has none
    this.cookies.signed.set('big', 1n)
    // @ts-expect-error TS2345: delete says it
    this.cookies.signed.set('user', undefined)
    // @ts-expect-error TS2322: functions are no data
    this.cookies.signed.set('user', { name: () => 'x' })
    // @ts-expect-error TS2339: signed or encrypted, not both
    this.cookies.signed.encrypted.set('user', 1)
    this.render({ id })
  }

  flash_() {
    this.flash.set('notice', 'Saved.')
    this.flash.set('undo', { postId: 1 })
    this.flash.now.set('alert', 'Wrong.')
    this.flash.keep('undo')
    this.flash.keep()
    this.flash.discard('notice')
    const notice: string | undefined = this.flash.get('notice')
    const postId: number | undefined = this.flash.get('undo')?.postId
    this.render({ notice, postId, all: this.flash, known: this.flash.has('alert') })
    this.redirectTo('/', { notice: 'Saved.', alert: 'Careful.', flash: { undo: { postId: 1 } } })

    // @ts-expect-error TS2345: no such key
    this.flash.set('notcie', 'Saved.')
    // @ts-expect-error TS2345: it is a string
    this.flash.set('notice', 1)
    // @ts-expect-error TS2345: no such key
    this.flash.get('error')
    // @ts-expect-error TS2345: no such key
    this.flash.keep('error')
    // @ts-expect-error TS2345: it is an object
    this.flash.now.set('undo', 1)
    // @ts-expect-error TS2322: there may be none
    const certain: string = this.flash.get('notice')
    // @ts-expect-error TS2561: no such key
    this.redirectTo('/', { flash: { notcie: 'Saved.' } })
    // @ts-expect-error TS2322: it is a string
    this.redirectTo('/', { notice: 1 })
    // @ts-expect-error TS2353: there is no next page to show it
    this.render({}, { notice: certain })
  }

  form() {
    const token: string = this.csrfToken()
    this.renderHtml(this.csrfField({ path: this.pathTo('posts') }) + this.csrfToken({ path: '/', method: 'PATCH' }))

    // @ts-expect-error TS2322: it changes nothing, and needs no token
    this.csrfToken({ path: '/', method: 'GET' })
    // @ts-expect-error TS2741: a form is sent somewhere
    this.csrfField({ method: 'POST' })
    return token
  }
}
