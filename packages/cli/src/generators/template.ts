// Why: templates are real files beside their generator; here they become the files of an app, in memory.
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Eta } from 'eta'
import type { NewFile } from '../plan.js'

const SUFFIX = '.eta'
const eta = new Eta({ autoEscape: false, autoTrim: false, useWith: true })

/**
 * Renders a folder of templates. `name.ts.eta` becomes `name.ts`, and `_name` becomes `.name`: npm leaves such files out
 * of a package. Two of them stand for one.
 * @param folder beside the generator's source, from which it is packed
 */
export function renderTemplates(folder: URL, data: Readonly<Record<string, unknown>>): NewFile[] {
  const root = fileURLToPath(folder)
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .sort()
    .map((file) => ({ path: targetOf(file), content: render(join(root, file), data) }))
}

function targetOf(file: string): string {
  const path = file.split(sep).map((part) => part.replace(/^_(?!_)/, '.').replace(/^__/, '_'))
  return path.join('/').replace(/\.eta$/, '')
}

function render(file: string, data: Readonly<Record<string, unknown>>): string {
  const text = readFileSync(file, 'utf8')
  return file.endsWith(SUFFIX) ? eta.renderString(text, data) : text
}
