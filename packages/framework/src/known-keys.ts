// Why: a misspelt configuration key that is silently ignored costs hours; it is refused, with the nearest known one.
import { BootError } from './errors.js'
import { suggestion } from './suggestion.js'

/**
 * Refuses keys that are not among the known ones.
 * @param where how the error names the place, such as `sessionOptions in config/application.ts`
 * @throws BootError naming the key, the place and the nearest known key
 */
export function checkKnownKeys(options: object, known: readonly string[], where: string): void {
  for (const key of Object.keys(options)) {
    if (known.includes(key)) continue
    throw new BootError(
      `Unknown key ${JSON.stringify(key)} in ${where}.`,
      `${suggestion(key, known)} Known keys: ${[...known].sort().join(', ')}.`,
    )
  }
}
