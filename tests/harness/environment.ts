// The process's environment variables for one test: changed for it, and all put back when it ends.
import { onTestFinished } from 'vitest'

/** Sets variables (undefined removes one) until the test ends; whatever else was changed meanwhile is undone too. */
export function withEnvironment(changes: Readonly<Record<string, string | undefined>>): void {
  const before = { ...process.env }
  onTestFinished(() => {
    for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name]
    Object.assign(process.env, before)
  })
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined) delete process.env[name]
    else process.env[name] = value
  }
}
