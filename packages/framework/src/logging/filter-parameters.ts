// Why: what a person typed into a password field must not be in a log.

/** Rails' list (filter_parameter_logging.rb): a parameter whose name holds one of these words is not logged. */
export const FILTERED_PARAMETERS: readonly string[] = [
  'passw',
  'email',
  'secret',
  'token',
  '_key',
  'crypt',
  'salt',
  'certificate',
  'otp',
  'ssn',
  'cvv',
  'cvc',
]

/** Stands in the log for what is not to be there. */
export const REPLACEMENT = '[FILTERED]'
const MAXIMUM_DEPTH = 8
const MAXIMUM_TEXT = 1_000
const MAXIMUM_ITEMS = 50

/** Copies parameters for the log: secrets replaced, long texts cut, deep nesting left out. */
export type ParameterFilter = (parameters: object) => Record<string, unknown>

/** Compiles a filter from words to look for in names, in any case. `apiKey`, `APIKey` and `api-key` are found by `_key` too. */
export function compileParameterFilter(words: readonly string[]): ParameterFilter {
  const wanted = words.flatMap((word) => [word.toLowerCase(), snakeCase(word)])
  const isSecret = (name: string) => {
    const plain = name.toLowerCase()
    const snake = snakeCase(name)
    return wanted.some((word) => plain.includes(word) || snake.includes(word))
  }
  const copy = (value: unknown, depth: number): unknown => {
    if (typeof value === 'string') return value.length > MAXIMUM_TEXT ? `${value.slice(0, MAXIMUM_TEXT)}…` : value
    if (typeof value !== 'object' || value === null) return value
    if (depth >= MAXIMUM_DEPTH) return '…'
    if (Array.isArray(value)) {
      const items = value.slice(0, MAXIMUM_ITEMS).map((item) => copy(item, depth + 1))
      return value.length > MAXIMUM_ITEMS ? [...items, '…'] : items
    }
    return copyObject(value, depth)
  }
  const copyObject = (object: object, depth: number) => {
    const result = Object.create(null) as Record<string, unknown>
    for (const [name, value] of Object.entries(object).slice(0, MAXIMUM_ITEMS))
      result[name] = isSecret(name) ? REPLACEMENT : copy(value, depth + 1)
    return result
  }
  return (parameters) => copyObject(parameters, 0)
}

/** Looks around rather than captures: a stranger chooses the name, and its length must not be squared. */
function snakeCase(name: string): string {
  return name.replace(/(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|-/g, '_').toLowerCase()
}
