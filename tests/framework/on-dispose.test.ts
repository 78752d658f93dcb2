// What code began ends with it: with the module, in development, else with the process; and so does what is injected.
import { container, disposeShared, injectAll, injectable, ModuleScope, onDispose, shared, singleton } from 'contrail'
import { expect, test } from 'vitest'

test('outside of modules it is called with the end of what is shared, before that, the last given first, each awaited', async () => {
  const ended: string[] = []
  shared('pool', () => 'pool', { dispose: (name) => ended.push(name) })
  onDispose(() => ended.push('first'))
  onDispose(async () => {
    await new Promise((resolve) => setImmediate(resolve))
    ended.push('last')
  })
  await disposeShared()
  await disposeShared()
  expect(ended).toEqual(['last', 'first', 'pool'])
})

test('what fails keeps nothing else back, and is told', async () => {
  const ended: string[] = []
  onDispose(() => ended.push('good'))
  onDispose(() => {
    throw new Error('bad')
  })
  await expect(disposeShared()).rejects.toMatchObject({ errors: [{ message: 'bad' }] })
  expect(ended).toEqual(['good'])
})

test("a module's is called with the module, also of what it began later, and at once when it is over", async () => {
  const ended: string[] = []
  const scope = new ModuleScope()
  let later = () => {}
  await scope.run(async () => {
    onDispose(() => ended.push('at once'))
    later = boundHere(() => onDispose(() => ended.push('later')))
    await new Promise((resolve) => setImmediate(resolve))
    onDispose(() => ended.push('after a wait'))
  })
  await disposeShared()
  expect(ended).toEqual([])
  expect(await scope.dispose()).toEqual([])
  expect(ended).toEqual(['after a wait', 'at once'])
  later()
  await new Promise((resolve) => setImmediate(resolve))
  expect(ended).toEqual(['after a wait', 'at once', 'later'])
})

test('what a module registered is injected until it is withdrawn; its singletons are disposed of with it', async () => {
  const ended: string[] = []
  const evaluate = async (name: string) => {
    const scope = new ModuleScope()
    let names = (): string[] => []
    await scope.run(async () => {
      @singleton()
      class Pool {
        dispose() {
          ended.push(name)
        }
      }
      container.register('Named', { useValue: { name } })
      @injectable()
      class Asks {
        constructor(
          readonly pool: Pool,
          @injectAll('Named') readonly all: { readonly name: string }[],
        ) {}
      }
      names = () => container.resolve(Asks).all.map((one) => one.name)
    })
    return { scope, names: () => names() }
  }
  const first = await evaluate('first')
  expect(first.names()).toEqual(['first'])
  first.scope.withdraw()
  const second = await evaluate('second')
  expect(second.names()).toEqual(['second'])
  expect(ended).toEqual([])
  expect(await first.scope.dispose()).toEqual([])
  expect(ended).toEqual(['first'])
  second.scope.withdraw()
  await second.scope.dispose()
  expect(ended).toEqual(['first', 'second'])
})

/** Has a function run where it was made, as a timer's does. */
function boundHere(run: () => void): () => void {
  let call: (() => void) | undefined
  void new Promise<void>((resolve) => (call = resolve)).then(run)
  return () => call?.()
}
