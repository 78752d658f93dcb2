// Why: what is generated is to look as the app's own formatter would have it, whatever names and fields make of a line.
import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { NewFile } from '../plan.js'
import { inScratchFolder } from './scratch-folder.js'

const CONFIGURATION = 'biome.json'

/** The files as the app's Biome formats them. As they are where the app has none, or it cannot read them. */
export function formatted(folder: string, files: readonly NewFile[]): NewFile[] {
  const biome = biomeOf(folder)
  if (biome === undefined || !existsSync(join(folder, CONFIGURATION))) return [...files]
  // Copies, in one run: the app's own files are written once everything is decided.
  return inScratchFolder(folder, (copies) => {
    copyFileSync(join(folder, CONFIGURATION), join(copies, CONFIGURATION))
    for (const { path, content } of files) {
      mkdirSync(dirname(join(copies, path)), { recursive: true })
      writeFileSync(join(copies, path), content)
    }
    spawnSync(process.execPath, [biome, 'check', '--write', '--vcs-enabled=false', '.'], { cwd: copies })
    return files.map((file) => ({ ...file, content: readFileSync(join(copies, file.path), 'utf8') }))
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
