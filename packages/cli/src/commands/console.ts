// Why: `contrail console`: the app in a REPL, to look at and to try things in.
import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type REPLServer, start } from 'node:repl'
import type { Application } from 'contrail'
import { importFramework, importTesting } from '../app-framework.js'
import { type Command, withEnvironment } from '../command-line.js'
import { CodeLoader } from '../dev-server/code-loader.js'
import { chooseEnvironment } from '../environment.js'
import { bootApp } from '../loaded-app.js'

const FIX = 'mend the app; the console opens once it loads.'

/** `contrail console` */
export function define(command: Command): void {
  withEnvironment(command).action((options: { environment?: string }) => console(process.cwd(), options))
}

/** Boots the app in a folder and reads lines until the input ends. */
async function console(folder: string, options: { environment?: string }): Promise<void> {
  chooseEnvironment(options.environment)
  const framework = await importFramework(folder)
  const loader = await CodeLoader.start(folder)
  let app = await bootApp(framework, loader, folder, FIX).catch(async (error: unknown) => {
    await loader.close()
    throw error
  })
  process.stdout.write(
    `Contrail console, ${app.environment.name}. app, app.get('/'), container, load(file), reload(); .help, .exit\n`,
  )
  const { createClient } = await importTesting(folder)
  askable(app, createClient)
  const repl = start({ prompt: `${app.environment.name}> `, useGlobal: false })
  const load = (file: string) => loader.import(resolve(folder, file))
  let reloading: Promise<unknown> = Promise.resolve()
  const reload = () => {
    reloading = reloading.catch(() => undefined).then(replace)
    return reloading
  }
  const replace = async () => {
    loader.sweep()
    const next = await bootApp(framework, loader, folder, FIX)
    await app.close()
    app = next
    askable(app, createClient)
    expose(repl, { app })
    return 'reloaded'
  }
  expose(repl, { app, container: framework.container, load, reload })
  await rememberHistory(repl, folder)
  await new Promise<void>((resolve) => repl.once('exit', resolve))
  await reloading.catch(() => undefined)
  await app.close()
  await framework.disposeShared()
  await loader.close()
}

/** `app.get('/posts')`, as in Rails' console: a request of one visitor's, who keeps cookies from one to the next. */
function askable(app: Application, createClient: typeof import('contrail/testing').createClient): void {
  const client = createClient(app)
  const { get, post, put, patch, delete: remove } = client
  for (const [name, ask] of Object.entries({ get, post, put, patch, delete: remove }))
    Object.defineProperty(app, name, { value: ask.bind(client) })
}

function expose(repl: REPLServer, names: { readonly app?: Application } & Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(names))
    Object.defineProperty(repl.context, name, { value, configurable: true, enumerable: true, writable: true })
}

/** What was typed is there again the next time. A folder that cannot be written to only means that it is not. */
async function rememberHistory(repl: REPLServer, folder: string): Promise<void> {
  mkdirSync(join(folder, 'tmp'), { recursive: true })
  await new Promise<void>((resolve) => repl.setupHistory(join(folder, 'tmp', 'console_history'), () => resolve()))
}
