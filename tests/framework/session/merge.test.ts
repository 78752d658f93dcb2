// How the changes of two requests to one session become one.
import { describe, expect, test } from 'vitest'
// Internal: no public route shows a merge apart from a store.
import { mergePayloads } from '../../../packages/framework/dist/session/merge.js'
import { type Random, randomFrom } from '../../harness/random-values.js'

const merged = (base: object, mine: object, theirs: object): unknown =>
  JSON.parse(mergePayloads(JSON.stringify(base), JSON.stringify(mine), JSON.stringify(theirs)))

describe('a merge', () => {
  test.each<[what: string, base: object, mine: object, theirs: object, result: object]>([
    ['keeps both additions', { a: 1 }, { a: 1, b: 2 }, { a: 1, c: 3 }, { a: 1, b: 2, c: 3 }],
    ['keeps both changes', { a: 1, b: 1 }, { a: 2, b: 1 }, { a: 1, b: 2 }, { a: 2, b: 2 }],
    ['gives a key that both changed to the later', { a: 1 }, { a: 'mine' }, { a: 'theirs' }, { a: 'mine' }],
    ['keeps my deletion', { a: 1, b: 1 }, { b: 1 }, { a: 1, b: 2 }, { b: 2 }],
    ['keeps their deletion', { a: 1, b: 1 }, { a: 1, b: 2 }, { b: 1 }, { b: 2 }],
    ['keeps my deletion of what they changed', { a: 1, b: 1 }, { b: 1 }, { a: 2, b: 1 }, { b: 1 }],
    ['keeps my change of what they deleted', { a: 1, b: 1 }, { a: 2, b: 1 }, { b: 1 }, { a: 2, b: 1 }],
    ['may leave nothing', { a: 1, b: 1 }, { a: 1 }, { b: 1 }, {}],
    ['takes a key whole', { a: { x: 1, y: 1 } }, { a: { x: 2, y: 1 } }, { a: { x: 1, y: 2 } }, { a: { x: 2, y: 1 } }],
    [
      'sees a change of a deep value',
      { a: [{ b: 1 }] },
      { a: [{ b: 2 }] },
      { a: [{ b: 1 }], c: 1 },
      { a: [{ b: 2 }], c: 1 },
    ],
    [
      'leaves a deep value that I did not change',
      { a: { x: 1 } },
      { a: { x: 1 }, b: 1 },
      { a: { x: 2 } },
      { a: { x: 2 }, b: 1 },
    ],
    [
      'takes dates as they are written',
      { a: 1 },
      { a: { $date: 'x' } },
      { a: 1, b: { $$date: 'y' } },
      { a: { $date: 'x' }, b: { $$date: 'y' } },
    ],
  ])('%s', (_, base, mine, theirs, result) => {
    expect(merged(base, mine, theirs)).toEqual(result)
  })

  test('of a request that changed nothing is what is kept, to the byte', () => {
    expect(mergePayloads('{"a":1}', '{"a":1}', '{ "a": 2 }')).toBe('{ "a": 2 }')
  })

  test('with what nobody changed meanwhile is what the request wants, to the byte', () => {
    expect(mergePayloads('{"a":1}', '{ "b":1 }', '{"a":1}')).toBe('{ "b":1 }')
  })

  test('S6: takes __proto__ for a key', () => {
    const text = mergePayloads(
      '{"__proto__":{"x":1},"a":1}',
      '{"__proto__":{"x":2},"a":1}',
      '{"__proto__":{"x":1},"a":2}',
    )
    expect(text).toBe('{"__proto__":{"x":2},"a":2}')
    expect(mergePayloads('{"a":1}', '{"a":1,"toString":1}', '{"a":2}')).toBe('{"a":2,"toString":1}')
    expect(({} as Record<string, unknown>)['x']).toBeUndefined()
  })

  test.each(['', 'null', '[1]', '"text"', '{"a":'])('takes %j for an empty session', (broken) => {
    expect(mergePayloads(broken, '{"a":1}', '{"b":1}')).toBe('{"b":1,"a":1}')
    expect(mergePayloads('{"b":1}', '{"b":1,"a":1}', broken)).toBe('{"a":1}')
  })

  test('leaves each key as the last who changed it wanted it', () => {
    const random = randomFrom(7)
    for (let round = 0; round < 2000; round++) {
      const [base, mine, theirs] = [someKeys(random), someKeys(random), someKeys(random)]
      const result = merged(base, mine, theirs) as Record<string, unknown>
      for (const key of ['a', 'b', 'c']) {
        expect(result[key]).toBe(mine[key] === base[key] ? theirs[key] : mine[key])
      }
    }
  })
})

function someKeys(random: Random): Record<string, unknown> {
  const keys = ['a', 'b', 'c'].filter(() => random() < 0.7)
  return Object.fromEntries(keys.map((key) => [key, Math.floor(random() * 3)]))
}
