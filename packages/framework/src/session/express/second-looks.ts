// Why: another process can write over a change after the look that found it standing. A second look, when the request has
// long been answered, finds that too.

/** Milliseconds between a write and the second look at it. */
const LATER = 100

/** Things to do a little later, and at the latest when the store closes. */
export class SecondLooks {
  readonly #waiting = new Map<NodeJS.Timeout, () => Promise<void>>()
  readonly #underWay = new Set<Promise<void>>()

  /** @param look what is done later; should it fail, nobody is there any more to be told */
  plan(look: () => Promise<void>): void {
    const timer = setTimeout(() => this.#begin(timer, look), LATER)
    // A look is no reason to keep a process.
    timer.unref()
    this.#waiting.set(timer, look)
  }

  /** Does now what is waiting; resolves when all has ended, and what followed from it. */
  async finish(): Promise<void> {
    while (this.#waiting.size + this.#underWay.size > 0) {
      for (const [timer, look] of this.#waiting) this.#begin(timer, look)
      await Promise.all(this.#underWay)
    }
  }

  #begin(timer: NodeJS.Timeout, look: () => Promise<void>): void {
    clearTimeout(timer)
    this.#waiting.delete(timer)
    const looking = look()
      .catch(() => undefined)
      .finally(() => this.#underWay.delete(looking))
    this.#underWay.add(looking)
  }
}
