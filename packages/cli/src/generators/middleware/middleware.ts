// Why: `contrail generate middleware`: a function that requests pass, a test of it, and its place in the app's list.
import type { Plan } from '../../plan.js'
import { APPLICATION_FILE, type AppExport, addMiddleware, removeMiddleware } from '../application-file.js'
import { camelCase, parsePlainName } from '../names.js'
import { renderTemplates } from '../template.js'

/** What a middleware is generated from. */
interface MiddlewareChoices {
  /** As typed: `request-timing`. */
  readonly name: string
  /** Whether config/application.ts is to use it. */
  readonly config: boolean
  /** Whether it gets a test, or why it gets none. */
  readonly tests: true | { readonly why: string }
  /** Names that config/application.ts must go on knowing as the framework's. */
  readonly taken: ReadonlySet<string>
}

const TEMPLATES = new URL('../../../src/generators/middleware/templates/', import.meta.url)

/** Stands among a call's arguments in the record, so that what it left out is not taken for its own. */
export const SKIP_CONFIG = '--skip-config'

/** How the record of what was generated names the call. */
export function middlewareCall(name: string): string {
  return `middleware ${parsePlainName(name, 'middleware')}`
}

/** Decides what a middleware consists of. @throws CliError for names that it cannot have */
export function middlewarePlan({ name: text, config, tests, taken }: MiddlewareChoices): Plan {
  const name = parsePlainName(text, 'middleware', (dashed) => [camelCase(dashed)], taken)
  const identifier = camelCase(name)
  const files = renderTemplates(TEMPLATES, { name, identifier }).map((file) => ({
    ...file,
    path: file.path.replace('NAME', name),
  }))
  const test = files.find((file) => file.path.startsWith('tests/'))
  const own = { name: identifier, specifier: `../app/middleware/${name}.js` }
  return {
    id: middlewareCall(text),
    args: config ? [] : [SKIP_CONFIG],
    files: tests === true ? files : files.filter((file) => file !== test),
    left: tests === true || test === undefined ? [] : [{ path: test.path, why: tests.why }],
    edits: config ? [configEdit(own)] : [],
  }
}

function configEdit(own: AppExport) {
  return {
    path: APPLICATION_FILE,
    what: `middleware: ${own.name}`,
    apply: (text: string) => addMiddleware(text, own),
    revert: (text: string) => removeMiddleware(text, own),
  }
}
