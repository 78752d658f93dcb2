// What a command loads of the app is let go of with the command: the process, such as that of these tests, may go on.
import { expect, test } from 'vitest'
import { callContrail } from '../harness/command-line.js'
import { folderWith } from '../harness/folders.js'

const FILES = {
  'package.json': '{ "name": "pools", "private": true, "type": "module" }',
  'config/application.ts': `import { defineApplication, shared } from 'contrail'
shared('pool', () => process.stdout.write('opened'), { dispose: () => process.stdout.write('closed') })
export default defineApplication({})
`,
  'config/routes.ts': `import { defineRoutes } from 'contrail'
export default defineRoutes(() => {})
`,
}

test.each(['routes', 'routes --unused', 'doctor'])('contrail %s lets go of what the app shares', async (line) => {
  const folder = folderWith(FILES)
  for (const _ of ['first', 'second']) {
    const { output } = await callContrail(line.split(' '), { cwd: folder })
    expect(output.match(/opened|closed/g)).toEqual(['opened', 'closed'])
  }
})
