#!/usr/bin/env node
// Why: the program `contrail`. Not compiled, so that npm can link it before anything is built.
import module from 'node:module'

// Where Node has it (22.1), what was compiled once is kept for the next call. It must be on before anything is loaded.
module.enableCompileCache?.()
const { run } = await import('../dist/cli.js')

// Who reads only the beginning, as head does, has what he wanted.
process.stdout.on('error', (error) => {
  if (error.code !== 'EPIPE') throw error
  process.exit()
})
process.exitCode = await run(process.argv.slice(2))
