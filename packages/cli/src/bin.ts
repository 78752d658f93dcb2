#!/usr/bin/env node
// Why: the program `contrail`. It only starts the command line and leaves with its exit code.
import { run } from './cli.js'

process.exitCode = await run(process.argv.slice(2))
