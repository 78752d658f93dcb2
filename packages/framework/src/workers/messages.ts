// Why: what a worker tells the process that started it, in one place for both.

/** What a worker says of itself: that it serves, or why it will not. */
export type WorkerMessage =
  | {
      readonly contrail: 'serving'
      readonly url: string
      /** What this worker keeps in its own memory, where no other worker sees it. */
      readonly keptInMemory: readonly string[]
    }
  | { readonly contrail: 'failed'; readonly why: string }

export function isWorkerMessage(message: unknown): message is WorkerMessage {
  return typeof message === 'object' && message !== null && 'contrail' in message
}
