// Why: .env files, most specific first, under what the process already has. The only file that knows dotenv.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'dotenv'
import { BootError } from '../errors.js'
import { currentEnvironment, type Environment } from './environment.js'

/** What earlier loads put into `process.env`, so that a reload may change it and an outside value never is. */
const loaded = new Map<string, string>()

/** The names of the `.env` files of an environment, most specific first. `.env.local` is not read in test. */
export function dotenvFiles(environment: string): string[] {
  const shared = environment === 'test' ? [] : ['.env.local']
  return [`.env.${environment}.local`, ...shared, `.env.${environment}`, '.env']
}

/**
 * Loads the `.env` files of `root` into `process.env`. A variable that the process already has wins; among the files
 * the most specific wins. Loading again takes in what changed in the files.
 * @throws BootError when a file is there and cannot be read
 */
export function loadDotenv(root: string, environment: string): void {
  const values = readDotenv(root, environment)
  for (const [key, value] of loaded) {
    if (process.env[key] === value) delete process.env[key]
  }
  loaded.clear()
  for (const [key, value] of values) {
    if (process.env[key] !== undefined) continue
    process.env[key] = value
    loaded.set(key, value)
  }
}

/** What the `.env` files of `root` say. @throws BootError when a file is there and cannot be read */
export function readDotenv(root: string, environment: string): Map<string, string> {
  const values = new Map<string, string>()
  for (const name of dotenvFiles(environment)) {
    const text = readIfPresent(join(root, name))
    if (text === undefined) continue
    for (const [key, value] of Object.entries(parse(text))) {
      if (!values.has(key)) values.set(key, value)
    }
  }
  return values
}

/**
 * Reads the `.env` files as booting an app does, for code that also runs without one: a connection to a database, a
 * script that migrates it.
 * @param root the app's folder. Default: the working directory
 * @returns the environment that the process is in
 * @throws BootError when a file is there and cannot be read
 */
export function loadEnvironment(root: string = process.cwd()): Environment {
  const environment = currentEnvironment()
  loadDotenv(root, environment.name)
  return environment
}

function readIfPresent(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new BootError(`${path} cannot be read: ${(error as Error).message}`, 'make it a file this user may read.')
  }
}
