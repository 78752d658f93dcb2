// Why: an embedded database is one session of PostgreSQL, so connections to it take turns, a transaction at a time.

/** Lets one in at a time, in the order of their coming. */
export class Turns {
  #last: Promise<void> = Promise.resolve()

  /** Resolves when it is the caller's turn, with what ends it. */
  async take(): Promise<() => void> {
    const before = this.#last
    let end: () => void = () => undefined
    this.#last = new Promise((resolve) => {
      end = resolve
    })
    await before
    return end
  }
}
