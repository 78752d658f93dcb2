// Filters that depend on the request, that come before all others, and that are taken away. The orders here are those that
// Rails' own ActionController (6.1.7) gave for the same declarations, except where a test says otherwise.
import { BootError, Controller, type ControllerClass } from 'contrail'
import { describe, expect, test } from 'vitest'
import { ask, boot } from '../../harness/app.js'

/** What ran, in order, is in `ran`. */
let ran: string[] = []
const mark = (word: string) => () => void ran.push(word)
const says = (word: string, answer: boolean) => () => {
  ran.push(word)
  return answer
}

class TraceController extends Controller {
  index() {
    ran.push('index')
    this.head(204)
  }
  show() {
    ran.push('show')
    this.head(204)
  }
}

async function run(controller: ControllerClass<TraceController>, action: 'index' | 'show' = 'index', query = '') {
  ran = []
  const { app, log } = boot((r) => r.root(controller, action))
  const { status } = await ask(app, `/${query}`)
  return { ran: ran.join(' '), status, message: log[0]?.['msg'] }
}

const flagged = (c: Controller) => c.request.query['flag'] !== undefined

describe('if and unless', () => {
  test('decide for each request, by its controller', async () => {
    class FlagController extends TraceController {
      static {
        this.beforeAction(mark('before'), { if: flagged })
        this.afterAction(mark('after'), { unless: flagged })
        this.aroundAction(
          async (_, proceed) => {
            ran.push('open')
            await proceed()
          },
          { if: flagged },
        )
      }
    }
    expect((await run(FlagController, 'index', '?flag')).ran).toBe('before open index')
    expect((await run(FlagController)).ran).toBe('index after')
  })

  test('several must all agree, and are asked in order until one does not', async () => {
    class SeveralController extends TraceController {
      static {
        this.beforeAction(mark('first'), { if: [says('i1', true), says('i2', true)], unless: says('u', false) })
        this.beforeAction(mark('second'), { if: [says('i3', false), says('i4', true)], unless: says('u', false) })
        this.beforeAction(mark('third'), { unless: [says('u1', false), says('u2', true), says('u3', false)] })
      }
    }
    expect((await run(SeveralController)).ran).toBe('i1 i2 u first i3 u1 u2 index')
  })

  test('are asked when the turn of the filter has come: of an after-filter after the action, of none once halted', async () => {
    class TurnController extends TraceController {
      static {
        this.afterAction(mark('after'), { if: says('after?', true) })
        this.aroundAction((_, proceed) => proceed(), { if: says('around?', false) })
        this.beforeAction(mark('before'), { if: says('before?', true) })
      }
    }
    class HaltedController extends TurnController {
      static {
        this.prependBeforeAction((c) => c.head(403))
      }
    }
    expect((await run(TurnController)).ran).toBe('around? before? before index after? after')
    expect(await run(HaltedController)).toMatchObject({ status: 403, ran: '' })
  })

  test('go with only and except', async () => {
    class BothController extends TraceController {
      static {
        this.beforeAction(mark('before'), { only: ['show'], if: flagged })
      }
    }
    expect((await run(BothController, 'show', '?flag')).ran).toBe('before show')
    expect((await run(BothController, 'show')).ran).toBe('show')
    expect((await run(BothController, 'index', '?flag')).ran).toBe('index')
  })

  test('that throw fail the request', async () => {
    class ThrowingController extends TraceController {
      static {
        this.beforeAction(mark('before'), {
          if: () => {
            throw new Error('no')
          },
        })
      }
    }
    expect(await run(ThrowingController)).toEqual({ ran: '', status: 500, message: 'no' })
  })

  test('that are async are refused where they are declared; that give a promise, when they do', async () => {
    class AsyncController extends TraceController {}
    for (const key of ['if', 'unless'])
      expect(() => AsyncController.beforeAction(mark('x'), { [key]: async () => false } as never)).toThrow(
        `AsyncController.beforeAction: ${key} gives a promise, which says neither yes nor no.`,
      )
    class PromisingController extends TraceController {
      static {
        this.beforeAction(mark('guard'), { unless: (() => Promise.reject(new Error('late'))) as never })
      }
    }
    const { status, ran, message } = await run(PromisingController)
    expect({ status, ran }).toEqual({ status: 500, ran: '' })
    expect(message).toMatch(/^PromisingController.beforeAction: unless gives a promise/)
  })

  test('that are no functions are refused', () => {
    class NameController extends TraceController {}
    expect(() => NameController.afterAction(mark('x'), { if: 'flagged' } as never)).toThrow(
      'NameController.afterAction: if is flagged. Give a function of the controller, or several.',
    )
    expect(() => NameController.beforeAction(mark('x'), { iff: flagged } as never)).toThrow(BootError)
  })
})

test('only and except take one name as well as several', async () => {
  class OneController extends TraceController {
    static {
      this.beforeAction(mark('only'), { only: 'show' })
      this.beforeAction(mark('except'), { except: 'show' })
    }
  }
  expect((await run(OneController, 'show')).ran).toBe('only show')
  expect((await run(OneController, 'index')).ran).toBe('except index')
  // A name is a whole name: "index" is not in "indexes".
  expect(() => OneController.beforeAction(mark('x'), { only: 'sho' as 'show' })).toThrow('only names "sho"')
})

describe('what is prepended', () => {
  class ParentController extends TraceController {
    static {
      this.beforeAction(mark('parent'))
      this.afterAction(mark('parent-after'))
    }
  }

  test("comes before all that was declared so far, a parent's filters too; of two, the second", async () => {
    class ChildController extends ParentController {
      static {
        this.beforeAction(mark('child'))
        this.prependBeforeAction(mark('p1'))
        this.prependBeforeAction(mark('p2'))
      }
    }
    expect((await run(ChildController)).ran).toBe('p2 p1 parent child index parent-after')
  })

  test('as an after-filter runs last, as an around-filter is outermost', async () => {
    class ChildController extends ParentController {
      static {
        this.afterAction(mark('after'))
        this.prependAfterAction(mark('last'), { only: 'index' })
        this.prependAroundAction(async (_, proceed) => {
          ran.push('open')
          await proceed()
          ran.push('close')
        })
      }
    }
    expect((await run(ChildController)).ran).toBe('open parent index after parent-after last close')
    expect((await run(ChildController, 'show')).ran).toBe('open parent show after parent-after close')
  })
})

describe('what is skipped', () => {
  const around = async (_: TraceController, proceed: () => Promise<void>) => {
    ran.push('open')
    await proceed()
  }
  const after = mark('after')

  class FilteredController extends TraceController {
    static {
      this.beforeAction(mark('login'), { as: 'login' })
      this.aroundAction(around)
      this.afterAction(after)
    }
  }

  test('may be an after-filter or an around-filter, by its function or its name', async () => {
    class PlainController extends FilteredController {
      static {
        this.skipAfterAction(after)
        this.skipAroundAction(around, { only: 'index' })
      }
    }
    expect((await run(FilteredController)).ran).toBe('login open index after')
    expect((await run(PlainController)).ran).toBe('login index')
    expect((await run(PlainController, 'show')).ran).toBe('login open show')
  })

  test('must be of the kind that was declared', () => {
    class WrongController extends FilteredController {}
    expect(() => WrongController.skipAfterAction('login')).toThrow(
      'WrongController.skipAfterAction: no afterAction filter of WrongController or its parents is "login".',
    )
    expect(() => WrongController.skipAroundAction(after)).toThrow('no aroundAction filter')
    expect(() => WrongController.skipBeforeAction(after)).toThrow('no beforeAction filter')
  })

  test('is skipped for the requests of its if and unless only; where only is given too, both must hold', async () => {
    class GuestController extends FilteredController {
      static {
        this.skipBeforeAction('login', { if: flagged, only: 'index' })
      }
    }
    expect((await run(GuestController, 'index', '?flag')).ran).toBe('open index after')
    // Rails 6.1 skips here, since of two conditions of a skip it takes either.
    expect((await run(GuestController, 'index')).ran).toBe('login open index after')
    expect((await run(GuestController, 'show', '?flag')).ran).toBe('login open show after')
  })

  test('keeps its own conditions where the skip does not hold', async () => {
    class OwnController extends TraceController {
      static {
        this.beforeAction(mark('login'), { as: 'login', unless: (c) => c.request.query['own'] !== undefined })
        this.skipBeforeAction('login', { if: flagged })
      }
    }
    expect((await run(OwnController)).ran).toBe('login index')
    expect((await run(OwnController, 'index', '?own')).ran).toBe('index')
    expect((await run(OwnController, 'index', '?flag')).ran).toBe('index')
  })
})

describe('an around-filter that does not proceed', () => {
  test('keeps what is inside it from running, and after-filters outside it run', async () => {
    class CachedController extends TraceController {
      static {
        this.afterAction(mark('outside'))
        this.beforeAction(mark('before'))
        this.aroundAction((c) => c.renderText('cached'))
        this.afterAction(mark('inside'))
        this.beforeAction(mark('inner'))
      }
    }
    expect((await run(CachedController)).ran).toBe('before outside')
  })

  test('or that answers an error lets the after-filters outside it run; one that throws on does not', async () => {
    class FailingController extends TraceController {
      override index() {
        throw new Error('no')
      }
    }
    class AnsweringController extends FailingController {
      static {
        this.afterAction(mark('outside'))
        this.aroundAction(async (c, proceed) => {
          await proceed().catch(() => c.renderText('sorry', { status: 500 }))
        })
        this.afterAction(mark('inside'))
      }
    }
    class PassingController extends FailingController {
      static {
        this.afterAction(mark('outside'))
        this.aroundAction(async (_, proceed) => {
          try {
            await proceed()
          } finally {
            ran.push('seen')
          }
        })
      }
    }
    expect((await run(AnsweringController)).ran).toBe('outside')
    expect((await run(PassingController)).ran).toBe('seen')
  })
})
