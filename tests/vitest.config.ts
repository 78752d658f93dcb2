import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { SummaryReporter } from './harness/summary-reporter.js'

export default defineConfig({
  // Inline, so that every file gets it: constructor injection needs the types of parameters at run time.
  oxc: { decorator: { legacy: true, emitDecoratorMetadata: true } },
  test: {
    include: ['**/*.test.ts'],
    // One module registry a worker: a hundred files in seconds rather than a minute. Each file clears what it registers.
    isolate: false,
    // Much of the time goes by waiting, for programs and for deadlines: by default one worker leaves the second core idle.
    maxWorkers: 2,
    // Imported by Node, as the command line imports it: a second copy would keep pools that the first does not know of.
    server: { deps: { external: [/\/packages\/(?:framework|cli)\/dist\//] } },
    setupFiles: ['harness/set-up.ts'],
    globalSetup: ['harness/system-packages.ts'],
    reporters: ['default', new SummaryReporter()],
    testTimeout: 60_000,
    hookTimeout: 180_000,
    // The cache is kept between runs, in the repository's folder: to make an embedded database from nothing costs seconds.
    env: { NODE_ENV: 'test', XDG_CACHE_HOME: fileURLToPath(new URL('../.cache', import.meta.url)) },
  },
})
