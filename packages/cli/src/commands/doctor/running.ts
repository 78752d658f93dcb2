// Why: what only shows in a running app: that it boots, that its sessions and its database can be reached.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Application } from 'contrail'
import type { Framework } from '../../app-framework.js'
import { DATABASE_FILE, databaseOf } from '../../database/app-database.js'
import { migrationsOf, skippedWarning } from '../../database/migrations.js'
import { CodeLoader } from '../../dev-server/code-loader.js'
import { bootApp } from '../../loaded-app.js'
import { ROUTE_TYPES_FILE, routeTypesAreCurrent } from '../../route-types.js'
import { type Finding, failure, ok, warn } from './finding.js'

/** Milliseconds that a server of sessions or of a database is given to answer. */
const SERVER_PATIENCE = 10_000
/** Milliseconds that an embedded database is given: it is no server that may be silent, but one that must start first. */
const EMBEDDED_PATIENCE = 60_000

/** Boots the app, asks what it depends on, and lets go of it. @returns what was found, that the app boots first */
export async function runningFindings(framework: Framework, folder: string): Promise<Finding[]> {
  const loader = await CodeLoader.start(folder)
  try {
    const findings = await bootFindings(framework, loader, folder)
    if (existsSync(join(folder, DATABASE_FILE))) findings.push(await databaseFinding(loader, folder))
    return findings
  } finally {
    await framework.disposeShared()
    await loader.close()
  }
}

async function bootFindings(framework: Framework, loader: CodeLoader, folder: string): Promise<Finding[]> {
  let app: Application
  try {
    app = await bootApp(framework, loader, folder, 'mend that first')
  } catch (error) {
    const unseen = ['session store', ROUTE_TYPES_FILE].map((check) =>
      warn(check, 'not checked, for the app does not boot', 'mend what keeps it from booting'),
    )
    return [failure('boot', error, 'mend that first'), ...unseen]
  }
  try {
    const { length } = app.routes
    return [
      ok('boot', `the app boots, with ${length} route${length === 1 ? '' : 's'}`),
      await sessionFinding(app),
      routeTypesFinding(framework, app, folder),
    ]
  } finally {
    await app.close()
  }
}

async function sessionFinding(app: Application): Promise<Finding> {
  try {
    await inTime(SERVER_PATIENCE, app.checkSessionStore())
    return ok('session store', 'a session was kept, read and ended')
  } catch (error) {
    return failure(
      'session store',
      error,
      'start its server, or mend its address in the environment or config/application.ts',
    )
  }
}

function routeTypesFinding(framework: Framework, app: Application, folder: string): Finding {
  const hasNames = app.routes.some(({ name }) => name !== undefined)
  if (!existsSync(join(folder, ROUTE_TYPES_FILE)) && !hasNames) return ok(ROUTE_TYPES_FILE, 'no route has a name')
  if (routeTypesAreCurrent(framework, app, folder)) return ok(ROUTE_TYPES_FILE, 'says what config/routes.ts does')
  return warn(ROUTE_TYPES_FILE, 'does not say what config/routes.ts does', 'contrail routes --types')
}

async function databaseFinding(loader: CodeLoader, folder: string): Promise<Finding> {
  try {
    const database = databaseOf(loader, folder)
    const hasServer = Boolean(process.env['DATABASE_URL'])
    const migrations = await inTime(hasServer ? SERVER_PATIENCE : EMBEDDED_PATIENCE, migrationsOf(folder, database))
    // One that is embedded is not started for nothing; one that has a server may be down.
    if (migrations.length === 0 && hasServer) await inTime(SERVER_PATIENCE, database.execute('select 1'))
    const pending = migrations.filter(({ state }) => state === 'pending')
    const skipped = skippedWarning(migrations)?.split('\n  Fix: ')
    if (skipped !== undefined) return warn('database', skipped[0] ?? '', skipped[1] ?? '')
    if (pending.length === 0)
      return ok('database', migrations.length === 0 ? 'no migrations' : 'has had all migrations')
    return warn('database', `pending: ${pending.map(({ name }) => name).join(', ')}`, 'contrail db:migrate')
  } catch (error) {
    return failure('database', error, 'see that DATABASE_URL is right, and that its server runs')
  }
}

/** A server that swallows what it is asked keeps nobody waiting for ever. */
async function inTime<T>(patience: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`There was no answer within ${patience / 1000} s.`)), patience)
  })
  return await Promise.race([work, late]).finally(() => clearTimeout(timer))
}
