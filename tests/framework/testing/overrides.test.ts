// Fakes in the place of what is injected: for one app, through all that holds them, and without a trace afterwards.
import {
  BootError,
  Controller,
  type ControllerClass,
  container,
  type DependencyContainer,
  defineApplication,
  defineRoutes,
  inject,
  injectAll,
  injectable,
  Lifecycle,
  scoped,
  singleton,
} from 'contrail'
import { createClient, loadTestApplication, type Override, override } from 'contrail/testing'
import { beforeEach, describe, expect, test } from 'vitest'
import { folderWith } from '../../harness/folders.js'

class Mailer {
  readonly #sent: string[] = []
  send(to: string): string {
    this.#sent.push(to)
    return `really sent to ${to}`
  }
}
const fakeMailer = { send: (to: string) => `not sent to ${to}` }

interface HasIndex extends Controller {
  index(): unknown
}

/** Boots an app of one controller, at `/`, as one is loaded from a folder, and gives what it answers. */
async function answerOf(controller: ControllerClass<HasIndex>, ...overrides: Override[]): Promise<unknown> {
  const folder = folderWith({ 'config/application.ts': '', 'config/routes.ts': '', 'package.json': '{}' })
  const app = await loadTestApplication(folder, {
    importFile: async (path) => ({
      default: path.includes('routes') ? defineRoutes((r) => r.root(controller, 'index')) : defineApplication({}),
    }),
    overrides,
  })
  return (await createClient(app).get('/')).json()
}

beforeEach(() => container.reset())

describe('an override', () => {
  test('takes the place of a class, in its app and in no other', async () => {
    @injectable()
    class LettersController extends Controller {
      constructor(readonly mailer: Mailer) {
        super()
      }
      index() {
        this.render(this.mailer.send('ada'))
      }
    }
    expect(await answerOf(LettersController, override(Mailer, fakeMailer))).toBe('not sent to ada')
    expect(await answerOf(LettersController)).toBe('really sent to ada')
  })

  test('is held by what is given it, singletons too, and these are the app’s own', async () => {
    let made = 0
    @singleton()
    class Post {
      constructor(readonly mailer: Mailer) {
        made++
      }
    }
    @singleton()
    class Letters {
      constructor(readonly post: Post) {}
    }
    @injectable()
    class LettersController extends Controller {
      constructor(
        readonly letters: Letters,
        readonly post: Post,
      ) {
        super()
      }
      index() {
        this.render([this.letters.post.mailer.send('ada'), this.letters.post === this.post])
      }
    }
    expect(await answerOf(LettersController)).toEqual(['really sent to ada', true])
    expect(await answerOf(LettersController, override(Mailer, fakeMailer))).toEqual(['not sent to ada', true])
    expect(await answerOf(LettersController)).toEqual(['really sent to ada', true])
    expect(made).toBe(2)
  })

  test('takes the place of a singleton, which is then not made', async () => {
    @singleton()
    class Bank {
      constructor() {
        throw new Error('a real bank')
      }
      balance(): number {
        return 0
      }
    }
    @injectable()
    class BankController extends Controller {
      constructor(readonly bank: Bank) {
        super()
      }
      index() {
        this.render(this.bank.balance())
      }
    }
    expect(await answerOf(BankController, override(Bank, { balance: () => 7 }))).toBe(7)
  })

  test('takes the place of what a token names, registered or not, alone or in a list', async () => {
    container.register('Name', { useValue: 'real' })
    container.register('Names', { useValue: 'one' }).register('Names', { useValue: 'two' })
    @injectable()
    class NamesController extends Controller {
      constructor(
        @inject('Name') readonly name: string,
        @injectAll('Names') readonly names: string[],
        @inject('Missing', { isOptional: true }) readonly missing: string | undefined,
      ) {
        super()
      }
      index() {
        this.render([this.name, this.names, this.missing])
      }
    }
    const fakes = [override('Name', 'fake'), override('Names', 'only'), override('Missing', 'there')]
    expect(await answerOf(NamesController, ...fakes)).toEqual(['fake', ['only'], 'there'])
    expect(await answerOf(NamesController)).toEqual(['real', ['one', 'two'], null])
  })

  test('reaches what is made for each request, and what a factory asks for', async () => {
    @singleton()
    class Post {
      constructor(readonly mailer: Mailer) {}
    }
    @scoped(Lifecycle.ContainerScoped)
    class Visit {
      constructor(
        readonly mailer: Mailer,
        readonly post: Post,
      ) {}
    }
    container.register('Made', { useFactory: (scope: DependencyContainer) => scope.resolve(Mailer) })
    @injectable()
    class VisitsController extends Controller {
      constructor(
        readonly visit: Visit,
        readonly post: Post,
        @inject('Made') readonly made: Mailer,
      ) {
        super()
      }
      index() {
        const { visit, made, post } = this
        this.render([visit.mailer.send('a'), visit.post.mailer.send('b'), made.send('c'), visit.post === post])
      }
    }
    const fakes = ['not sent to a', 'not sent to b', 'not sent to c', true]
    expect(await answerOf(VisitsController, override(Mailer, fakeMailer))).toEqual(fakes)
    const real = ['really sent to a', 'really sent to b', 'really sent to c', true]
    expect(await answerOf(VisitsController)).toEqual(real)
  })

  test('that nobody asks for is refused: a fake that is not used proves nothing', async () => {
    class PlainController extends Controller {
      index() {
        this.render(1)
      }
    }
    await expect(answerOf(PlainController, override(Mailer, fakeMailer))).rejects.toThrow(
      'Mailer is overridden, and no controller asks for it',
    )
    await expect(answerOf(PlainController, override('Bank', 1))).rejects.toBeInstanceOf(BootError)
    expect(await answerOf(PlainController)).toBe(1)
  })

  test('that would end in a singleton beside what a factory makes is refused, and says how to mend it', async () => {
    container.register('Made', { useFactory: () => 1 })
    @singleton()
    class Post {
      constructor(
        readonly mailer: Mailer,
        @inject('Made') readonly made: number,
      ) {}
    }
    @injectable()
    class PostController extends Controller {
      constructor(readonly post: Post) {
        super()
      }
      index() {
        this.render(this.post.made)
      }
    }
    await expect(answerOf(PostController, override(Mailer, fakeMailer))).rejects.toThrow('override Post itself')
    expect(await answerOf(PostController, override(Post, { mailer: fakeMailer as Mailer, made: 2 }))).toBe(2)
  })
})
