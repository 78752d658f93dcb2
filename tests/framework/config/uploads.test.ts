// uploads in config/application.ts: what it may say, and what it stands for when it is silent.
import { chmodSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Controller } from 'contrail'
import { describe, expect, test } from 'vitest'
import { ask, boot, bootError } from '../../harness/app.js'
import { temporaryFolder } from '../../harness/folders.js'
import { MULTIPART, multipart, type Part } from '../../harness/multipart.js'

class UploadsController extends Controller {
  create() {
    const { f } = this.params
    this.render((f as { path?: string } | undefined)?.path ?? null)
  }
}

const draw = (r: Parameters<Parameters<typeof boot>[0]>[0]) => r.post('/uploads', UploadsController, 'create')

function upload(uploads: unknown, parts: readonly Part[], root = '/') {
  const { app } = boot(draw, { config: { uploads: uploads as never }, root })
  return ask(app, '/uploads', { body: multipart(parts), headers: { 'content-type': MULTIPART } })
}

describe('uploads', () => {
  test.each([
    [{ fileSiz: 1 }, 'Unknown key "fileSiz" in uploads in config/application.ts.', 'did you mean "fileSize"?'],
    [{ fileSize: -1 }, 'uploads.fileSize is -1.', '10485760'],
    [{ files: 1.5 }, 'uploads.files is 1.5.', '20'],
    [{ total: '1mb' }, 'uploads.total is 1mb.', '33554432'],
    [true, 'uploads is true.', 'uploads: false'],
    ['10mb', 'uploads is "10mb".', 'uploads: false'],
  ])('%j is refused at boot', (uploads, problem, fix) => {
    const error = bootError(() => boot(draw, { config: { uploads: uploads as never } }))
    expect(error.problem).toBe(problem)
    expect(error.fix.toLowerCase()).toContain(fix.toLowerCase())
  })

  test('a folder that is not there, or no folder, is refused at boot', () => {
    const file = join(temporaryFolder(), 'file')
    writeFileSync(file, '')
    chmodSync(file, 0o600)
    for (const folder of ['/nowhere', join(file, 'below'), 5]) {
      const error = bootError(() => boot(draw, { config: { uploads: { folder: folder as never } } }))
      expect(error.problem).toContain(`uploads.folder is ${JSON.stringify(folder)}`)
    }
  })

  const file = (bytes: number): Part => ({ name: 'f', filename: 'x', value: 'x'.repeat(bytes) })

  test('are in the system’s temporary folder, 10 MiB each, 20 of them, 32 MiB in all', async () => {
    expect((await upload(undefined, [file(1)])).json).toContain(join(tmpdir(), 'contrail-upload-'))
    expect((await upload({}, [file(10_485_760)])).status).toBe(200)
    expect((await upload(undefined, [file(10_485_761)])).status).toBe(413)
    expect((await upload(undefined, Array(20).fill(file(1)))).status).toBe(200)
    expect((await upload(undefined, Array(21).fill(file(1)))).status).toBe(413)
    const answer = await upload(undefined, Array(4).fill(file(8_388_608)))
    expect(answer.json.detail).toBe("The request's body is larger than 33554432 bytes.")
  })

  test('are in the folder that is named, from the app’s own', async () => {
    const root = temporaryFolder()
    expect((await upload({ folder: '.' }, [file(1)], root)).json).toContain(join(root, 'contrail-upload-'))
  })

  test('are refused with 415 when they are off', async () => {
    expect((await upload(false, [file(1)])).status).toBe(415)
  })
})
