// Random plain data for round trips, the same in every run.

/** A number from 0 up to 1, of a sequence that the seed decides (mulberry32). */
export type Random = () => number

export function randomFrom(seed: number): Random {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

const KEYS = ['a', 'b', '$a', '$date', '$$date', '$', '__proto__', 'constructor', 'toString', '0', 'é', '']
const SCALARS: ((random: Random) => unknown)[] = [
  (random) => Math.floor(random() * 1000),
  (random) => (random() - 0.5) * 1e300,
  (random) => random() < 0.5,
  () => null,
  (random) => String.fromCharCode(...Array.from({ length: 5 }, () => Math.floor(random() * 65_536))),
  () => '"$date":',
  (random) => new Date(Math.floor((random() - 0.5) * 1e14)),
]

/** Data that a session can keep, nested up to `depth` levels. */
export function randomValue(random: Random, depth: number): unknown {
  const kind = random()
  if (depth === 0 || kind < 0.3) return pick(SCALARS, random)(random)
  const length = Math.floor(random() * 4)
  if (kind < 0.5) return Array.from({ length }, () => randomValue(random, depth - 1))
  const object = {}
  for (let count = 0; count < length; count++) {
    const value = randomValue(random, depth - 1)
    Object.defineProperty(object, pick(KEYS, random), { value, enumerable: true, writable: true, configurable: true })
  }
  return object
}

function pick<T>(list: readonly T[], random: Random): T {
  return list[Math.floor(random() * list.length)] as T
}
