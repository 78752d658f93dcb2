// Why: the compiler cannot run config/routes.ts; it reads what the routes came to, written down as types.
import { parametersOf } from './pattern.js'
import type { Route } from './route-table.js'

const HEAD = `// The names in config/routes.ts and what their paths need, for pathTo and urlTo. Written by \`contrail routes --types\`, and by
// \`contrail server\` when routes change. Commit it: the compiler needs it in a fresh clone.
`

/** A declaration file for the paths of these routes: TypeScript, the same for the same routes, ending in a newline. */
export function declarePaths(routes: readonly Route[]): string {
  const named = new Map<string, Route>()
  for (const route of routes) if (route.name !== undefined && !named.has(route.name)) named.set(route.name, route)
  const entries = [...named].sort(([one], [other]) => (one < other ? -1 : 1)).map(declare)
  const used = ['NoParameters', 'PathValue'].filter((name) => entries.some((entry) => entry.includes(name)))
  if (entries.length === 0) return `${HEAD}export {}\n`
  return `${HEAD}import type { ${used.join(', ')} } from 'contrail'

declare module 'contrail' {
  interface RoutePaths {
${entries.map((entry) => `    ${entry}\n`).join('')}  }
}
`
}

function declare([name, { path, formats }]: readonly [string, Route]): string {
  const parameters = parametersOf(path).map(
    (one) => `${one.name}${one.optional ? '?: PathValue | null | undefined' : ': PathValue'}`,
  )
  const format = formats === true ? 'string' : formats?.map((one) => `'${one}'`).join(' | ')
  const all = format === undefined ? parameters : [...parameters, `format?: ${format} | null | undefined`]
  const key = /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name)
  const line = `${key}: ${all.length === 0 ? 'NoParameters' : `{ ${all.join('; ')} }`}`
  // As a formatter would: the file is in the app's repository, and its lint looks at it.
  return line.length <= 116 ? line : `${key}: {\n${all.map((one) => `      ${one}\n`).join('')}    }`
}
