// An app as `contrail new` makes it, built by `contrail build`, and served as production serves it.
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { type GeneratedApp, generatedAppIn } from './generated-app.js'
import { type Running, start } from './processes.js'

const CONTROLLER = `import { shared } from 'contrail'
import { ApplicationController } from './application-controller.js'

shared('pool', () => process.pid, { dispose: (pid) => console.log(\`POOL OF \${pid} ENDED\`) })

export class NotesController extends ApplicationController {
  static {
    NotesController.rateLimit({ to: 1_000_000, within: 60 })
  }

  async create() {
    if (Math.random() < 0.5) await new Promise((resolve) => setTimeout(resolve, 5))
    this.render({ got: this.request.body, pid: process.pid })
  }

  fail() {
    throw new Error('on purpose')
  }
}
`
const ROUTES = `import { defineRoutes } from 'contrail'
import { HealthController } from '../app/controllers/health-controller.js'
import { NotesController } from '../app/controllers/notes-controller.js'

export default defineRoutes((r) => {
  r.get('/up', HealthController, 'show')
  r.get('/fail', NotesController, 'fail')
  r.post('/notes', NotesController, 'create')
})
`
const SERVER = `import { startServer } from 'contrail'

await startServer(import.meta.dirname)
if (process.env['DIES'] === 'as it serves' && process.send !== undefined) process.exit(7)
`

const STAGING = `import { defineEnvironment, MemoryStore } from 'contrail'

export default defineEnvironment({ sessionStore: MemoryStore, sessionOptions: {} })
`

/** A new app with a controller that answers what harness/post-load.ts posts to /notes, and fails at /fail. */
export async function appToBuild(parent: string): Promise<GeneratedApp> {
  const app = await generatedAppIn(parent, '--minimal', '--database', 'none')
  writeFileSync(join(app.folder, 'app/controllers/notes-controller.ts'), CONTROLLER)
  writeFileSync(join(app.folder, 'config/routes.ts'), ROUTES)
  writeFileSync(join(app.folder, 'server.ts'), SERVER)
  writeFileSync(join(app.folder, 'config/environments/staging.ts'), STAGING)
  rmSync(join(app.folder, '.env'))
  return app
}

/** A built app that is served. */
export interface Served {
  readonly program: Running
  readonly url: string
  /** Signals the process that was started, not those that it started. */
  signal(signal: NodeJS.Signals): void
  /** Resolves with the exit code. */
  readonly ended: Promise<number | null>
}

/** Runs `node dist/server.js` in production on a free port, from another folder than the app's. */
export async function serveBuilt({ folder }: GeneratedApp, env: NodeJS.ProcessEnv = {}): Promise<Served> {
  const program = startBuilt(folder, env)
  const ended = endOf(program)
  const [, url] = await program.waitFor(
    env['WEB_CONCURRENCY'] === undefined ? /listening on (http:[^"]+)/ : /workers serve (http:[^"]+)/,
  )
  return { program, url: url as string, ended, signal: (signal) => void program.process.kill(signal) }
}

/** As {@link serveBuilt}, for what never serves. */
export function startBuilt(folder: string, env: NodeJS.ProcessEnv): Running {
  const production = { NODE_ENV: 'production', HOST: '127.0.0.1', PORT: '0', SECRET_KEY_BASE: '0123456789'.repeat(8) }
  const program = start(process.execPath, [join(folder, 'dist/server.js')], {
    cwd: '/',
    env: { ...production, ...env },
  })
  onTestFinished(() => program.kill('SIGKILL'))
  return program
}

/** The exit code of a program, once it has ended and all its output is read. */
export function endOf(program: Running): Promise<number | null> {
  return new Promise((resolve) => program.process.once('close', resolve))
}
