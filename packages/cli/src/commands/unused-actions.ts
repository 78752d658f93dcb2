// Why: an action without a route is code that nobody reaches, or a route that was forgotten. (A route without an action does not boot.)
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type PublicMethod, publicMethods } from '../generators/class-methods.js'
import type { LoadedApp } from '../loaded-app.js'

/** A public action that no route leads to. */
export interface UnusedAction {
  readonly controller: string
  readonly action: string
  /** Below the app's folder. */
  readonly file: string
  readonly line: number
}

type Class = abstract new (...args: never[]) => object

const CONTROLLERS = 'app/controllers'

/** The actions of the app's controllers that no route of theirs, or of a class that inherits them, leads to. */
export async function unusedActions({ app, framework, loader }: LoadedApp, folder: string): Promise<UnusedAction[]> {
  const unused: UnusedAction[] = []
  for (const file of controllerFiles(folder)) {
    const declared = publicMethods(readFileSync(join(folder, file), 'utf8'), file)
    const exported = Object.values((await loader.import(join(folder, file))) as Record<string, unknown>)
    for (const one of new Set(exported)) {
      if (!isSubclass(one, framework.Controller)) continue
      const routed = app.routes.filter(({ controller }) => isSubclass(controller, one))
      const actions = (declared.get(one.name) ?? [])
        .filter((method) => isAction(one, method))
        .filter(({ name }) => !routed.some(({ action }) => action === name))
      unused.push(...actions.map(({ name, line }) => ({ controller: one.name, action: name, file, line })))
    }
  }
  return unused
}

function controllerFiles(folder: string): string[] {
  if (!existsSync(join(folder, CONTROLLERS))) return []
  return readdirSync(join(folder, CONTROLLERS), { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.m?[jt]s$/.test(path) && !/\.(?:d|test|spec)\.\w+$/.test(path))
    .map((path) => join(CONTROLLERS, path))
    .sort()
}

/** Whether a value is that class, or inherits from it. */
function isSubclass(value: unknown, parent: Class): value is Class {
  return typeof value === 'function' && (value === parent || value.prototype instanceof parent)
}

/** Whether a route could name it: an action takes no parameters. */
function isAction({ prototype }: Class, { name }: PublicMethod): boolean {
  const method: unknown = Object.getOwnPropertyDescriptor(prototype, name)?.value
  return typeof method === 'function' && method.length === 0
}

/** For people: one line each, and what can be done. */
export function describeUnused(unused: readonly UnusedAction[]): string {
  if (unused.length === 0) return 'Every action has a route.\n'
  const names = unused.map(({ controller, action }) => `${controller}#${action}`)
  const width = Math.max(...names.map((name) => name.length))
  const lines = unused.map(({ file, line }, index) => `${(names[index] as string).padEnd(width)}  ${file}:${line}`)
  return `${lines.join('\n')}\n  Fix: draw a route to it in config/routes.ts, or make it private.\n`
}
