// Filters: in which order they run, for which actions, what halts them, and what is refused when they are declared.
import { Controller, type ControllerClass, type RouteMapper } from 'contrail'
import { describe, expect, test } from 'vitest'
import { ask, boot } from '../../harness/app.js'

/** The base of the controllers here: what ran, in order, is in the answer. */
class TraceController extends Controller {
  readonly trace: string[] = []
  index() {
    this.#answer('index')
  }
  show() {
    this.#answer('show')
  }
  async create() {
    await later()
    this.#answer('create')
  }
  #answer(action: string) {
    this.trace.push(action)
    this.render(this.trace)
  }
}

const later = () => new Promise<void>((resolve) => setImmediate(resolve))
const mark = (word: string) => (c: TraceController) => void c.trace.push(word)

/** Asks an action of a controller. */
async function run(controller: ControllerClass<TraceController>, action: 'index' | 'show' | 'create' = 'index') {
  const { app, log } = boot((r: RouteMapper) => r.root(controller, action))
  return { answer: await ask(app, '/'), log }
}

describe('before-filters', () => {
  test("run in the order of declaration, a parent's first", async () => {
    class Parent extends TraceController {
      static {
        this.beforeAction(mark('parent 1'))
        this.beforeAction(mark('parent 2'))
      }
    }
    class Child extends Parent {
      static {
        this.beforeAction(mark('child 1'))
        this.beforeAction(mark('child 2'))
      }
    }
    expect((await run(Child)).answer.json).toEqual(['parent 1', 'parent 2', 'child 1', 'child 2', 'index'])
  })

  test('of a child do not run for its parent or its siblings', async () => {
    class Parent extends TraceController {
      static {
        this.beforeAction(mark('parent'))
      }
    }
    class Child extends Parent {
      static {
        this.beforeAction(mark('child'))
      }
    }
    class Sibling extends Parent {}
    expect((await run(Child)).answer.json).toEqual(['parent', 'child', 'index'])
    expect((await run(Parent)).answer.json).toEqual(['parent', 'index'])
    expect((await run(Sibling)).answer.json).toEqual(['parent', 'index'])
  })

  test('that wait are waited for, in order', async () => {
    class WaitingController extends TraceController {
      static {
        this.beforeAction(async (c) => {
          await later()
          c.trace.push('slow')
        })
        this.beforeAction(mark('quick'))
      }
    }
    expect((await run(WaitingController)).answer.json).toEqual(['slow', 'quick', 'index'])
    expect((await run(WaitingController, 'create')).answer.json).toEqual(['slow', 'quick', 'create'])
  })

  test('are for the actions of only', async () => {
    class OnlyController extends TraceController {
      static {
        this.beforeAction(mark('filter'), { only: ['index', 'create'] })
      }
    }
    expect((await run(OnlyController, 'index')).answer.json).toEqual(['filter', 'index'])
    expect((await run(OnlyController, 'create')).answer.json).toEqual(['filter', 'create'])
    expect((await run(OnlyController, 'show')).answer.json).toEqual(['show'])
  })

  test('are for all actions but those of except', async () => {
    class ExceptController extends TraceController {
      static {
        this.beforeAction(mark('filter'), { except: ['show'] })
      }
    }
    expect((await run(ExceptController, 'index')).answer.json).toEqual(['filter', 'index'])
    expect((await run(ExceptController, 'show')).answer.json).toEqual(['show'])
  })

  test('with both are for those of only that except does not name', async () => {
    class BothController extends TraceController {
      static {
        this.beforeAction(mark('filter'), { only: ['index', 'show'], except: ['show'] })
      }
    }
    expect((await run(BothController, 'index')).answer.json).toEqual(['filter', 'index'])
    expect((await run(BothController, 'show')).answer.json).toEqual(['show'])
  })

  test.each(['at once', 'later'])('that answer %s halt: nothing after them runs', async (when) => {
    const ran: string[] = []
    class HaltingController extends TraceController {
      static {
        this.afterAction(() => void ran.push('after outside'))
        this.beforeAction((c) => {
          if (when === 'at once') return c.head(403)
          return later().then(() => c.head(403))
        })
        this.beforeAction(() => void ran.push('before'))
        this.afterAction(() => void ran.push('after inside'))
        this.aroundAction(() => void ran.push('around'))
      }
      override index() {
        ran.push('action')
        super.index()
      }
    }
    expect((await run(HaltingController)).answer.status).toBe(403)
    expect(ran).toEqual([])
  })

  test('that throw keep the action from running', async () => {
    let ran = false
    class ThrowingController extends TraceController {
      static {
        this.beforeAction(() => {
          throw new Error('no')
        })
      }
      override index() {
        ran = true
      }
    }
    expect((await run(ThrowingController)).answer.status).toBe(500)
    expect(ran).toBe(false)
  })
})

describe('after-filters', () => {
  test('run last declared first, with the answer given', async () => {
    class AfterController extends TraceController {
      static {
        this.afterAction((c) => void c.response.headers.append('x-trace', `first ${c.response.status}`))
        this.afterAction(async (c) => {
          await later()
          c.response.headers.append('x-trace', 'second')
        })
      }
    }
    for (const action of ['index', 'create'] as const) {
      const { app } = boot((r) => r.root(AfterController, action))
      const response = await app.handle({ method: 'GET', url: '/', headers: {} })
      expect(response.headers.getAll('x-trace')).toEqual(['second', 'first 200'])
    }
  })

  test.each(['at once', 'later'])('do not run when the action throws %s', async (when) => {
    let ran = false
    class ThrowingController extends TraceController {
      static {
        this.afterAction(() => {
          ran = true
        })
      }
      override index() {
        if (when === 'at once') throw new Error('no')
        return later().then(() => Promise.reject(new Error('no')))
      }
    }
    expect((await run(ThrowingController)).answer.status).toBe(500)
    expect(ran).toBe(false)
  })
})

describe('around-filters', () => {
  test('wrap the filters declared after them and the action', async () => {
    class AroundController extends TraceController {
      static {
        this.beforeAction(mark('outside'))
        this.aroundAction(async (c, proceed) => {
          c.trace.push('open')
          await proceed()
          c.response.headers.set('x-closed-after', c.trace.join())
        })
        this.beforeAction(mark('inside'))
      }
    }
    const { answer } = await run(AroundController, 'create')
    expect(answer.json).toEqual(['outside', 'open', 'inside', 'create'])
    expect(answer.headers['x-closed-after']).toBe('outside,open,inside,create')
  })

  test.each(['index', 'create'] as const)('see the errors of %s, and may answer them', async (action) => {
    class CatchingController extends TraceController {
      static {
        this.aroundAction(async (c, proceed) => {
          try {
            await proceed()
          } catch (error) {
            c.renderText(`caught ${(error as Error).message}`)
          }
        })
      }
      override index() {
        throw new Error('it')
      }
      override async create() {
        await later()
        throw new Error('it')
      }
    }
    expect((await run(CatchingController, action)).answer.text).toBe('caught it')
  })

  test('that let errors through leave them to the request', async () => {
    class PassingController extends TraceController {
      static {
        this.aroundAction((_, proceed) => proceed())
      }
      override index() {
        throw new Error('no')
      }
    }
    const { answer, log } = await run(PassingController)
    expect(answer.status).toBe(500)
    expect(log[0]).toMatchObject({ msg: 'no' })
  })

  test('that proceed twice fail', async () => {
    class TwiceController extends TraceController {
      static {
        this.aroundAction(async (_, proceed) => {
          await proceed()
          await proceed()
        })
      }
    }
    const { answer, log } = await run(TwiceController)
    expect(answer.status).toBe(500)
    expect(log[0]).toMatchObject({ msg: 'An aroundAction filter of TwiceController#index called proceed() twice.' })
  })

  test('that never proceed and do not answer leave the request without an answer, which is said', async () => {
    class IdleController extends TraceController {
      static {
        this.aroundAction(() => undefined)
      }
    }
    const { answer, log } = await run(IdleController)
    expect(answer.status).toBe(500)
    expect(log[0]?.['msg']).toMatch(/^IdleController#index ended without an answer/)
  })

  test('may answer in place of the action', async () => {
    class CachingController extends TraceController {
      static {
        this.aroundAction((c) => c.renderText('cached'))
      }
    }
    expect((await run(CachingController)).answer.text).toBe('cached')
  })
})

describe('skipBeforeAction', () => {
  const requireLogin = (c: TraceController) => c.trace.push('login')

  class SecuredController extends TraceController {
    static {
      this.beforeAction(requireLogin)
      this.beforeAction(mark('locale'), { as: 'locale' })
    }
  }

  test('takes a filter of a parent away by its function', async () => {
    class PublicController extends SecuredController {
      static {
        this.skipBeforeAction(requireLogin)
      }
    }
    expect((await run(PublicController)).answer.json).toEqual(['locale', 'index'])
    expect((await run(SecuredController)).answer.json).toEqual(['login', 'locale', 'index'])
  })

  test('takes it away by its name', async () => {
    class PlainController extends SecuredController {
      static {
        this.skipBeforeAction('locale')
      }
    }
    expect((await run(PlainController)).answer.json).toEqual(['login', 'index'])
  })

  test('takes it away for some actions only', async () => {
    class HalfController extends SecuredController {
      static {
        this.skipBeforeAction(requireLogin, { only: ['index'] })
        this.skipBeforeAction('locale', { except: ['index'] })
      }
    }
    expect((await run(HalfController, 'index')).answer.json).toEqual(['locale', 'index'])
    expect((await run(HalfController, 'show')).answer.json).toEqual(['login', 'show'])
  })

  test('can be undone by declaring the filter again', async () => {
    class AgainController extends SecuredController {
      static {
        this.skipBeforeAction(requireLogin)
        this.beforeAction(requireLogin)
      }
    }
    expect((await run(AgainController)).answer.json).toEqual(['locale', 'login', 'index'])
  })

  test('leaves after- and around-filters of the same function', async () => {
    class MixedController extends TraceController {
      static {
        this.beforeAction(requireLogin)
        this.afterAction(requireLogin)
        this.afterAction((c) => void c.response.headers.set('x-trace', c.trace.join()))
        this.skipBeforeAction(requireLogin)
      }
    }
    class LastController extends TraceController {
      static {
        this.afterAction((c) => void c.response.headers.set('x-trace', c.trace.join()))
        this.beforeAction(requireLogin)
        this.afterAction(requireLogin)
        this.skipBeforeAction(requireLogin)
      }
    }
    expect((await run(MixedController)).answer.json).toEqual(['index'])
    expect((await run(LastController)).answer.headers['x-trace']).toBe('index,login')
  })

  test.each([
    ['another function', () => undefined, 'is the function given'],
    ['a function with a name', requireLogin, 'is requireLogin'],
    ['a name', 'nowhere', 'is "nowhere"'],
  ])('of %s that no filter was declared with is refused', (_, which, message) => {
    expect(() => {
      class WrongController extends TraceController {
        static {
          this.skipBeforeAction(...([which] as [() => unknown]))
        }
      }
      return WrongController
    }).toThrow(TypeError)
    expect(() => class extends TraceController {}.skipBeforeAction(which)).toThrow(message)
  })
})

describe('a filter for an action that there is none of', () => {
  test.each(['beforeAction', 'afterAction', 'aroundAction'] as const)('is refused by %s, with its name', (macro) => {
    class WrongController extends TraceController {}
    const declare = () => WrongController[macro](() => undefined, { only: ['idnex' as 'index'] })
    expect(declare).toThrow(TypeError)
    expect(declare).toThrow(`WrongController.${macro}: only names "idnex", which is no action of WrongController.`)
  })

  test('is refused in except, and by skipBeforeAction', () => {
    class WrongController extends TraceController {}
    expect(() => WrongController.beforeAction(() => undefined, { except: ['shwo' as 'show'] })).toThrow(
      'except names "shwo"',
    )
    expect(() => WrongController.skipBeforeAction('any', { only: ['shwo' as 'show'] })).toThrow(
      'WrongController.skipBeforeAction: only names "shwo"',
    )
  })
})
