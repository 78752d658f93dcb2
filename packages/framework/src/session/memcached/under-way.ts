// Why: replies come in the order in which operations were sent. Not a Set: when one makes itself a larger table V8 leaves the old one
// pointing to it, and once an old one has outlived two collections of young objects, whatever is sent later outlives them
// too, with the request behind it (docs/decisions/008).

/** So many places are left empty before what is behind them moves up. */
const MOVED_AT = 1024

/** Items in the order in which they were added, those aside that are settled. */
export class UnderWay<Item extends { isSettled: boolean }> implements Iterable<Item> {
  #items: (Item | undefined)[] = []
  #first = 0
  #size = 0

  /** How many are not settled. */
  get size(): number {
    return this.#size
  }

  add(item: Item): void {
    this.#items.push(item)
    this.#size++
  }

  /** Notes that one is settled, which is mostly the first. */
  settle(item: Item): void {
    if (item.isSettled) return
    item.isSettled = true
    this.#size--
    while (this.#first < this.#items.length && this.#items[this.#first]?.isSettled !== false)
      this.#items[this.#first++] = undefined
    if (this.#first === this.#items.length || this.#first >= MOVED_AT) {
      this.#items.splice(0, this.#first)
      this.#first = 0
    }
  }

  *[Symbol.iterator](): Iterator<Item> {
    for (const item of this.#items.slice(this.#first)) if (item?.isSettled === false) yield item
  }
}
