// How controllers get their dependencies: what is made once, what for each request, and when it ends.
import {
  Controller,
  type ControllerClass,
  container,
  type DependencyContainer,
  delay,
  inject,
  injectAll,
  injectable,
  Lifecycle,
  scoped,
  singleton,
} from 'contrail'
import { beforeEach, describe, expect, test } from 'vitest'
import { ask, boot } from '../harness/app.js'

interface HasIndex extends Controller {
  index(): unknown
}

/** An app of one controller, at `/`. */
function bootOne(controller: ControllerClass<HasIndex>) {
  return boot((r) => r.root(controller, 'index')).app
}

beforeEach(() => container.reset())

describe('what tsyringe keeps to itself and the framework reads at boot', () => {
  test('is still there', () => {
    expect(Reflect.get(container, '_registry')).toMatchObject({ get: expect.any(Function), has: expect.any(Function) })
  })
})

describe('a singleton', () => {
  test('is made once, at boot, and shared by all requests', async () => {
    let made = 0
    @singleton()
    class Counter {
      count = 0
      constructor() {
        made += 1
      }
    }
    @injectable()
    class CounterController extends Controller {
      constructor(private readonly counter: Counter) {
        super()
      }
      index() {
        this.counter.count += 1
        this.render(this.counter.count)
      }
    }
    const app = bootOne(CounterController)
    expect(made).toBe(1)
    expect((await ask(app, '/')).json).toBe(1)
    expect((await ask(app, '/')).json).toBe(2)
    expect(made).toBe(1)
  })

  test('is one for several controllers, and for what stands between', async () => {
    @singleton()
    class Clock {}
    @injectable()
    class Repository {
      constructor(readonly clock: Clock) {}
    }
    const seen: Clock[] = []
    @injectable()
    class FirstController extends Controller {
      constructor(private readonly repository: Repository) {
        super()
      }
      index() {
        seen.push(this.repository.clock)
        this.head(204)
      }
    }
    @injectable()
    class SecondController extends Controller {
      constructor(private readonly clock: Clock) {
        super()
      }
      index() {
        seen.push(this.clock)
        this.head(204)
      }
    }
    const { app } = boot((r) => {
      r.get('/first', FirstController, 'index')
      r.get('/second', SecondController, 'index')
    })
    await ask(app, '/first')
    await ask(app, '/second')
    expect(seen).toHaveLength(2)
    expect(seen[0]).toBe(seen[1])
  })

  test('of a controller with something request-scoped is made at boot too, and outlives the request', async () => {
    const events: string[] = []
    @singleton()
    class Pool {
      constructor() {
        events.push('made')
      }
      dispose() {
        events.push('disposed')
      }
    }
    @scoped(Lifecycle.ContainerScoped)
    class Transaction {
      constructor(readonly pool: Pool) {}
    }
    @injectable()
    class TransactionController extends Controller {
      constructor(private readonly transaction: Transaction) {
        super()
      }
      index() {
        events.push(this.transaction.pool instanceof Pool ? 'used' : 'lost')
        this.head(204)
      }
    }
    const app = bootOne(TransactionController)
    expect(events).toEqual(['made'])
    await ask(app, '/')
    await ask(app, '/')
    expect(events).toEqual(['made', 'used', 'used'])
  })
})

describe('a transient dependency', () => {
  test('is made for each request', async () => {
    let made = 0
    @injectable()
    class Basket {
      readonly number = ++made
    }
    @injectable()
    class BasketController extends Controller {
      constructor(private readonly basket: Basket) {
        super()
      }
      index() {
        this.render(this.basket.number)
      }
    }
    const app = bootOne(BasketController)
    expect(made).toBe(0)
    expect((await ask(app, '/')).json).toBe(1)
    expect((await ask(app, '/')).json).toBe(2)
  })

  test('needs no decorator when its constructor takes nothing', async () => {
    class Greeter {
      greet() {
        return 'hello'
      }
    }
    @injectable()
    class GreetingController extends Controller {
      constructor(private readonly greeter: Greeter) {
        super()
      }
      index() {
        this.render(this.greeter.greet())
      }
    }
    expect((await ask(bootOne(GreetingController), '/')).json).toBe('hello')
  })
})

describe('a request-scoped dependency', () => {
  test('is one in a request, shared within it, and another in the next', async () => {
    let made = 0
    @scoped(Lifecycle.ContainerScoped)
    class CurrentUser {
      readonly number = ++made
    }
    @injectable()
    class Audit {
      constructor(readonly user: CurrentUser) {}
    }
    @injectable()
    class UserController extends Controller {
      constructor(
        private readonly user: CurrentUser,
        private readonly audit: Audit,
      ) {
        super()
      }
      index() {
        this.render({ number: this.user.number, shared: this.user === this.audit.user })
      }
    }
    const app = bootOne(UserController)
    expect((await ask(app, '/')).json).toEqual({ number: 1, shared: true })
    expect((await ask(app, '/')).json).toEqual({ number: 2, shared: true })
  })

  test.each(['answers', 'throws'])('is disposed when the request that %s has ended, and not before', async (ending) => {
    const events: string[] = []
    @scoped(Lifecycle.ContainerScoped)
    class Transaction {
      async dispose() {
        await Promise.resolve()
        events.push('disposed')
      }
    }
    @injectable()
    class TransactionController extends Controller {
      constructor(readonly transaction: Transaction) {
        super()
      }
      async index() {
        await new Promise((resolve) => setImmediate(resolve))
        events.push('action')
        if (ending === 'throws') throw new Error('no')
        this.head(204)
      }
    }
    const { status } = await ask(bootOne(TransactionController), '/')
    expect(status).toBe(ending === 'throws' ? 500 : 204)
    expect(events).toEqual(['action', 'disposed'])
  })

  test('is disposed when the controller could not even be made', async () => {
    let disposed = 0
    @scoped(Lifecycle.ContainerScoped)
    class Transaction {
      dispose() {
        disposed += 1
      }
    }
    @injectable()
    class BrokenController extends Controller {
      constructor(readonly transaction: Transaction) {
        super()
        throw new Error('no')
      }
      index() {
        this.head(204)
      }
    }
    expect((await ask(bootOne(BrokenController), '/')).status).toBe(500)
    expect(disposed).toBe(1)
  })

  test.each(['@injectAll', 'delay', 'a factory'])('reached by %s is not shared by requests either', async (way) => {
    let made = 0
    @scoped(Lifecycle.ContainerScoped)
    class CurrentUser {
      number = ++made
    }
    container.register('Users', { useToken: CurrentUser })
    container.register('Made', { useFactory: (c: DependencyContainer) => c.resolve(CurrentUser) })
    @injectable()
    class AllController extends Controller {
      constructor(@injectAll('Users') private readonly users: CurrentUser[]) {
        super()
      }
      index() {
        this.render(this.users[0]?.number)
      }
    }
    @injectable()
    class DelayController extends Controller {
      constructor(@inject(delay(() => CurrentUser)) private readonly user: CurrentUser) {
        super()
      }
      index() {
        this.render(this.user.number)
      }
    }
    @injectable()
    class FactoryController extends Controller {
      constructor(@inject('Made') private readonly user: CurrentUser) {
        super()
      }
      index() {
        this.render(this.user.number)
      }
    }
    const controllers: Record<string, ControllerClass<HasIndex>> = {
      '@injectAll': AllController,
      delay: DelayController,
      'a factory': FactoryController,
    }
    const app = bootOne(controllers[way] as ControllerClass<HasIndex>)
    expect((await ask(app, '/')).json).toBe(1)
    expect((await ask(app, '/')).json).toBe(2)
  })
})

describe('a token', () => {
  test.each(['useValue', 'useFactory', 'useClass', 'useToken'])('registered with %s is injected', async (way) => {
    @injectable()
    class Mailer {
      readonly from: string = 'mailer'
    }
    container.register('useValue', { useValue: { from: 'value' } })
    container.register('useFactory', { useFactory: () => ({ from: 'factory' }) })
    container.register('useClass', { useClass: Mailer })
    container.register('useToken', { useToken: 'useValue' })
    @injectable()
    class MailController extends Controller {
      constructor(@inject(way) private readonly mailer: { from: string }) {
        super()
      }
      index() {
        this.render(this.mailer.from)
      }
    }
    const from = { useValue: 'value', useFactory: 'factory', useClass: 'mailer', useToken: 'value' }[way]
    expect((await ask(bootOne(MailController), '/')).json).toBe(from)
  })

  test('with a factory is made for each request', async () => {
    let made = 0
    container.register('Number', { useFactory: () => ({ number: ++made }) })
    @injectable()
    class NumberController extends Controller {
      constructor(@inject('Number') private readonly given: { number: number }) {
        super()
      }
      index() {
        this.render(this.given.number)
      }
    }
    const app = bootOne(NumberController)
    expect((await ask(app, '/')).json).toBe(1)
    expect((await ask(app, '/')).json).toBe(2)
  })

  test('may be a class that another stands in for', async () => {
    @injectable()
    class Gateway {
      pay() {
        return 'paid'
      }
    }
    class FakeGateway extends Gateway {
      override pay() {
        return 'pretended'
      }
    }
    container.register(Gateway, { useValue: new FakeGateway() })
    @injectable()
    class PayController extends Controller {
      constructor(private readonly gateway: Gateway) {
        super()
      }
      index() {
        this.render(this.gateway.pay())
      }
    }
    expect((await ask(bootOne(PayController), '/')).json).toBe('pretended')
  })

  test('that several are registered for gives them all to @injectAll', async () => {
    container.register('Plugin', { useValue: 'a' })
    container.register('Plugin', { useValue: 'b' })
    @injectable()
    class PluginController extends Controller {
      constructor(@injectAll('Plugin') private readonly plugins: string[]) {
        super()
      }
      index() {
        this.render(this.plugins)
      }
    }
    expect((await ask(bootOne(PluginController), '/')).json).toEqual(['a', 'b'])
  })

  test('that several singletons are registered for gives each of them, once made', async () => {
    class FirstPlugin {
      calls = 0
    }
    class SecondPlugin {
      calls = 10
    }
    container.registerSingleton('Plugin', FirstPlugin)
    container.registerSingleton('Plugin', SecondPlugin)
    @injectable()
    class PluginController extends Controller {
      constructor(@injectAll('Plugin') private readonly plugins: FirstPlugin[]) {
        super()
      }
      index() {
        this.render(this.plugins.map((plugin) => ++plugin.calls))
      }
    }
    const app = bootOne(PluginController)
    expect((await ask(app, '/')).json).toEqual([1, 11])
    expect((await ask(app, '/')).json).toEqual([2, 12])
  })

  test('that is optional gives an empty list to @injectAll', async () => {
    @injectable()
    class PluginController extends Controller {
      constructor(@injectAll('Nowhere', { isOptional: true }) private readonly plugins: string[]) {
        super()
      }
      index() {
        this.render(this.plugins)
      }
    }
    expect((await ask(bootOne(PluginController), '/')).json).toEqual([])
  })

  test('that is optional and registered nowhere gives undefined', async () => {
    @injectable()
    class OptionalController extends Controller {
      constructor(@inject('Nowhere', { isOptional: true }) private readonly nothing: unknown) {
        super()
      }
      index() {
        this.render({ type: typeof this.nothing })
      }
    }
    expect((await ask(bootOne(OptionalController), '/')).json).toEqual({ type: 'undefined' })
  })
})

describe('delay()', () => {
  test('lets two classes have each other', async () => {
    @injectable()
    class Chicken {
      readonly name = 'chicken'
      constructor(@inject(delay(() => Egg)) readonly egg: { readonly name: string }) {}
    }
    @injectable()
    class Egg {
      readonly name = 'egg'
      constructor(readonly chicken: Chicken) {}
    }
    @injectable()
    class FarmController extends Controller {
      constructor(private readonly egg: Egg) {
        super()
      }
      index() {
        this.render([this.egg.name, this.egg.chicken.name, this.egg.chicken.egg.name])
      }
    }
    expect((await ask(bootOne(FarmController), '/')).json).toEqual(['egg', 'chicken', 'egg'])
  })
})

describe('delay() in a registration', () => {
  test('names a class that comes later', async () => {
    container.register('Speaker', { useToken: delay(() => Dog) })
    @injectable()
    class DogController extends Controller {
      constructor(@inject('Speaker') private readonly speaker: { speak(): string }) {
        super()
      }
      index() {
        this.render(this.speaker.speak())
      }
    }
    class Dog {
      speak() {
        return 'woof'
      }
    }
    expect((await ask(bootOne(DogController), '/')).json).toBe('woof')
  })
})

describe('a controller', () => {
  test.each(['without dependencies', 'with some'])('%s is a new object in each request', async (kind) => {
    const seen = new Set<Controller>()
    @injectable()
    class Dependency {}
    class PlainController extends Controller {
      index() {
        seen.add(this)
        this.head(204)
      }
    }
    @injectable()
    class InjectedController extends Controller {
      constructor(readonly dependency: Dependency) {
        super()
      }
      index() {
        seen.add(this)
        this.head(204)
      }
    }
    const app = bootOne(kind === 'with some' ? InjectedController : PlainController)
    await Promise.all([ask(app, '/'), ask(app, '/'), ask(app, '/')])
    expect(seen.size).toBe(3)
  })

  test('decorated with @injectable() takes the constructor that it inherits', async () => {
    @singleton()
    class Clock {
      readonly now = 'noon'
    }
    @injectable()
    class ApplicationController extends Controller {
      constructor(protected readonly clock: Clock) {
        super()
      }
    }
    @injectable()
    class TimeController extends ApplicationController {
      index() {
        this.render(this.clock.now)
      }
    }
    expect((await ask(bootOne(TimeController), '/')).json).toBe('noon')
  })
})
