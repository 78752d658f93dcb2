// Why: a name typed at the command line becomes files, classes, routes and tables; every form of it is derived here, and only
// a name that is safe in all of them is let in.
import { pluralize, singularize } from 'inflection'
import { CliError } from '../cli-error.js'

const SEGMENT = /^[A-Za-z][A-Za-z0-9]*(?:[-_][A-Za-z0-9]+)*$/
const LONGEST = 60

const RESERVED = new Set(
  (
    'abstract any as async await boolean break case catch class const constructor continue debugger declare default delete do ' +
    'else enum eval export extends false finally for from function get if implements import in infer instanceof interface is ' +
    'keyof let module namespace never new null number object of package private protected prototype public readonly require ' +
    'return set static string super switch symbol this throw true try type typeof undefined unique unknown var void while with yield'
  ).split(' '),
)

/** Words whose classes the framework or every app has. */
const TAKEN = new Set(['application', 'controller', 'error', 'object', 'session'])

/** A thing, such as a controller or a model, in every form that its name takes. */
export interface Name {
  /** Namespaces in front of it, in dashes: `['admin']`. */
  readonly namespaces: readonly string[]
  /** As given, in dashes: neither singular nor plural was made of it. */
  readonly given: string
  /** In dashes: `blog-post`. */
  readonly singular: string
  /** In dashes: `blog-posts`. */
  readonly plural: string
}

/**
 * Reads `post`, `BlogPost`, `blog_posts` or `admin/blog-post`.
 * @param what it is that has the name, for the message: `controller`
 * @throws CliError for a name that cannot be a file, a class and a route
 */
export function parseName(text: string, what: string): Name {
  const segments = text.split('/')
  for (const segment of segments) checkSegment(segment, text, what)
  const own = dashed(segments.at(-1) as string)
  const singular = lastWord(own, singularize)
  // A SessionsController, to log in and out by, is as common as it is harmless.
  const isTaken = TAKEN.has(singular) || TAKEN.has(own)
  if (isTaken && !(what === 'controller' && singular === 'session')) {
    throw new CliError(
      `The ${what} name ${JSON.stringify(text)} is taken: Contrail has a class of that name.`,
      'choose another.',
    )
  }
  return { namespaces: segments.slice(0, -1).map(dashed), given: own, singular, plural: lastWord(singular, pluralize) }
}

/**
 * Reads the name of a thing that is one of its kind, such as a middleware: without namespaces, and as it is given.
 * @param codeNames what it will be called in code, none of which may be a word that code knows already
 * @param taken names that the framework exports
 * @returns it in dashes: `request-timing`
 * @throws CliError for a name that it cannot have
 */
export function parsePlainName(
  text: string,
  what: string,
  codeNames: (dashed: string) => readonly string[] = () => [],
  taken: ReadonlySet<string> = new Set(),
): string {
  const { namespaces, given } = parseName(text, what)
  const shown = JSON.stringify(text)
  if (namespaces.length > 0)
    throw new CliError(`A ${what} cannot be called ${shown}.`, `leave the slash out: ${text.replaceAll('/', '-')}.`)
  const known = codeNames(given).find((name) => taken.has(name) || name in globalThis || RESERVED.has(name))
  if (known === undefined) return given
  throw new CliError(`The ${what} name ${shown} is taken: ${known} is known in code already.`, 'choose another.')
}

function checkSegment(segment: string, text: string, what: string): void {
  const shown = JSON.stringify(text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text)
  if (segment.length > LONGEST)
    throw new CliError(`The ${what} name ${shown} is too long.`, `choose one of ${LONGEST} characters at most.`)
  if (!SEGMENT.test(segment)) {
    throw new CliError(
      `A ${what} cannot be called ${shown}.`,
      'use letters, digits, dashes and underscores, a letter first, and slashes for namespaces: post, blog-post, admin/post.',
    )
  }
  if (RESERVED.has(segment.toLowerCase()))
    throw new CliError(`A ${what} cannot be called ${shown}: the language has that word.`, 'choose another.')
}

/** Whether the language has a word, so that no method or parameter should be called it. */
export function isReserved(word: string): boolean {
  return RESERVED.has(word)
}

function dashed(text: string): string {
  return text
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1-$2')
    .replaceAll('_', '-')
    .toLowerCase()
}

function lastWord(text: string, change: (word: string) => string): string {
  const words = text.split('-')
  return [...words.slice(0, -1), change(words.at(-1) as string)].join('-')
}

/** `blogPosts` to `blog-post`. */
export function singularOf(name: string): string {
  return lastWord(dashed(name), singularize)
}

/** `BlogPost`. */
export function pascalCase(dashedText: string): string {
  return dashedText.replace(/(?:^|-)([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
}

/** `blogPost`. */
export function camelCase(dashedText: string): string {
  return dashedText.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
}
