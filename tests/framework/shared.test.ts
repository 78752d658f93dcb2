// What a process makes once and keeps: made at the first call, let go of once, the last first.

import { disposeShared, shared } from 'contrail'
import { afterEach, expect, test } from 'vitest'

afterEach(() => disposeShared())

test('is made once for each key, and anew after it was let go of', async () => {
  let made = 0
  const make = () => ({ number: ++made })
  const first = shared('pool', make)
  expect(shared('pool', make)).toBe(first)
  expect(shared('another', make)).toEqual({ number: 2 })
  await disposeShared()
  expect(shared('pool', make)).toEqual({ number: 3 })
})

test('is let go of once, the last made first, each awaited', async () => {
  const ended: string[] = []
  const end = async (name: string) => {
    await new Promise((resolve) => setImmediate(resolve))
    ended.push(name)
  }
  shared('first', () => 'first', { dispose: end })
  shared('kept', () => 'kept')
  shared('second', () => 'second', { dispose: end })
  await disposeShared()
  await disposeShared()
  expect(ended).toEqual(['second', 'first'])
})

test('what cannot be let go of keeps nothing else back, and is told', async () => {
  const ended: string[] = []
  shared('good', () => 'good', { dispose: (name) => ended.push(name) })
  const broken = new Error('broken')
  shared('bad', () => 'bad', {
    dispose: () => {
      throw broken
    },
  })
  await expect(disposeShared()).rejects.toMatchObject({ errors: [broken] })
  expect(ended).toEqual(['good'])
})

test('what could not be made is made at the next call', () => {
  expect(() =>
    shared('pool', () => {
      throw new Error('no')
    }),
  ).toThrow('no')
  expect(shared('pool', () => 1)).toBe(1)
})
