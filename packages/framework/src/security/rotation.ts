// Why: secrets change. What was sealed with one of the past is still read, and known to want sealing with today's.

/** Opens what it sealed, and nothing else. */
export interface Opener<Content> {
  open(sealed: string): Content | undefined
}

/** What was opened, and whether by another than the first of the openers: it is then to be sealed anew. */
export interface Opened<Content> {
  readonly content: Content
  readonly stale: boolean
}

/** Opens with the first opener that can; undefined when none can. */
export function openWithAny<Content>(openers: Iterable<Opener<Content>>, sealed: string): Opened<Content> | undefined {
  let stale = false
  for (const opener of openers) {
    const content = opener.open(sealed)
    if (content !== undefined) return { content, stale }
    stale = true
  }
  return undefined
}
