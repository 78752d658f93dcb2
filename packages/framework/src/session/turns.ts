// Why: what reads before it writes must not do so twice at once for the same key: within a process the second can wait.

/** Lets works on one key happen one after the other. */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>()

  /** Does a work when those before it on this key have ended, however they did. */
  take<T>(key: string, work: () => Promise<T>): Promise<T> {
    const turn = (this.#last.get(key) ?? Promise.resolve()).then(work, work)
    const end = () => {
      if (this.#last.get(key) === turn) this.#last.delete(key)
    }
    this.#last.set(key, turn)
    turn.then(end, end)
    return turn
  }
}
