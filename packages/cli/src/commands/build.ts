// Why: `contrail build`: what production runs, made from the app as it is on disk.
import { bundle } from '../build/bundle.js'
import { checkPackages } from '../build/production-packages.js'
import { replaceFolder } from '../build/replace-folder.js'
import { checkTypes } from '../build/type-check.js'
import type { Command } from '../command-line.js'

/** `contrail build` */
export function define(command: Command): void {
  command
    .option('--no-typecheck', 'bundle without checking the types')
    .action((options: { readonly typecheck: boolean }) => build(process.cwd(), options.typecheck))
}

/** Builds the app in a folder into its dist/: all of it, or nothing when something fails. */
async function build(root: string, typecheck: boolean): Promise<void> {
  const startedAt = performance.now()
  // Side by side, as each leaves a core to the other; what the types say is told first.
  const checking = typecheck ? checkTypes(root) : Promise.resolve()
  const bundling = bundle(root)
  await Promise.allSettled([checking, bundling])
  await checking
  const { files, packages } = await bundling
  checkPackages(root, packages)
  replaceFolder(root, 'dist', files)
  const code = files.filter(({ path }) => path.endsWith('.js'))
  const bytes = code.reduce((sum, { content }) => sum + Buffer.byteLength(content), 0)
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
  const kilobytes = Math.ceil(bytes / 1024)
  process.stdout.write(`Built dist/ in ${seconds} s: ${code.length} files, ${kilobytes} kB. Run it: contrail start\n`)
}
