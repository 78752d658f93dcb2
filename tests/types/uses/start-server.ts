// What startServer takes, and what it does not.
import { startServer } from 'contrail'

export const started = [
  startServer('.'),
  startServer('.', { workers: 2 }),
  startServer('.', { workers: 'max', port: 0, host: '127.0.0.1' }),
  // @ts-expect-error TS2322: the only word is max
  startServer('.', { workers: 'many' }),
  // @ts-expect-error TS2353: workers obey signals, always
  startServer('.', { signals: false }),
]
