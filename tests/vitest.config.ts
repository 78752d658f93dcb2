import { defineConfig } from 'vitest/config'

export default defineConfig({
  // Inline, so that every file gets it: constructor injection needs the types of parameters at run time.
  oxc: { decorator: { legacy: true, emitDecoratorMetadata: true } },
  test: {
    include: ['**/*.test.ts'],
    // One module registry a worker: a hundred files in seconds rather than a minute. Each file clears what it registers.
    isolate: false,
    setupFiles: ['harness/set-up.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    env: { NODE_ENV: 'test' },
  },
})
