// Why: what is generated is to look as the app's own formatter would have it, whatever names and fields make of a line.
import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { NewFile } from '../plan.js'

/** The files as the app's Biome formats them. As they are where the app has none, or it cannot read one. */
export function formatted(folder: string, files: readonly NewFile[]): NewFile[] {
  const biome = biomeOf(folder)
  if (biome === undefined) return [...files]
  return files.map((file) => {
    if (!file.path.endsWith('.ts')) return file
    const args = [biome, 'check', '--write', '--stdin-file-path', file.path]
    const { status, stdout } = spawnSync(process.execPath, args, { cwd: folder, input: file.content, encoding: 'utf8' })
    return status === 0 && stdout !== '' ? { ...file, content: stdout } : file
  })
}

function biomeOf(folder: string): string | undefined {
  try {
    const manifest = createRequire(join(folder, 'package.json')).resolve('@biomejs/biome/package.json')
    return join(dirname(manifest), 'bin', 'biome')
  } catch {
    return undefined
  }
}
