// Why: Node takes longer to find and read two hundred small modules than for all else until the first answer, so what is shipped
// is these in three files: docs/decisions/033.
import { build } from 'rolldown'

await build({
  input: { index: 'dist/index.js', testing: 'dist/testing/index.js' },
  platform: 'node',
  external: /^[^./]/,
  output: { dir: 'dist/bundle', chunkFileNames: 'shared.js' },
})
