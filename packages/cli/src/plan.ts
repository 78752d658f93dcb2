// Why: what a generator decides and what is then written meet here, so that neither needs to know the other.

/** A file that a generator decided on. */
export interface NewFile {
  /** Below the app's folder, with slashes. */
  readonly path: string
  readonly content: string
  /** Permissions, where they are not the usual ones. */
  readonly mode?: number
}

/** A change to a file of the app's own, and how it is taken back. */
export interface Edit {
  /** Below the app's folder, with slashes. */
  readonly path: string
  /** What it adds, for the log. */
  readonly what: string
  apply(text: string): string
  revert(text: string): string
}

/** What a generator decided. */
export interface Plan {
  /** Names the call: `controller posts`. */
  readonly id: string
  /** What destroying it needs to know beside the name. */
  readonly args: readonly string[]
  readonly files: readonly NewFile[]
  readonly edits: readonly Edit[]
}
