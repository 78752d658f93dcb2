// Why: a route's path is read once, at boot, into pieces; the router, pathTo and redirects work from the same ones.
import { BootError } from '../errors.js'

/** A parameter in a path: `:id`, or `*path` for all that is left. */
export interface Parameter {
  readonly name: string
  readonly glob: boolean
}

/** What a path is made of: text, a parameter, or a group in parentheses that may be left out. */
export type Piece = string | Parameter | readonly Piece[]

/** One of the paths that a pattern with optional groups stands for. */
export interface Variant {
  /** Without parentheses: `/posts/:year`. */
  readonly path: string
  /** The same for all paths that match the same requests: parameters without their names. */
  readonly shape: string
  readonly names: readonly string[]
}

/** More than anyone draws on purpose: each group beside another doubles the paths. */
const MAXIMUM_GROUPS = 5

// What RFC 3986 lets a segment hold unencoded, without what patterns and find-my-way give a meaning; and what is beyond ASCII.
const SEGMENT = /^(?:(?:[\w\-.~!$&'+,;=@]|[^\p{ASCII}\p{Z}\p{C}])+|:[A-Za-z_]\w*|\*[A-Za-z_]\w*)$/u

/** Reads a pattern; of one that {@link checkPattern} refuses, as much as makes sense. */
export function piecesOf(path: string): readonly Piece[] {
  const stack: Piece[][] = [[]]
  for (const [token] of path.matchAll(/[()]|(?<=\/)[:*]\w+|[^()/]+|\//g)) {
    const pieces = stack.at(-1) as Piece[]
    if (token === '(') {
      const group: Piece[] = []
      pieces.push(group)
      stack.push(group)
    } else if (token === ')') {
      if (stack.length > 1) stack.pop()
    } else if (/^[:*]/.test(token) && lastText(pieces).endsWith('/'))
      pieces.push({ name: token.slice(1), glob: token.startsWith('*') })
    else if (typeof pieces.at(-1) === 'string') pieces.push(`${pieces.pop() as string}${token}`)
    else pieces.push(token)
  }
  return stack[0] as Piece[]
}

function lastText(pieces: readonly Piece[]): string {
  const last = pieces.at(-1)
  return typeof last === 'string' ? last : ''
}

/** The paths that a pattern stands for, the longest first. */
export function variantsOf(path: string): Variant[] {
  return expand(piecesOf(path)).map((pieces) => {
    const parameters = pieces.filter((piece) => typeof piece !== 'string')
    const render = (name: (parameter: Parameter) => string) =>
      pieces.map((piece) => (typeof piece === 'string' ? piece : `${piece.glob ? '*' : ':'}${name(piece)}`)).join('') ||
      '/'
    return { path: render(({ name }) => name), shape: render(() => ''), names: parameters.map(({ name }) => name) }
  })
}

function expand(pieces: readonly Piece[]): (string | Parameter)[][] {
  const [first, ...others] = pieces
  if (first === undefined) return [[]]
  const ends = expand(others)
  if (!isGroup(first)) return ends.map((end) => [first, ...end])
  return [...expand(first).flatMap((start) => ends.map((end) => [...start, ...end])), ...ends]
}

/** Whether a piece may be left out. */
export function isGroup(piece: Piece): piece is readonly Piece[] {
  return typeof piece === 'object' && Array.isArray(piece)
}

/** The parameters of a pattern, and whether each may be left out. */
export function parametersOf(path: string): { readonly name: string; readonly optional: boolean }[] {
  const collect = (pieces: readonly Piece[], optional: boolean): { name: string; optional: boolean }[] =>
    pieces.flatMap((piece) => {
      if (typeof piece === 'string') return []
      return isGroup(piece) ? collect(piece, true) : [{ name: piece.name, optional }]
    })
  return collect(piecesOf(path), false)
}

/**
 * Refuses a path that no request could match, or that means two things.
 * @param title how the error names the route, such as `GET /posts`
 * @throws BootError
 */
export function checkPattern(path: string, title: string): void {
  const refuse = (problem: string, fix: string) => {
    throw new BootError(`The route ${title} ${problem}.`, fix)
  }
  if (!isBalanced(path)) refuse('has a parenthesis without its other half', 'write an optional part as (/:name).')
  if (/[:*]\w+\)+[^/()]/.test(path))
    refuse('goes on after an optional parameter', 'begin what follows with a slash: (/:locale)/posts.')
  if (path.split('(').length - 1 > MAXIMUM_GROUPS) refuse('has too many optional parts', 'draw several routes.')
  const variants = variantsOf(path)
  for (const { path: variant } of variants) {
    if (variant === '/') continue
    const segments = variant.slice(1).split('/')
    const bad = segments.find((segment) => !SEGMENT.test(segment))
    if (bad !== undefined)
      refuse(
        `has the segment ${JSON.stringify(bad)}`,
        'a segment is plain text, :name, or at the end *name. An optional part is in parentheses, slash included: (/:name).',
      )
    const glob = segments.findIndex((segment) => segment.startsWith('*'))
    if (glob !== -1 && glob !== segments.length - 1) refuse('has a glob before its end', 'put *name last.')
    const names = segments.filter((segment) => /^[:*]/.test(segment)).map((segment) => segment.slice(1))
    const twice = names.find((name, index) => names.indexOf(name) !== index)
    if (twice !== undefined)
      refuse(
        `names the parameter ${twice} twice`,
        'give each parameter a name of its own; see the option param of resources.',
      )
  }
  const shapes = variants.map(({ shape }) => shape)
  const double = shapes.find((shape, index) => shapes.indexOf(shape) !== index)
  if (double !== undefined)
    refuse(`can be read in two ways, both as ${double}`, 'put one optional part inside the other: (/:year(/:month)).')
}

function isBalanced(path: string): boolean {
  let depth = 0
  for (const character of path) {
    if (character === '(') depth++
    if (character === ')' && --depth < 0) return false
  }
  return depth === 0
}
