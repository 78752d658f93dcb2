// Why: some things are worth telling the first time only: said at each request, they would be all that a log holds.

/** A function that tells once, however often it is called. */
export function once(tell: () => void): () => void {
  let told = false
  return () => {
    if (!told) tell()
    told = true
  }
}
