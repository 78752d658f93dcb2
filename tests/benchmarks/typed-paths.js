// Why: decision 018 (how the compiler learns an app's paths) rests on what each way costs the compiler; this measures tsc on an
// app of 500 named routes and 500 calls of pathTo. After npm run build: node tests/benchmarks/typed-paths.js [routes]
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Controller, declarePaths, defineRoutes } from '../../packages/framework/dist/index.js'

const ROUTES = Number(process.argv[2] ?? 500)
const ROUNDS = 9
const PER_FILE = 10
const repository = fileURLToPath(new URL('../..', import.meta.url))
const numbers = Array.from({ length: ROUTES }, (_, n) => n)
const files = Array.from({ length: Math.ceil(ROUTES / PER_FILE) }, (_, n) => n)
const pathOf = (n) => `/areas/:areaId/things${n}/:id`

const controllers = Object.fromEntries(
  files.map((n) => [
    `app/things${n}-controller.ts`,
    `import { Controller } from 'contrail'\nexport class Things${n}Controller extends Controller {\n  index() {}\n  show() {}\n}\n`,
  ]),
)
const controllerOf = (n) => `Things${Math.floor(n / PER_FILE)}Controller`
const imports = (from) =>
  files.map((n) => `import { Things${n}Controller } from '${from}/things${n}-controller.js'\n`).join('')

/** Files that call pathTo, as `head` gives it to them. */
const calls = (head) =>
  Object.fromEntries(
    files.map((file) => [
      `app/links${file}.ts`,
      `${head}${numbers
        .slice(file * PER_FILE, (file + 1) * PER_FILE)
        .map((n) => `export const link${n} = pathTo('thing${n}', { areaId: ${n}, id: 'x' })\n`)
        .join('')}`,
    ]),
  )

const statements = `import { defineRoutes } from 'contrail'
${imports('../app')}export default defineRoutes((r) => {
${numbers.map((n) => `  r.get('${pathOf(n)}', ${controllerOf(n)}, 'show', { as: 'thing${n}' })\n`).join('')}})
`
const named = calls(`import type { PathTo } from 'contrail'\ndeclare const pathTo: PathTo\n`)

const PARAMS = `export type Params<P extends string> = P extends \`\${infer A}/\${infer B}\` ? Params<A> & Params<B>
  : P extends \`:\${infer Name}\` ? { [N in Name]: string | number } : unknown
`
const inferredCalls = calls(
  `import type routes from '../config/routes.js'\ntype Paths = (typeof routes)['paths']\ndeclare function pathTo<N extends keyof Paths>(name: N, params: Paths[N]): string\n`,
)
const chained = `import type { ActionName, Controller, ControllerClass } from 'contrail'
${PARAMS}declare class Builder<Paths> {
  readonly paths: Paths
  get<const P extends string, C extends Controller, const As extends string>(
    path: P, controller: ControllerClass<C>, action: ActionName<C>, options: { as: As },
  ): Builder<Paths & { [N in As]: Params<P> }>
}
declare const r: Builder<unknown>
${imports('../app')}const routes = r
${numbers.map((n) => `  .get('${pathOf(n)}', ${controllerOf(n)}, 'show', { as: 'thing${n}' })\n`).join('')}
export default routes
`
const listed = `import type { ActionName, Controller, ControllerClass } from 'contrail'
${PARAMS}interface Drawn<P extends string, As extends string> { readonly path: P; readonly as: As }
declare function get<const P extends string, C extends Controller, const As extends string>(
  path: P, controller: ControllerClass<C>, action: ActionName<C>, options: { as: As },
): Drawn<P, As>
declare function define<const T extends readonly Drawn<string, string>[]>(
  routes: T,
): { readonly paths: { [R in T[number] as R['as']]: Params<R['path']> } }
${imports('../app')}const routes = define([
${numbers.map((n) => `  get('${pathOf(n)}', ${controllerOf(n)}, 'show', { as: 'thing${n}' }),\n`).join('')}])
export default routes
`
class ThingsController extends Controller {
  show() {}
}
const generated = declarePaths(
  defineRoutes((r) => {
    for (const n of numbers) r.get(pathOf(n), ThingsController, 'show', { as: `thing${n}` })
  }).routes,
)

const CANDIDATES = {
  'names unchecked': { ...controllers, ...named, 'config/routes.ts': statements },
  'generated (config/route-paths.d.ts)': {
    ...controllers,
    ...named,
    'config/routes.ts': statements,
    'config/route-paths.d.ts': generated,
  },
  'inferred, one list of routes': { ...controllers, ...inferredCalls, 'config/routes.ts': listed },
  'inferred, chained calls': { ...controllers, ...inferredCalls, 'config/routes.ts': chained },
}
const TSCONFIG = JSON.stringify({
  compilerOptions: {
    target: 'ES2023',
    module: 'NodeNext',
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    types: ['node'],
  },
  include: ['app', 'config'],
})

const folders = Object.entries(CANDIDATES).map(([name, texts]) => {
  const folder = mkdtempSync(join(tmpdir(), 'contrail-typed-paths-'))
  symlinkSync(join(repository, 'node_modules'), join(folder, 'node_modules'))
  for (const [file, text] of Object.entries({ ...texts, 'tsconfig.json': TSCONFIG })) {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    writeFileSync(join(folder, file), text)
  }
  return { name, folder, runs: [], problem: undefined }
})
for (let round = 0; round < ROUNDS; round++) {
  for (const one of folders) {
    if (one.problem !== undefined) continue
    const begun = performance.now()
    try {
      const text = execFileSync(
        join(repository, 'node_modules/.bin/tsc'),
        ['-p', one.folder, '--singleThreaded', '--extendedDiagnostics', '--pretty', 'false'],
        {
          encoding: 'utf8',
          timeout: 120_000,
        },
      )
      const figure = (title) => Number(new RegExp(`^${title}:\\s+([\\d.]+)`, 'm').exec(text)?.[1])
      one.runs.push({
        wall: performance.now() - begun,
        check: figure('Check time') * 1000,
        memory: figure('Memory used') / 1024,
        instantiations: figure('Instantiations'),
      })
    } catch (error) {
      one.problem = String(error.stdout || error.signal || error.message).split('\n')[0]
    }
  }
}
process.stdout.write(
  `Node ${process.version}, ${ROUTES} routes and as many calls, least of ${ROUNDS} runs (a busy machine only adds)\n`,
)
for (const { name, folder, runs, problem } of folders) {
  const least = (kind) => Math.round(Math.min(...runs.map((run) => run[kind])))
  process.stdout.write(
    problem === undefined
      ? `${name}: tsc ${least('wall')} ms, of it checking ${least('check')} ms, ${least('memory')} MB, ${least('instantiations')} instantiations\n`
      : `${name}: ${problem}\n`,
  )
  rmSync(folder, { recursive: true, force: true })
}
