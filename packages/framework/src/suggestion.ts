// Why: an error about a name is half as long to mend when it says which name was probably meant. The only file that knows levenshtein.
import { closest } from 'fastest-levenshtein'

/** "Did you mean …?", with the nearest of the known names; a word in snake_case or kebab-case is compared as camelCase. */
export function suggestion(name: string, known: readonly string[]): string {
  if (known.length === 0) return 'there are none to choose from.'
  const camel = name.replace(/[-_]+(\w)/g, (_, letter: string) => letter.toUpperCase())
  return `did you mean ${JSON.stringify(closest(camel, [...known]))}?`
}
