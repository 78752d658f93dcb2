// Why: an app's name becomes a folder, a package, a cookie and a container image; only a name that is all of these is let in.
import { builtinModules } from 'node:module'
import { CliError } from '../../cli-error.js'

const NAME = /^[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*$/
const LONGEST = 100

/** Packages that a new app depends on: npm refuses to install a package into one of its own name. */
const TAKEN = new Set(['contrail', 'contrail-cli', 'create-contrail', 'typescript', 'vitest', 'node_modules', 'biome'])

/** @throws CliError when an app cannot be called that */
export function checkAppName(name: string): void {
  const shown = JSON.stringify(name.length > LONGEST ? `${name.slice(0, LONGEST)}…` : name)
  if (name.length > LONGEST) {
    throw new CliError(`The name ${shown} is too long.`, `choose one of ${LONGEST} characters at most.`)
  }
  if (!NAME.test(name)) {
    const likely = name
      .normalize('NFKD')
      .replace(/[^\w\s-]/g, '')
      .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
      .toLowerCase()
      .replace(/[\s_-]+/g, '-')
      .replace(/^[\d-]+|-+$/g, '')
    throw new CliError(
      `An app cannot be called ${shown}.`,
      `use lower-case letters, digits and dashes, a letter first${NAME.test(likely) ? `: ${likely}` : ', such as blog'}.`,
    )
  }
  if (TAKEN.has(name) || builtinModules.includes(name)) {
    throw new CliError(
      `The name ${shown} is taken by a package of Node's or of Contrail's.`,
      `choose another, such as ${name}-app.`,
    )
  }
}
