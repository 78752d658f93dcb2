// Why: an app brings its own copy of the framework. The command line uses that one: with two, `instanceof` would lie.
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { CliError } from './cli-error.js'

/** The framework, as the app imports it. */
export type Framework = typeof import('contrail')

/** Imports the framework that an app's own files import. @throws CliError when the folder has none */
export async function importFramework(root: string): Promise<Framework> {
  return (await importOwn(root, 'contrail')) as Framework
}

/** Imports what the app's tests are written with. @throws CliError when the folder has no framework */
export async function importTesting(root: string): Promise<typeof import('contrail/testing')> {
  return (await importOwn(root, 'contrail/testing')) as typeof import('contrail/testing')
}

async function importOwn(root: string, specifier: string): Promise<object> {
  let path: string
  try {
    path = createRequire(join(root, 'package.json')).resolve(specifier)
  } catch {
    throw new CliError(
      `${root} is no Contrail app: the package contrail is not installed in it.`,
      'run this in the folder of an app, after npm install.',
    )
  }
  return (await import(pathToFileURL(path).href)) as object
}
