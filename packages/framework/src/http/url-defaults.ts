// Why: the host of an absolute URL is the app's to say; what a request asked for is a stranger's word.

/** The host and protocol of the URLs an app builds. */
export interface UrlDefaults {
  /** With its port, if that is not the protocol's: `www.example.com`, `localhost:3000`. */
  readonly host?: string
  readonly protocol?: 'http' | 'https'
}

const HOST = /^(?:[a-z0-9](?:[a-z0-9_.-]*[a-z0-9.])?|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i

/** Whether a URL can have this host. */
export function isHost(host: unknown): host is string {
  return typeof host === 'string' && HOST.test(host)
}
