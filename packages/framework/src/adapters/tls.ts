// Why: HTTPS without a proxy in front: for development, where browsers keep some features to secure pages, and small servers.
import type { Server, ServerOptions } from 'node:http'
import { createServer } from 'node:https'
import { BootError } from '../errors.js'

/** A certificate and its key, as they stand in their PEM files. */
export interface TlsOptions {
  /** The private key, in PEM. */
  readonly key: string | Uint8Array
  /** The certificate, in PEM, followed by those that vouch for it. */
  readonly cert: string | Uint8Array
}

/** Milliseconds, where headers have no limit: a server that stops must wait for a handshake. */
const HANDSHAKE_TIMEOUT = 10_000

/** node:http's server over TLS. A handshake may take as long as headers may. @throws BootError when the certificate is of no use */
export function createTlsServer(
  { key, cert }: TlsOptions,
  options: ServerOptions & { headersTimeout: number },
): Server {
  try {
    const handshakeTimeout = options.headersTimeout || HANDSHAKE_TIMEOUT
    return createServer({ ...options, handshakeTimeout, key: bytes(key), cert: bytes(cert) })
  } catch (cause) {
    throw new BootError(
      `The certificate of tls cannot be used: ${(cause as Error).message}.`,
      'give key and cert the contents of PEM files, not their paths, and a key that is of this certificate.',
      { cause },
    )
  }
}

function bytes(text: string | Uint8Array): string | Buffer {
  return typeof text === 'string' ? text : Buffer.from(text)
}
