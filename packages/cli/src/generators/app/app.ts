// Why: what a new app consists of: decided here from a name and a few choices, written elsewhere.
import { randomBytes } from 'node:crypto'
import type { PackageManager } from '../../package-manager.js'
import type { NewFile } from '../../plan.js'
import { renderTemplates } from '../template.js'

/** Where a new app keeps its sessions. */
export const SESSION_STORES = ['cookie', 'memcached'] as const

/** What a new app keeps its records in. */
export const DATABASES = ['postgres', 'none'] as const

export type DatabaseName = (typeof DATABASES)[number]

export type SessionStoreName = (typeof SESSION_STORES)[number]

/** What a new app is made from. */
export interface AppChoices {
  /** That of its package: `blog`. */
  readonly name: string
  readonly session: SessionStoreName
  readonly database: DatabaseName
  readonly packageManager: PackageManager
  /** Leave out what is not needed to run: tests, container, editor settings. */
  readonly minimal: boolean
  /** Where the packages of Contrail come from, as package.json writes it. */
  readonly packages: Readonly<Record<'contrail' | 'contrail-cli', string>>
}

const TEMPLATES = new URL('../../../src/generators/app/templates/', import.meta.url)

/** What `--minimal` leaves out. */
const EXTRAS = /^(?:tests\/|vitest\.config\.ts|biome\.json|Dockerfile|\.dockerignore|\.editorconfig|\.vscode\/)/

/** What an app without a database has no use for. */
const OF_DATABASE =
  /^(?:db\/|app\/(?:repositories|validators)\/|config\/database\.ts|drizzle\.config\.ts|tests\/database\.ts)/

/** The files of a new app, `.env` with a secret of its own among them. */
export function appFiles(choices: AppChoices): NewFile[] {
  const data = { ...choices, secret: randomBytes(64).toString('hex') }
  return renderTemplates(TEMPLATES, data)
    .filter(({ path }) => !choices.minimal || !EXTRAS.test(path))
    .filter(({ path }) => choices.database !== 'none' || !OF_DATABASE.test(path))
    .map((file) => (file.path === '.env' ? { ...file, mode: 0o600 } : file))
}
