// How a process that serves comes to its end: by signal or by an error that nobody caught.
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, type TestContext, test } from 'vitest'
import { askSocket } from '../../harness/app.js'
import { type Running, start } from '../../harness/processes.js'

const HERE = dirname(fileURLToPath(import.meta.url))

// The tests run side by side, so each must name itself as the one whose end is the program's.
async function startApp({
  onTestFinished,
}: TestContext): Promise<{ program: Running; url: string; exit: Promise<unknown> }> {
  const program = start(process.execPath, [join(HERE, 'fixtures', 'served-app.mjs')], { cwd: HERE })
  onTestFinished(() => program.kill('SIGKILL'))
  const exit = new Promise((resolve) => program.process.once('close', (code, signal) => resolve({ code, signal })))
  const [, url] = await program.waitFor(/READY (\S+)/)
  return { program, url: url as string, exit }
}

/** What the app logged, by level. */
function logged(program: Running, level: string): Record<string, unknown>[] {
  const lines = program
    .output()
    .split('\n')
    .filter((line) => line.startsWith('{'))
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>).filter((line) => line['level'] === level)
}

describe.concurrent('R6: a signal', () => {
  test.for(['SIGTERM', 'SIGINT'] as const)(
    '%s ends the process with 0 after the request under way is answered',
    async (signal, context) => {
      const { program, url, exit } = await startApp(context)
      const slow = askSocket(`${url}/slow`)
      await program.waitFor(/BEGUN/)
      program.kill(signal)
      const answer = await slow
      expect([answer.status, answer.text]).toEqual([200, 'slow'])
      expect(await exit).toEqual({ code: 0, signal: null })
      expect(logged(program, 'info').filter((line) => line['signal'] === signal)).toHaveLength(1)
      expect(program.output().match(/POOL ENDED/g)).toHaveLength(1)
    },
  )

  test('that comes a second time ends it at once with 1', async (context) => {
    const { program, url, exit } = await startApp(context)
    const cut = expect(askSocket(`${url}/stuck`)).rejects.toMatchObject({ code: 'ECONNRESET' })
    await program.waitFor(/BEGUN/)
    program.kill('SIGTERM')
    await program.waitFor(/"signal":"SIGTERM"/)
    program.kill('SIGINT')
    expect(await exit).toEqual({ code: 1, signal: null })
    await cut
  })
})

describe.concurrent('R3: an error that nobody caught', () => {
  test.for([
    ['/forget', 'nobody caught this'],
    ['/throwLater', 'nobody caught that'],
  ])(
    'is logged (%s), requests under way are answered, and the process ends with 1',
    async ([path, message], context) => {
      const { program, url, exit } = await startApp(context)
      const slow = askSocket(`${url}/slow`)
      await program.waitFor(/BEGUN/)
      expect((await askSocket(url + path)).status).toBe(200)
      expect((await slow).text).toBe('slow')
      expect(await exit).toEqual({ code: 1, signal: null })
      expect(logged(program, 'fatal')).toMatchObject([
        { err: { message }, msg: 'an error that nobody caught; stopping' },
      ])
    },
  )

  test('while the process is stopping is logged, and does not cut the request under way', async (context) => {
    const { program, url, exit } = await startApp(context)
    const slow = askSocket(`${url}/slowAndForget`)
    await program.waitFor(/BEGUN/)
    program.kill('SIGTERM')
    expect((await slow).text).toBe('slow')
    await exit
    expect(logged(program, 'fatal')).toMatchObject([{ err: { message: 'nobody caught this' } }])
  })
})
