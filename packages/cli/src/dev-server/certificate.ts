// Why: a browser treats HTTPS on this machine as it will in production; the certificate for it is made here, or given.
import { spawnSync } from 'node:child_process'
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { isIP } from 'node:net'
import { join } from 'node:path'
import type { TlsOptions } from 'contrail'
import { CliError } from '../cli-error.js'

/** Browsers refuse those that hold longer than 398. */
const DAYS = 397
const DAY = 86_400_000

/** The certificate in these files. @throws CliError when one of them cannot be read */
export function givenCertificate(cert: string, key: string): TlsOptions {
  return { cert: read(cert, '--cert'), key: read(key, '--key') }
}

function read(path: string, option: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new CliError(
      `${option} ${path} cannot be read: ${(error as Error).message}`,
      'name a PEM file that is there, as mkcert writes it.',
    )
  }
}

/**
 * A certificate for this machine, for localhost and its addresses, which signs itself. It is made once and kept in the app's
 * tmp folder, readable by this user alone.
 * @param host one more address or name that it is to hold for
 * @throws CliError when it cannot be made
 */
export function localCertificate(folder: string, host: string): TlsOptions {
  const place = join(folder, 'tmp', 'https')
  return usable(place, host) ?? make(place, host)
}

function contents(place: string): { readonly cert: string; readonly key: string } {
  return { cert: readFileSync(join(place, 'cert.pem'), 'utf8'), key: readFileSync(join(place, 'key.pem'), 'utf8') }
}

/** What is kept, where it is whole, holds for a while yet, and for this address. */
function usable(place: string, host: string): TlsOptions | undefined {
  try {
    const kept = contents(place)
    const certificate = new X509Certificate(kept.cert)
    const isFor = isEverywhere(host) || (isIP(host) === 0 ? certificate.checkHost(host) : certificate.checkIP(host))
    const isCurrent = new Date(certificate.validTo).getTime() > Date.now() + DAY
    return isCurrent && isFor && certificate.checkPrivateKey(createPrivateKey(kept.key)) ? kept : undefined
  } catch {
    return undefined
  }
}

function isEverywhere(host: string): boolean {
  return host === '0.0.0.0' || host === '::'
}

function make(place: string, host: string): TlsOptions {
  mkdirSync(place, { recursive: true, mode: 0o700 })
  chmodSync(place, 0o700)
  // Beside them first: what is there may be in use.
  const draft = mkdtempSync(join(place, 'new-'))
  try {
    const files = { cert: join(draft, 'cert.pem'), key: join(draft, 'key.pem') }
    openssl(files, host)
    chmodSync(files.key, 0o600)
    const made = contents(draft)
    renameSync(files.key, join(place, 'key.pem'))
    renameSync(files.cert, join(place, 'cert.pem'))
    return made
  } finally {
    rmSync(draft, { recursive: true, force: true })
  }
}

function openssl(files: { readonly cert: string; readonly key: string }, host: string): void {
  const others = isEverywhere(host) ? [] : [`${isIP(host) === 0 ? 'DNS' : 'IP'}:${host}`]
  const names = [...new Set(['DNS:localhost', 'IP:127.0.0.1', 'IP:::1', ...others])]
  const args = [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-sha256'],
    ...['-days', String(DAYS), '-subj', '/CN=localhost', '-addext', `subjectAltName=${names.join(',')}`],
    ...['-addext', 'extendedKeyUsage=serverAuth', '-keyout', files.key, '-out', files.cert],
  ]
  const { status, stderr, error } = spawnSync('openssl', args, { encoding: 'utf8' })
  if (status === 0) return
  throw new CliError(
    error === undefined ? `openssl could not make a certificate: ${stderr.trim()}` : 'openssl is not installed.',
    'install openssl; or make a certificate with mkcert, and name it with --cert and --key.',
  )
}
