// Why: a bundler removes types without reading them; what they would have told is told before anything is shipped.
import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { CliError } from '../cli-error.js'

/** Checks the app's types with the TypeScript that it installed. @throws CliError with what TypeScript says */
export async function checkTypes(root: string): Promise<void> {
  if (!existsSync(join(root, 'tsconfig.json')))
    throw new CliError(`There is no tsconfig.json in ${root}.`, 'write one, or build without: --no-typecheck.')
  const child = spawn(process.execPath, [compiler(root), '--noEmit', '-p', '.'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('close', resolve)
  })
  if (code === 0) return
  throw new CliError(`The types do not hold.\n${output.trim()}`, 'mend that, then build again. dist/ is as it was.')
}

function compiler(root: string): string {
  try {
    const manifest = createRequire(join(root, 'package.json')).resolve('typescript/package.json')
    const { bin } = JSON.parse(readFileSync(manifest, 'utf8')) as { bin: { tsc: string } }
    return join(dirname(manifest), bin.tsc)
  } catch {
    throw new CliError(
      `${root} has no TypeScript, which checks the types.`,
      'install it: npm install --save-dev typescript; or build without: --no-typecheck.',
    )
  }
}
