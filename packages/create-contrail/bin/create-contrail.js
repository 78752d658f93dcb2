#!/usr/bin/env node
// Why: `npm create contrail blog` is `contrail new blog`, for who has installed nothing yet.
import { run } from 'contrail-cli/run'

process.exitCode = await run(['new', ...process.argv.slice(2)])
