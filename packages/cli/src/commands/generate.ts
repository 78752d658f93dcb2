// Why: `contrail generate` and `contrail destroy`: from arguments to a generator's plan, carried out or taken back.
import { importFramework } from '../app-framework.js'
import { addCommands, type Command, type CommandRow, type DefineCommand } from '../command-line.js'
import { apply, revert } from '../files.js'
import type { Direction, Generator } from '../generators/generator.js'
import { usageOf } from '../generators/usage.js'
import type { Plan } from '../plan.js'
import { conflictResolver, logChange } from '../terminal.js'

interface GeneratorRow {
  readonly name: string
  readonly summary: string
  load(): Promise<Generator>
}

const GENERATORS: readonly GeneratorRow[] = [
  {
    name: 'controller',
    summary: 'a controller, and routes for its actions',
    load: async () => (await import('../generators/controller/generator.js')).generator,
  },
  {
    name: 'model',
    summary: 'a table, its repository and the migration',
    load: async () => (await import('../generators/model/generator.js')).generator,
  },
  {
    name: 'migration',
    summary: 'columns to add or to remove, or a file for SQL of your own',
    load: async () => (await import('../generators/migration/generator.js')).generator,
  },
  {
    name: 'resource',
    summary: 'a model, and a controller with routes to read it by',
    load: async () => (await import('../generators/resource/generator.js')).generator,
  },
  {
    name: 'scaffold',
    summary: 'a model, and all that it takes to read and write it over HTTP',
    load: async () => (await import('../generators/scaffold/generator.js')).generator,
  },
  {
    name: 'middleware',
    summary: 'a function that every request passes before it reaches the app',
    load: async () => (await import('../generators/middleware/generator.js')).generator,
  },
  {
    name: 'session-store',
    summary: "a session store of the app's own",
    load: async () => (await import('../generators/session-store/generator.js')).generator,
  },
]

/** Options that every generator has. */
interface GenerateOptions {
  readonly dryRun?: true
  readonly force?: true
  readonly skip?: true
}

/** `contrail generate` or `contrail destroy`, with a command for each generator. */
export function define(direction: Direction): DefineCommand {
  return (group, args) => {
    if (args.length === 0) group.action(() => group.outputHelp())
    return addCommands(
      group,
      GENERATORS.map((row) => commandOf(row, direction)),
      args,
    )
  }
}

function commandOf({ name, summary, load }: GeneratorRow, direction: Direction): CommandRow {
  return {
    name,
    summary,
    load: async () => {
      const generator = await load()
      return (command) => {
        defineGenerator(command, generator, direction)
        const usage = usageOf(name)
        if (usage !== undefined) command.addHelpText('after', `\n${usage}`)
      }
    },
  }
}

function defineGenerator(command: Command, generator: Generator, direction: Direction): void {
  generator.define(command, direction)
  const making = direction === 'generate'
  command
    .option('--dry-run', 'say what would be done, and do nothing')
    .option('--force', making ? 'overwrite files that are there' : 'remove files that were changed too')
  if (making) command.addOption(command.createOption('--skip', 'keep files that are there').conflicts('force'))
  command.action(async () => {
    const folder = process.cwd()
    const framework = await importFramework(folder)
    const options = command.opts<GenerateOptions>()
    const plan = await generator.plan({ folder, direction, args: command.processedArgs, options: { ...options } })
    const { withRoutePaths } = await import('../generators/route-paths.js')
    await carryOut(direction, folder, withRoutePaths(plan, framework, folder), options)
  })
}

async function carryOut(direction: Direction, root: string, plan: Plan, options: GenerateOptions): Promise<void> {
  const common = { root, dryRun: options.dryRun === true, log: logChange }
  if (direction === 'destroy') revert(plan, { ...common, force: options.force === true })
  else await apply(plan, common, conflictResolver(options))
}
