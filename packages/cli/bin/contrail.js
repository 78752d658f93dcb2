#!/usr/bin/env node
// Why: the program `contrail`. Not compiled, so that npm can link it before anything is built.
import { run } from '../dist/cli.js'

process.exitCode = await run(process.argv.slice(2))
