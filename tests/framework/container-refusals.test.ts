// What dependency injection would stumble over in a request, or never tell, is refused at boot, with the classes and the fix.
import {
  Controller,
  type ControllerClass,
  container,
  inject,
  injectAll,
  injectable,
  Lifecycle,
  scoped,
  singleton,
} from 'contrail'
import { beforeEach, describe, expect, test } from 'vitest'
import { boot, bootError } from '../harness/app.js'

interface HasIndex extends Controller {
  index(): unknown
}

function refusalOf(controller: ControllerClass<HasIndex>) {
  return bootError(() => boot((r) => r.root(controller, 'index')))
}

beforeEach(() => container.reset())

describe('a class without @injectable()', () => {
  test('that inherits an injected constructor is refused, for it would get undefined', () => {
    @injectable()
    class Clock {}
    @injectable()
    class ApplicationController extends Controller {
      constructor(readonly clock: Clock) {
        super()
      }
    }
    class TimeController extends ApplicationController {
      index() {
        this.render(null)
      }
    }
    const { problem, fix } = refusalOf(TimeController)
    expect(problem).toBe(
      'TimeController inherits the constructor of ApplicationController, which takes injected parameters, but has no @injectable() of its own: it would get undefined for each.',
    )
    expect(fix).toContain('@injectable() above class TimeController')
  })

  test('whose constructor takes parameters is refused, as controller and as dependency', () => {
    class Repository {
      constructor(readonly url: string) {}
    }
    class NakedController extends Controller {
      constructor(readonly repository: Repository) {
        super()
      }
      index() {
        this.render(null)
      }
    }
    @injectable()
    class RepositoryController extends NakedController {
      constructor(repository: Repository) {
        super(repository)
      }
    }
    expect(refusalOf(NakedController).problem).toBe(
      'NakedController has a constructor with 1 parameter and no @injectable(), so nothing can be injected.',
    )
    expect(refusalOf(NakedController).fix).toBe('write @injectable() above class NakedController.')
    expect(refusalOf(RepositoryController).problem).toMatch(/^Repository has a constructor with 1 parameter/)
  })
})

describe('a cycle', () => {
  test('of two classes is refused with its path, and the process lives on', () => {
    @injectable()
    class Chicken {
      constructor(@inject('Egg') readonly egg: object) {}
    }
    @injectable()
    class Egg {
      constructor(readonly chicken: Chicken) {}
    }
    container.register('Egg', { useClass: Egg })
    @injectable()
    class FarmController extends Controller {
      constructor(readonly chicken: Chicken) {
        super()
      }
      index() {
        this.render(null)
      }
    }
    const { problem, fix } = refusalOf(FarmController)
    expect(problem).toBe('Dependency cycle: Chicken → Egg → Chicken.')
    expect(fix).toContain('@inject(delay(() => TheClass))')
  })

  test('of singletons is refused', () => {
    @injectable()
    class First {
      constructor(@inject('Second') readonly second: object) {}
    }
    @injectable()
    class Second {
      constructor(@inject(First) readonly first: First) {}
    }
    container.registerSingleton(First)
    container.registerSingleton('Second', Second)
    @injectable()
    class CycleController extends Controller {
      constructor(readonly first: First) {
        super()
      }
      index() {
        this.render(null)
      }
    }
    expect(refusalOf(CycleController).problem).toBe('Dependency cycle: First → Second → First.')
  })

  test('of a class with itself is refused', () => {
    @injectable()
    class Snake {
      constructor(@inject('Snake') readonly tail: object) {}
    }
    container.register('Snake', { useClass: Snake })
    @injectable()
    class SnakeController extends Controller {
      constructor(readonly snake: Snake) {
        super()
      }
      index() {
        this.render(null)
      }
    }
    expect(refusalOf(SnakeController).problem).toBe('Dependency cycle: Snake → Snake.')
  })
})

describe('a parameter', () => {
  interface Mailer {
    send(): void
  }

  test('whose type is an interface is refused, with the way to name a token', () => {
    @injectable()
    class MailController extends Controller {
      constructor(readonly mailer: Mailer) {
        super()
      }
      index() {
        this.render(null)
      }
    }
    const { problem, fix } = refusalOf(MailController)
    expect(problem).toBe(
      'Parameter 1 of the constructor of MailController has no class to inject (its type is an interface, a union or a primitive).',
    )
    expect(fix).toContain("@inject('Name')")
  })

  test('whose type is a primitive is refused, wherever it stands', () => {
    @injectable()
    class Sender {
      constructor(
        readonly mailer: Clock,
        readonly address: string,
      ) {}
    }
    @injectable()
    class SenderController extends Controller {
      constructor(readonly sender: Sender) {
        super()
      }
      index() {
        this.render(null)
      }
    }
    expect(refusalOf(SenderController).problem).toMatch(/^Parameter 2 of the constructor of Sender has no class/)
  })

  test('whose class is undefined when it is read is refused, with the way out', () => {
    @injectable()
    class LateController extends Controller {
      constructor(@inject(undefined as unknown as string) readonly late: unknown) {
        super()
      }
      index() {
        this.render(null)
      }
    }
    const { problem, fix } = refusalOf(LateController)
    expect(problem).toContain('Parameter 1 of the constructor of LateController')
    expect(fix).not.toBe('')
  })

  test('with a token that nothing is registered for is refused, with the call that would', () => {
    @injectable()
    class MailController extends Controller {
      constructor(@inject('Mailer') readonly mailer: Mailer) {
        super()
      }
      index() {
        this.render(null)
      }
    }
    const { problem, fix } = refusalOf(MailController)
    expect(problem).toBe(
      'Parameter 1 of the constructor of MailController asks for Mailer, and nothing is registered for it.',
    )
    expect(fix).toContain('container.register("Mailer", …)')
  })

  test('with @injectAll and a token that nothing is registered for is refused', () => {
    @injectable()
    class PluginController extends Controller {
      constructor(@injectAll('Plugin') readonly plugins: unknown[]) {
        super()
      }
      index() {
        this.render(null)
      }
    }
    expect(refusalOf(PluginController).problem).toContain('asks for Plugin, and nothing is registered for it')
  })

  test('with a symbol that nothing is registered for is refused by name', () => {
    const token = Symbol('Queue')
    @injectable()
    class QueueController extends Controller {
      constructor(@inject(token) readonly queue: unknown) {
        super()
      }
      index() {
        this.render(null)
      }
    }
    expect(refusalOf(QueueController).problem).toContain('asks for Symbol(Queue)')
  })
})

describe('a singleton that keeps something request-scoped', () => {
  test('is refused, with both ways to mend it', () => {
    @scoped(Lifecycle.ContainerScoped)
    class CurrentUser {}
    @singleton()
    class Audit {
      constructor(readonly user: CurrentUser) {}
    }
    @injectable()
    class AuditController extends Controller {
      constructor(readonly audit: Audit) {
        super()
      }
      index() {
        this.render(null)
      }
    }
    const { problem, fix } = refusalOf(AuditController)
    expect(problem).toBe(
      "Audit is a singleton and depends on something request-scoped: it would keep the first request's for ever (found from AuditController).",
    )
    expect(fix).toBe('make Audit @injectable() or @scoped(Lifecycle.ContainerScoped), or its dependency a singleton.')
  })

  test('through a class between the two is refused', () => {
    @scoped(Lifecycle.ContainerScoped)
    class CurrentUser {}
    @injectable()
    class Trail {
      constructor(readonly user: CurrentUser) {}
    }
    @singleton()
    class Audit {
      constructor(readonly trail: Trail) {}
    }
    @injectable()
    class AuditController extends Controller {
      constructor(readonly audit: Audit) {
        super()
      }
      index() {
        this.render(null)
      }
    }
    expect(refusalOf(AuditController).problem).toMatch(/^Audit is a singleton and depends on something request-scoped/)
  })

  test('in a list is refused', () => {
    @scoped(Lifecycle.ContainerScoped)
    class CurrentUser {}
    container.register('Watchers', { useToken: CurrentUser })
    @singleton()
    class Audit {
      constructor(@injectAll('Watchers') readonly watchers: unknown[]) {}
    }
    @injectable()
    class AuditController extends Controller {
      constructor(readonly audit: Audit) {
        super()
      }
      index() {
        this.render(null)
      }
    }
    expect(refusalOf(AuditController).problem).toMatch(/^Audit is a singleton/)
  })

  test('below something request-scoped is refused', () => {
    @scoped(Lifecycle.ContainerScoped)
    class CurrentUser {}
    @singleton()
    class Audit {
      constructor(readonly user: CurrentUser) {}
    }
    @scoped(Lifecycle.ContainerScoped)
    class Unit {
      constructor(readonly audit: Audit) {}
    }
    @injectable()
    class UnitController extends Controller {
      constructor(readonly unit: Unit) {
        super()
      }
      index() {
        this.render(null)
      }
    }
    expect(refusalOf(UnitController).problem).toMatch(/^Audit is a singleton/)
  })
})

describe('a controller', () => {
  test('that is a singleton is refused: two requests would share it', () => {
    @singleton()
    class SharedController extends Controller {
      index() {
        this.render(null)
      }
    }
    const { problem, fix } = refusalOf(SharedController)
    expect(problem).toContain('SharedController')
    expect(problem).toContain('singleton')
    expect(fix).toContain('@injectable()')
  })
})

@injectable()
class Clock {}
