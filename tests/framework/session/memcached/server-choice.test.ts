// Which server a session is kept on, and which sessions move when servers come and go.
import { expect, test } from 'vitest'
// Internal: from outside only the servers' contents would tell.
import { chooseServer } from '../../../../packages/framework/dist/session/memcached/server-choice.js'
import { storedId } from '../../../../packages/framework/dist/session/session-id.js'

const named = (name: string) => ({ name })
const [a, b, c] = ['a:11211', 'b:11211', 'c:11211'].map(named) as [{ name: string }, { name: string }, { name: string }]
const ids = Array.from({ length: 3000 }, (_, index) => storedId(String(index)))

test('each of three servers has about a third, whatever their order', () => {
  const chosen = ids.map((id) => chooseServer([a, b, c], id))
  expect(ids.map((id) => chooseServer([c, a, b], id))).toEqual(chosen)
  for (const server of [a, b, c]) {
    const share = chosen.filter((one) => one === server).length
    expect(share).toBeGreaterThan(850)
    expect(share).toBeLessThan(1150)
  }
})

test('a third server takes its share from both, and nothing else moves', () => {
  const moved = ids.filter((id) => chooseServer([a, b], id) !== chooseServer([a, b, c], id))
  expect(moved.filter((id) => chooseServer([a, b, c], id) !== c)).toEqual([])
  expect(moved.length).toBeLessThan(1150)
})
