// Texts of a store that can only get and set: within a process nobody writes over what another wrote, and no failure blocks.
import { comparedInProcess } from 'contrail'
import { expect, test } from 'vitest'
import { turns } from '../../harness/network-store.js'

function shelf() {
  const kept = new Map<string, string>()
  const calls: string[] = []
  let fault: Error | undefined
  const texts = comparedInProcess(
    async (key) => {
      await turns(3)
      return kept.get(key)
    },
    async (key, text, seconds) => {
      await turns(3)
      if (fault !== undefined) throw fault
      calls.push(`${key} ${seconds}`)
      kept.set(key, text)
    },
  )
  return {
    texts,
    kept,
    calls,
    fail: (error?: Error) => {
      fault = error
    },
  }
}

test('a text is written only over what was read, of many writers at once by one', async () => {
  const { texts, kept } = shelf()
  const written = await Promise.all(['a', 'b', 'c'].map((text) => texts.write('key', text, undefined, undefined)))
  expect(written).toEqual([true, false, false])
  expect(kept.get('key')).toBe('a')
  const read = await texts.read('key')
  expect(await texts.write('key', 'd', read?.version, undefined)).toBe(true)
  expect(await texts.write('key', 'e', read?.version, undefined)).toBe(false)
  expect((await texts.read('key'))?.text).toBe('d')
})

test('other keys do not wait, and the store is told for how long', async () => {
  const { texts, calls } = shelf()
  await Promise.all([texts.write('a', '1', undefined, 60), texts.write('b', '1', undefined, undefined)])
  expect(calls.sort()).toEqual(['a 60', 'b undefined'])
})

test('a write that failed fails alone', async () => {
  const { texts, fail } = shelf()
  fail(new Error('down'))
  const first = texts.write('key', 'a', undefined, undefined)
  const second = texts.write('key', 'b', undefined, undefined)
  await expect(first).rejects.toThrow('down')
  await expect(second).rejects.toThrow('down')
  fail()
  expect(await texts.write('key', 'c', undefined, undefined)).toBe(true)
})
