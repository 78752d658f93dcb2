// Why: a model that changes takes a migration with it. drizzle-kit writes it, from a copy of the app in which the change is
// made already: the app itself is touched only once everything is decided.
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { CliError } from '../cli-error.js'
import { drizzleKit } from '../database/drizzle-kit.js'
import { JOURNAL } from '../database/migrations.js'
import { readRecord } from '../generation-record.js'
import type { Edit, NewFile, Plan } from '../plan.js'
import { inScratchFolder } from './scratch-folder.js'

const FOLDER = 'db/migrations'
/** What drizzle-kit needs of an app to read its tables. */
const COPIED = ['app', 'config', 'db', 'drizzle.config.ts', 'package.json', 'tsconfig.json']
/** Stands before the migration's name among a call's arguments in the record. */
const RECORDED = '--migration='

/** The plan, with the migration that its changes ask for. */
export function withMigration(plan: Plan, folder: string, name: string, custom = false): Plan {
  const { added, journal } = generate(folder, plan, name, custom)
  const sql = added.find(({ path }) => path.endsWith('.sql'))
  // Generated before: what that took is on record.
  if (sql === undefined) return { ...plan, args: [...plan.args, ...recordedMigration(folder, plan)] }
  const tag = sql.path.slice(FOLDER.length + 1, -'.sql'.length)
  return {
    ...plan,
    args: [...plan.args, `${RECORDED}${tag}`],
    files: [...plan.files, ...added],
    edits: [...plan.edits, journalEdit(tag, journal)],
  }
}

/**
 * The plan to take back, with the migration that it made, as the record has it.
 * @throws CliError where others were written after it
 */
export function withRecordedMigration(plan: Plan, folder: string): Plan {
  const [recorded] = recordedMigration(folder, plan)
  if (recorded === undefined) return plan
  const tag = recorded.slice(RECORDED.length)
  const entries = entriesOf(readFileSync(join(folder, JOURNAL), 'utf8'))
  const at = entries.findIndex((entry) => entry.tag === tag)
  if (at !== -1 && at !== entries.length - 1) {
    throw new CliError(
      `The migration ${tag} was followed by ${entries
        .slice(at + 1)
        .map((entry) => entry.tag)
        .join(', ')}, so nothing was removed.`,
      'take the model out of db/schema.ts and run contrail db:generate: that writes a migration that drops the table.',
    )
  }
  const paths = [`${FOLDER}/${tag}.sql`, `${FOLDER}/meta/${tag.split('_', 1)[0]}_snapshot.json`]
  return {
    ...plan,
    // What they were generated as is on record.
    files: [...plan.files, ...paths.map((path) => ({ path, content: '' }))],
    edits: [...plan.edits, journalEdit(tag, undefined)],
  }
}

function recordedMigration(folder: string, { id }: Plan): readonly string[] {
  return readRecord(folder).calls[id]?.filter((arg) => arg.startsWith(RECORDED)) ?? []
}

/** The arguments of a call as they were typed: without the name of the migration. */
export function typedArgs(args: readonly string[]): readonly string[] {
  return args.filter((arg) => !arg.startsWith(RECORDED))
}

interface Entry {
  readonly tag: string
}

function entriesOf(journal: string): readonly Entry[] {
  return (JSON.parse(journal) as { entries: Entry[] }).entries
}

function journalEdit(tag: string, journal: string | undefined): Edit {
  return {
    path: JOURNAL,
    what: tag,
    apply: (text) => (journal === undefined || entriesOf(text).some((entry) => entry.tag === tag) ? text : journal),
    revert: (text) => {
      if (!entriesOf(text).some((entry) => entry.tag === tag)) return text
      const whole = JSON.parse(text) as { entries: Entry[] }
      const entries = whole.entries.filter((entry) => entry.tag !== tag)
      return `${JSON.stringify({ ...whole, entries }, undefined, 2)}${text.endsWith('\n') ? '\n' : ''}`
    },
  }
}

function generate(
  folder: string,
  plan: Plan,
  name: string,
  custom: boolean,
): { readonly added: readonly NewFile[]; readonly journal: string } {
  return inScratchFolder(folder, (copy) => {
    for (const path of COPIED)
      if (existsSync(join(folder, path))) cpSync(join(folder, path), join(copy, path), { recursive: true })
    for (const { path, content } of plan.files) write(join(copy, path), content)
    for (const { path, apply } of plan.edits) {
      if (!existsSync(join(copy, path)))
        throw new CliError(`There is no ${path} to change.`, 'run this in the folder of an app.')
      write(join(copy, path), apply(readFileSync(join(copy, path), 'utf8')))
    }
    const before = migrationsIn(copy)
    const args = [drizzleKit(folder), 'generate', '--name', name, ...(custom ? ['--custom'] : [])]
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: copy, encoding: 'utf8', input: '' })
    const added = migrationsIn(copy).filter((path) => !before.includes(path))
    // It ends with 0 when the tables cannot be read, too.
    if (status !== 0 || (added.length === 0 && !stdout.includes('No schema changes'))) {
      throw new CliError(
        `drizzle-kit could not write the migration:\n${`${stdout}${stderr}`.trim()}`,
        'mend that, or see whether db:generate has a question to ask: contrail db:generate. Nothing was written.',
      )
    }
    return {
      added: added.map((path) => ({ path, content: readFileSync(join(copy, path), 'utf8') })),
      journal: readFileSync(join(copy, JOURNAL), 'utf8'),
    }
  })
}

function migrationsIn(copy: string): string[] {
  const folders = [FOLDER, `${FOLDER}/meta`]
  return folders.flatMap((folder) =>
    readdirSync(join(copy, folder), { withFileTypes: true })
      .filter((entry) => entry.isFile() && `${folder}/${entry.name}` !== JOURNAL)
      .map((entry) => `${folder}/${entry.name}`),
  )
}

function write(file: string, content: string): void {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, content)
}
