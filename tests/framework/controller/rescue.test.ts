// rescueFrom: which handler gets an error, and what it answers.
import { Controller, type ControllerClass, MissingResponseError, NotFound } from 'contrail'
import { describe, expect, test } from 'vitest'
import { ask, boot } from '../../harness/app.js'

class StoreError extends Error {}
class RecordMissing extends StoreError {}
class RecordLocked extends StoreError {}

const later = () => new Promise<void>((resolve) => setImmediate(resolve))

/** Throws what `failure` gives. */
abstract class FailingController extends Controller {
  failure(): unknown {
    return new RecordMissing('gone')
  }
  index(): unknown {
    throw this.failure()
  }
}

async function run(controller: ControllerClass<FailingController>) {
  const { app, log } = boot((r) => r.root(controller, 'index'))
  return { answer: await ask(app, '/'), log }
}

const say = (word: string) => (c: Controller) => c.renderText(word, { status: 404 })

describe('a rescue', () => {
  test('gets the controller and the error, and its answer is the response', async () => {
    class PostsController extends FailingController {
      static {
        this.rescueFrom(RecordMissing, (c, error) => c.render({ error: error.message }, { status: 404 }))
      }
    }
    const { answer, log } = await run(PostsController)
    expect(answer.status).toBe(404)
    expect(answer.json).toEqual({ error: 'gone' })
    expect(log).toEqual([])
  })

  test.each(['at once', 'later'])('is for an error thrown %s, in the action or in a filter', async (when) => {
    const fail = () => {
      if (when === 'at once') throw new RecordMissing('gone')
      return later().then(() => Promise.reject(new RecordMissing('gone')))
    }
    class ActionController extends FailingController {
      static {
        this.rescueFrom(StoreError, say('rescued'))
      }
      override index() {
        return fail()
      }
    }
    class FilterController extends ActionController {
      static {
        this.beforeAction(fail)
      }
    }
    expect((await run(ActionController)).answer.text).toBe('rescued')
    expect((await run(FilterController)).answer.text).toBe('rescued')
  })

  test('may wait', async () => {
    class WaitingController extends FailingController {
      static {
        this.rescueFrom(RecordMissing, async (c) => {
          await later()
          c.renderText('late')
        })
      }
    }
    expect((await run(WaitingController)).answer.text).toBe('late')
  })

  test('takes several classes', async () => {
    class ListController extends FailingController {
      static {
        this.rescueFrom([RecordLocked, RecordMissing], say('one of them'))
      }
    }
    expect((await run(ListController)).answer.text).toBe('one of them')
  })

  test('is not for errors of other classes', async () => {
    class OtherController extends FailingController {
      static {
        this.rescueFrom(RecordLocked, say('locked'))
      }
    }
    const { answer, log } = await run(OtherController)
    expect(answer.status).toBe(500)
    expect(log[0]).toMatchObject({ msg: 'gone' })
  })

  test("of a parent is for its children, and a child's not for the parent", async () => {
    class Parent extends FailingController {
      static {
        this.rescueFrom(RecordMissing, say('parent'))
      }
    }
    class Child extends Parent {}
    class OtherChild extends Parent {
      static {
        this.rescueFrom(RecordMissing, say('child'))
      }
    }
    expect((await run(Child)).answer.text).toBe('parent')
    expect((await run(OtherChild)).answer.text).toBe('child')
    expect((await run(Parent)).answer.text).toBe('parent')
  })

  test('of the nearest class wins, wherever it was declared', async () => {
    class NearFirst extends FailingController {
      static {
        this.rescueFrom(RecordMissing, say('missing'))
        this.rescueFrom(Error, say('any'))
        this.rescueFrom(StoreError, say('store'))
      }
    }
    class Child extends NearFirst {
      static {
        this.rescueFrom(Error, say('any of the child'))
      }
    }
    class NearLast extends FailingController {
      static {
        this.rescueFrom(Error, say('any'))
        this.rescueFrom(StoreError, say('store'))
        this.rescueFrom(RecordMissing, say('missing'))
      }
    }
    for (const controller of [NearFirst, Child, NearLast]) expect((await run(controller)).answer.text).toBe('missing')
  })

  test('declared last wins over one for the same class', async () => {
    class TieController extends FailingController {
      static {
        this.rescueFrom(RecordMissing, say('first'))
        this.rescueFrom(RecordMissing, say('last'))
      }
    }
    expect((await run(TieController)).answer.text).toBe('last')
  })

  test("is for an error's cause when the error itself has none, and gets that cause", async () => {
    class CauseController extends FailingController {
      static {
        this.rescueFrom(RecordMissing, (c, error) => c.renderText(`cause: ${error.message}`))
      }
      override failure() {
        return new Error('outer', { cause: new Error('middle', { cause: new RecordMissing('inner') }) })
      }
    }
    class OuterController extends CauseController {
      static {
        this.rescueFrom(Error, (c, error) => c.renderText(`error: ${error.message}`))
      }
    }
    expect((await run(CauseController)).answer.text).toBe('cause: inner')
    expect((await run(OuterController)).answer.text).toBe('error: outer')
  })

  test('survives an error that is its own cause', async () => {
    class CircularController extends FailingController {
      static {
        this.rescueFrom(RecordLocked, say('locked'))
      }
      override failure() {
        const error = new Error('round')
        error.cause = error
        return error
      }
    }
    expect((await run(CircularController)).answer.status).toBe(500)
  })

  test('is for what the framework throws, too', async () => {
    class MissingController extends FailingController {
      static {
        this.rescueFrom(NotFound, say('not here'))
      }
      override index() {
        throw new NotFound()
      }
    }
    expect((await run(MissingController)).answer.text).toBe('not here')
  })

  test('begins with an empty answer: what was rendered before is forgotten', async () => {
    class HalfController extends FailingController {
      static {
        this.rescueFrom(RecordMissing, (c) => c.renderText('rescued'))
      }
      override index() {
        this.render({ half: true }, { status: 201, headers: { 'x-half': 'yes' } })
        throw this.failure()
      }
    }
    const { answer } = await run(HalfController)
    expect(answer.text).toBe('rescued')
    expect(answer.status).toBe(200)
    expect(answer.headers['x-half']).toBeUndefined()
    expect(answer.headers['content-type']).toBe('text/plain; charset=utf-8')
  })

  test.each(['at once', 'later'])('that throws %s itself is a 500 with its own error', async (when) => {
    class BrokenController extends FailingController {
      static {
        this.rescueFrom(RecordMissing, () => {
          if (when === 'at once') throw new RangeError('in the handler')
          return later().then(() => Promise.reject(new RangeError('in the handler')))
        })
      }
    }
    const { answer, log } = await run(BrokenController)
    expect(answer.status).toBe(500)
    expect(log[0]).toMatchObject({ msg: 'in the handler', err: { type: 'RangeError' } })
  })

  test('that does not answer is said to', async () => {
    class SilentController extends FailingController {
      static {
        this.rescueFrom(RecordMissing, () => undefined)
      }
    }
    expect((await run(SilentController)).log[0]?.['msg']).toMatch(/^SilentController#index ended without an answer/)
  })

  test('from what is no class is refused when it is declared', () => {
    class WrongController extends FailingController {}
    const declare = () => WrongController.rescueFrom(undefined as unknown as typeof Error, () => undefined)
    expect(declare).toThrow(TypeError)
    expect(declare).toThrow('WrongController.rescueFrom takes an error class, not undefined.')
  })
})

describe('whatever is thrown', () => {
  test.each([['a string'], [undefined], [null], [42], [{ message: 'no Error' }]])('%j is a 500', async (thrown) => {
    class ThrowingController extends FailingController {
      static {
        this.rescueFrom(RecordMissing, say('rescued'))
      }
      override failure() {
        return thrown
      }
    }
    const { answer, log } = await run(ThrowingController)
    expect(answer.status).toBe(500)
    expect(log[0]?.['msg']).toMatch(/^Something that is no Error was thrown/)
  })
})

test.each(['missing', 'missingLater'] as const)('rescueFrom catches a missing answer of %s', async (action) => {
  class SilentController extends Controller {
    static {
      this.rescueFrom(MissingResponseError, (c) => c.renderText('rescued'))
    }
    missing() {}
    async missingLater() {
      await null
    }
  }
  const { app } = boot((r) => r.root(SilentController, action))
  expect((await ask(app, '/')).text).toBe('rescued')
})
