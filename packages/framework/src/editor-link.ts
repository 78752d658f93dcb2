// Why: from an error on a page to the line it is about, with one click.
import { basename } from 'node:path'

/** A place in a file as an editor takes it. `path` begins with a slash and is encoded. */
type Link = (path: string, line: number, column: number) => string

const inPath =
  (scheme: string): Link =>
  (path, line, column) =>
    `${scheme}://file${path}:${line}:${column}`
const inQuery =
  (scheme: string): Link =>
  (path, line, column) =>
    `${scheme}://open?file=${encodeURIComponent(decodeURIComponent(path))}&line=${line}&column=${column}`
const asUrl =
  (scheme: string): Link =>
  (path, line, column) =>
    `${scheme}://open?url=${encodeURIComponent(`file://${path}`)}&line=${line}&column=${column}`

/** By the name that `CONTRAIL_EDITOR` has, or the program that `EDITOR` starts. */
const EDITORS: Readonly<Record<string, Link | undefined>> = {
  vscode: inPath('vscode'),
  code: inPath('vscode'),
  'vscode-insiders': inPath('vscode-insiders'),
  'code-insiders': inPath('vscode-insiders'),
  vscodium: inPath('vscodium'),
  codium: inPath('vscodium'),
  cursor: inPath('cursor'),
  windsurf: inPath('windsurf'),
  zed: inPath('zed'),
  webstorm: inQuery('webstorm'),
  idea: inQuery('idea'),
  phpstorm: inQuery('phpstorm'),
  sublime: asUrl('subl'),
  subl: asUrl('subl'),
  textmate: asUrl('txmt'),
  mate: asUrl('txmt'),
  macvim: asUrl('mvim'),
  mvim: asUrl('mvim'),
  emacs: asUrl('emacs'),
}

const OWN = /^(?!javascript:|data:)[a-z][a-z0-9+.-]*:.*\{file\}/i

/**
 * The URL that opens a place in the developer's editor: VS Code's, unless `CONTRAIL_EDITOR` (a name, a URL with `{file}`,
 * `{line}` and `{column}`, or `none`) or `EDITOR` (a program that takes such URLs) names another. Undefined for `none`, for
 * a name that nobody knows, and for a path that is not absolute.
 */
export function editorLink(file: string, line: number, column: number): string | undefined {
  const link = chosen(process.env)
  const slashed = file.replaceAll('\\', '/')
  if (link === undefined || !/^(?:\/|[A-Za-z]:\/)/.test(slashed)) return undefined
  const path = encodeURI(slashed.startsWith('/') ? slashed : `/${slashed}`).replace(/[?#]/g, encodeURIComponent)
  return link(path, line, column)
}

/** What `CONTRAIL_EDITOR` says, when it is no editor that is known. */
export function unknownEditor(): string | undefined {
  const wanted = process.env['CONTRAIL_EDITOR']
  return wanted && wanted !== 'none' && chosen(process.env) === undefined ? wanted : undefined
}

function chosen({ CONTRAIL_EDITOR: wanted, EDITOR: program }: NodeJS.ProcessEnv): Link | undefined {
  if (!wanted) return known(basename(program?.split(' ')[0] ?? '')) ?? EDITORS['vscode']
  if (!OWN.test(wanted)) return known(wanted)
  return (path, line, column) =>
    wanted.replace(
      /\{(?:file|line|column)\}/g,
      (name) => ({ '{file}': path, '{line}': String(line) })[name] ?? String(column),
    )
}

function known(name: string): Link | undefined {
  return Object.hasOwn(EDITORS, name) ? EDITORS[name] : undefined
}
