// Why: `contrail generate session-store`: a class that keeps sessions, the contract's test of it, and the app told to use it.
import { CliError } from '../../cli-error.js'
import type { Edit, Plan } from '../../plan.js'
import { APPLICATION_FILE, type StoreChoice, sessionStoreOf, switchSessionStore } from '../application-file.js'
import { parsePlainName, pascalCase } from '../names.js'
import { renderTemplates } from '../template.js'

/** What a session store is generated from. */
interface SessionStoreChoices {
  /** As typed: `files`, `FilesStore`. */
  readonly name: string
  /** The store that the app uses otherwise; undefined to leave config/application.ts alone. */
  readonly before: PreviousStore | undefined
  /** Whether it gets a test, or why it gets none. */
  readonly tests: true | { readonly why: string }
  /** Names that the framework has. */
  readonly taken: ReadonlySet<string>
}

/** What config/application.ts says without the store: no name where it leaves it to the framework. */
export type PreviousStore = Pick<StoreChoice, 'name' | 'specifier'>

const TEMPLATES = new URL('../../../src/generators/session-store/templates/', import.meta.url)

/** Stands among a call's arguments in the record, so that what it left out is not taken for its own. */
const SKIP_CONFIG = '--skip-config'

/** The store that new apps name. */
export const USUAL: PreviousStore = { name: 'CookieStore', specifier: 'contrail' }

function storeName(text: string, taken?: ReadonlySet<string>): string {
  const plain = text.replace(/[-_]?store$/i, '') || text
  return parsePlainName(plain, 'session store', (name) => [classNameOf(name)], taken)
}

function classNameOf(name: string): string {
  return `${pascalCase(name)}Store`
}

/** The class and the call in the record, of a name as typed. @throws CliError for names that it cannot have */
export function sessionStoreNames(text: string) {
  const name = storeName(text)
  return { id: `session-store ${name}`, className: classNameOf(name) }
}

/** What a call that was recorded replaced; undefined when it left config/application.ts alone. */
export function recordedStore(args: readonly string[] | undefined): PreviousStore | undefined {
  if (args === undefined) return USUAL
  if (args.includes(SKIP_CONFIG)) return undefined
  const [name, specifier] = args
  return { name: name || undefined, specifier: specifier || undefined }
}

/**
 * Refuses where the app has options that the new store does not know.
 * @param ofStore the options of the store that the app uses
 */
export function checkOptions({ name, options }: StoreChoice, ofStore: readonly string[]): void {
  const lost = options.filter((option) => ofStore.includes(option))
  if (lost.length === 0) return
  throw new CliError(
    `sessionOptions in ${APPLICATION_FILE} has ${lost.join(', ')}, for ${name} alone. Nothing was written.`,
    'take that out first, or give --skip-config and name the new store there yourself.',
  )
}

/** Decides what a session store consists of. @throws CliError for names that it cannot have */
export function sessionStorePlan({ name: text, before, tests, taken }: SessionStoreChoices): Plan {
  const name = storeName(text, taken)
  const { id, className } = sessionStoreNames(text)
  const files = renderTemplates(TEMPLATES, { name, className }).map((file) => ({
    ...file,
    path: file.path.replace('NAME', name),
  }))
  const test = files.find((file) => file.path.startsWith('tests/'))
  return {
    id,
    args: before === undefined ? [SKIP_CONFIG] : [before.name ?? '', before.specifier ?? ''],
    files: tests === true ? files : files.filter((file) => file !== test),
    left: tests === true || test === undefined ? [] : [{ path: test.path, why: tests.why }],
    edits: before === undefined ? [] : [configEdit(className, `../app/session-stores/${name}-store.js`, before)],
  }
}

function configEdit(className: string, specifier: string, before: PreviousStore): Edit {
  return {
    path: APPLICATION_FILE,
    what: `sessionStore: ${className}`,
    apply: (text) => switchSessionStore(text, { name: className, specifier }),
    revert: (text) => (sessionStoreOf(text).name === className ? switchSessionStore(text, before) : text),
  }
}
