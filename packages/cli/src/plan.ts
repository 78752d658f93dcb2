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

/** A change that follows from another, in both directions. */
export interface Follow {
  /** Below the app's folder, with slashes. */
  readonly path: string
  /** The file whose change it follows from. */
  readonly from: string
  /** What it changes, for the log. */
  readonly what: string
  /** What to do where it cannot be derived, for the log. */
  readonly otherwise: string
  /**
   * The file's new text; undefined where it cannot be told.
   * @param text what it says now
   * @param befores what the other said before its change, or would say without it
   * @param after what the other says then
   */
  derive(text: string, befores: readonly string[], after: string): string | undefined
}

/** What a generator decided. */
export interface Plan {
  /** Names the call: `controller posts`. */
  readonly id: string
  /** What destroying it needs to know beside the name. */
  readonly args: readonly string[]
  readonly files: readonly NewFile[]
  readonly edits: readonly Edit[]
  /** Changes that follow from the edits. */
  readonly follow?: readonly Follow[]
  /** Files that might be expected and are not made, each with the reason. */
  readonly left?: readonly { readonly path: string; readonly why: string }[]
}
