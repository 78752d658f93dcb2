// Starts contrail server on an app whose files a test edits while it runs.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished, vi } from 'vitest'
import { CONTRAIL, linkedPostsApp } from './folders.js'
import { freePort, type Running, start } from './processes.js'

/** A dev server that runs. */
export interface DevServer {
  readonly folder: string
  readonly url: string
  readonly server: Running
  edit(file: string, change: (text: string) => string): void
  read(file: string): string
}

/** What a dev server is started with. */
export interface DevServerSetup {
  /** Default: a copy of the posts-app. */
  readonly folder?: string
  /** Changes the app before it is served. */
  readonly prepare?: (folder: string) => void
  readonly args?: readonly string[]
  readonly nodeOptions?: readonly string[]
  readonly env?: NodeJS.ProcessEnv
}

/** Starts contrail server, and waits until it is ready. It is stopped when the test ends. */
export async function serve(setup: DevServerSetup = {}): Promise<DevServer> {
  const { folder = linkedPostsApp(), prepare, args = [], nodeOptions = [], env = {} } = setup
  prepare?.(folder)
  const command = [...nodeOptions, CONTRAIL, 'server', '-p', String(await freePort()), ...args]
  const server = start(process.execPath, command, { cwd: folder, env })
  onTestFinished(() => server.kill('SIGKILL'))
  const [, url] = await server.waitFor(/(https?:\/\/\S+) \(ready/)
  const read = (file: string) => readFileSync(join(folder, file), 'utf8')
  return {
    folder,
    url: url as string,
    server,
    edit: (file, change) => writeFileSync(join(folder, file), change(read(file))),
    read,
  }
}

/** Waits until something holds, for as long as a busy machine may need. */
export async function eventually(check: () => void | Promise<void>): Promise<void> {
  await vi.waitFor(check, { timeout: 30_000, interval: 25 })
}
