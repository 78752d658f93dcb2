// Why: a model has a name of its own in each place: its file, its class, its table, its address, its sentences.
import { createContext, runInContext } from 'node:vm'
import { CliError } from '../../cli-error.js'
import { camelCase, parseName, pascalCase } from '../names.js'

/** A model's names. */
export interface ModelNames {
  /** `blog-post`, of its files. */
  readonly file: string
  /** `blog-posts`, of its controller's file, and its address. */
  readonly plural: string
  /** `BlogPost` */
  readonly type: string
  /** `blogPost` */
  readonly variable: string
  /** `blogPosts`, its table in code. */
  readonly table: string
  /** `blog_posts`, its table in the database. */
  readonly sqlTable: string
  /** `blog post` and `blog posts`, in sentences. */
  readonly word: string
  readonly words: string
}

/** Names that the code around a model uses already. */
const TAKEN = new Set([
  'db',
  'app',
  'client',
  'valid',
  'index',
  'found',
  'desc',
  'eq',
  'z',
  'expect',
  'test',
  'values',
  'repository',
])

/** @throws CliError for a name that a model cannot have */
export function modelNames(text: string): ModelNames {
  const { namespaces, singular, plural } = parseName(text, 'model')
  if (namespaces.length > 0) {
    throw new CliError(
      `A model cannot be called ${JSON.stringify(text)}: it has no namespace.`,
      `generate it without, and a controller in the namespace: contrail generate controller ${text}.`,
    )
  }
  const names = { type: pascalCase(singular), variable: camelCase(singular), table: camelCase(plural) }
  const known = [names.variable, names.table].find((name) => TAKEN.has(name)) ?? builtIn(names.type)
  if (known !== undefined) {
    throw new CliError(
      `The model name ${JSON.stringify(text)} is taken: ${known} is known in code already.`,
      'choose another.',
    )
  }
  return {
    ...names,
    file: singular,
    plural,
    sqlTable: plural.replaceAll('-', '_'),
    word: singular.replaceAll('-', ' '),
    words: plural.replaceAll('-', ' '),
  }
}

/** The name, if the language itself has it: Date, Map. */
function builtIn(type: string): string | undefined {
  return runInContext(`typeof ${type}`, createContext({})) === 'undefined' ? undefined : type
}

/** `a post`, `an event` */
export function withArticle(word: string): string {
  return `${/^(?:[aeio]|u(?!se|ni|ti))/.test(word) ? 'an' : 'a'} ${word}`
}
