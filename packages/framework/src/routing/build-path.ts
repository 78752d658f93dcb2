// Why: from a pattern and parameters to a path that means the same to the router and to every browser.
import { isGroup, type Parameter, type Piece, piecesOf } from './pattern.js'

/** A path, or what a parameter lacks to become part of one. */
export type Built =
  | { readonly path: string; readonly used: ReadonlySet<string> }
  | { readonly problem: 'missing' | 'dots'; readonly name: string; readonly text: string }

/** The pieces of a pattern, its text percent-encoded. */
export function pathPieces(path: string): readonly Piece[] {
  const encode = (piece: Piece): Piece => {
    if (typeof piece === 'string') return encodeURI(piece)
    return isGroup(piece) ? piece.map(encode) : piece
  }
  return piecesOf(path).map(encode)
}

/** Fills a pattern's parameters in; an optional part is left out unless all of its own are there. */
export function buildPath(pieces: readonly Piece[], params: Readonly<Record<string, unknown>>): Built {
  const used = new Set<string>()
  const built = fill(pieces, params, used)
  return typeof built === 'string' ? { path: built || '/', used } : built
}

type Gap = Exclude<Built, { readonly path: string }>

function fill(pieces: readonly Piece[], params: Readonly<Record<string, unknown>>, used: Set<string>): string | Gap {
  let path = ''
  for (const piece of pieces) {
    if (typeof piece === 'string') path += piece
    else if (isGroup(piece)) {
      const inUse = new Set<string>()
      const inner = fill(piece, params, inUse)
      if (typeof inner !== 'string') {
        if (inner.problem !== 'missing') return inner
      } else if (inUse.size > 0) {
        path += inner
        for (const name of inUse) used.add(name)
      }
    } else {
      const value = textOf(piece, params)
      if (value === undefined) return { problem: 'missing', name: piece.name, text: '' }
      used.add(piece.name)
      const segments = piece.glob ? value.split('/') : [value]
      // Encoded or not, browsers take them for a step up.
      if (segments.some((segment) => segment === '.' || segment === '..'))
        return { problem: 'dots', name: piece.name, text: value }
      path += segments.map(encodeURIComponent).join('/')
    }
  }
  return path
}

function textOf({ name }: Parameter, params: Readonly<Record<string, unknown>>): string | undefined {
  const value = Object.hasOwn(params, name) ? params[name] : undefined
  return value === undefined || value === null || value === '' ? undefined : String(value)
}
