// Why: links in e-mails are built without a request, and with one only a fool would trust its Host; a mistake here is refused.
import { BootError } from '../errors.js'
import { isHost, type UrlDefaults } from '../http/url-defaults.js'
import { checkKnownKeys } from '../known-keys.js'

const NAMES = Object.keys({ host: true, protocol: true } satisfies Record<keyof UrlDefaults, true>)

/** `defaultUrlOptions`, checked. @throws BootError when the host is none or the protocol unknown */
export function resolveUrlDefaults(configured: unknown): UrlDefaults {
  if (configured === undefined) return {}
  if (typeof configured !== 'object' || configured === null) {
    throw new BootError(
      `defaultUrlOptions is ${JSON.stringify(configured)}.`,
      "write: defaultUrlOptions: { host: 'www.example.com', protocol: 'https' }",
    )
  }
  checkKnownKeys(configured, NAMES, 'defaultUrlOptions')
  const { host, protocol } = configured as { readonly host?: unknown; readonly protocol?: unknown }
  if (host !== undefined && !isHost(host)) {
    throw new BootError(
      `defaultUrlOptions.host is ${JSON.stringify(host)}.`,
      "give a name, and a port if there is one, such as 'www.example.com' or 'localhost:3000'.",
    )
  }
  if (protocol !== undefined && protocol !== 'http' && protocol !== 'https')
    throw new BootError(`defaultUrlOptions.protocol is ${JSON.stringify(protocol)}.`, "give 'http' or 'https'.")
  return configured
}
