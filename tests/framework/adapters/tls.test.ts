// HTTPS without a proxy: what the app knows of it, what cannot be used as a certificate, and how it ends.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { request } from 'node:https'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BootError, Controller } from 'contrail'
import { beforeAll, expect, onTestFinished, test } from 'vitest'
import { askSocket, boot } from '../../harness/app.js'

let tls: { readonly key: string; readonly cert: string }

beforeAll(() => {
  const folder = mkdtempSync(join(tmpdir(), 'contrail-tls-'))
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1']
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  const made = spawnSync('openssl', ['req', '-x509', ...key, ...names, '-keyout', 'key.pem', '-out', 'cert.pem'], {
    cwd: folder,
  })
  expect(made.status).toBe(0)
  tls = { key: readFileSync(join(folder, 'key.pem'), 'utf8'), cert: readFileSync(join(folder, 'cert.pem'), 'utf8') }
  rmSync(folder, { recursive: true })
})

class SecureController extends Controller {
  show() {
    Object.assign(this.session, { seen: true })
    this.render({ secure: this.request.secure })
  }
}

async function listen(config: object = {}) {
  const { app } = boot((r) => r.get('/', SecureController, 'show'), { config })
  const server = await app.listen({ port: 0, host: '127.0.0.1', signals: false, tls })
  onTestFinished(() => app.close())
  return { app, server }
}

function askTls(url: string) {
  return new Promise<{ status: number | undefined; headers: Record<string, unknown>; text: string }>(
    (resolve, reject) => {
      const asked = request(url, { ca: tls.cert, agent: false }, (response) => {
        let text = ''
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
        response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, text }))
      })
      asked.on('error', reject).end()
    },
  )
}

test('a request over TLS is secure, its cookies too, and HSTS is sent where forceSSL is on', async () => {
  const { server } = await listen({ forceSSL: true })
  expect(server.url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/)
  const { status, headers, text } = await askTls(server.url)
  expect(status).toBe(200)
  expect(JSON.parse(text)).toEqual({ secure: true })
  expect(String(headers['set-cookie'])).toContain('; Secure')
  expect(headers['strict-transport-security']).toMatch(/^max-age=/)
})

test('plain HTTP on its port is no request, and disturbs nobody', async () => {
  const { server } = await listen()
  await expect(askSocket(server.url.replace('https', 'http'))).rejects.toThrow()
  const { headers } = await askTls(server.url)
  expect(headers['strict-transport-security']).toBeUndefined()
})

test('it ends though a handshake is under way', async () => {
  const { app, server } = await listen({ shutdownTimeout: 1, headersTimeout: 0 })
  const silent = connect(server.port, '127.0.0.1').on('error', () => undefined)
  await new Promise((resolve) => silent.once('connect', resolve))
  await askTls(server.url)
  await app.close()
  await expect(askTls(server.url)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
})

test('what is no certificate, such as the path of one, is refused', async () => {
  const { app } = boot((r) => r.get('/', SecureController, 'show'))
  const listening = app.listen({
    port: 0,
    host: '127.0.0.1',
    signals: false,
    tls: { key: 'key.pem', cert: 'cert.pem' },
  })
  await expect(listening).rejects.toThrow(BootError)
  await expect(listening).rejects.toThrow(/Fix: give key and cert the contents of PEM files/)
})
