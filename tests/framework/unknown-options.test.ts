// A misspelt option of a route or a filter is refused at boot: the compiler does not see what JavaScript or a cast hides.
import { BootError, Controller } from 'contrail'
import { describe, expect, test } from 'vitest'
import { boot } from '../harness/app.js'

class PagesController extends Controller {
  index() {}
  show() {}
}

describe('a misspelt option', () => {
  test.each([
    ['of a route', () => boot((r) => r.get('/a', PagesController, 'index', { az: 'visit' } as never)), '"az"'],
    ['of a scope', () => boot((r) => r.scope('/a', { name: 'visit' } as never, () => {})), '"name"'],
    [
      'of resources',
      () => boot((r) => r.resources('posts', PagesController as never, { onyl: ['index'] } as never)),
      'did you mean "only"?',
    ],
    [
      'of beforeAction',
      () => PagesController.beforeAction(() => {}, { onyl: ['index'] } as never),
      'PagesController.beforeAction',
    ],
    [
      'of skipBeforeAction, which would skip for all actions',
      () => PagesController.skipBeforeAction('login', { onyl: ['index'] } as never),
      'did you mean "only"?',
    ],
    [
      'of protectFromForgery',
      () => PagesController.protectFromForgery({ onyl: ['index'] } as never),
      'PagesController.protectFromForgery',
    ],
  ])('%s is a BootError that names it', (_, declare, part) => {
    expect(declare).toThrow(BootError)
    expect(declare).toThrow(part)
  })

  test.each(['only', 'except'])('an action in %s that a resource cannot have is refused', (key) => {
    const draw = () => boot((r) => r.resources('posts', PagesController as never, { [key]: ['shwo'] } as never))
    expect(draw).toThrow(/resources\('posts'\) names the action "shwo", which it cannot have/)
  })

  test('index of a singular resource is refused', () => {
    const draw = () => boot((r) => r.resource('post', PagesController as never, { only: ['index'] } as never))
    expect(draw).toThrow(/resource\('post'\) names the action "index"/)
  })
})
