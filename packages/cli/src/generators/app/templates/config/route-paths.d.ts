// The names in config/routes.ts and what their paths need, for pathTo and urlTo. Written by `contrail routes --types`, and by
// `contrail server` when routes change. Commit it: the compiler needs it in a fresh clone.
import type { NoParameters } from 'contrail'

declare module 'contrail' {
  interface RoutePaths {
    health: NoParameters
    root: NoParameters
  }
}
