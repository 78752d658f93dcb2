import { defineEnvironment } from 'contrail'

export default defineEnvironment({
  // Behind a proxy that ends TLS on the same machine: believe its X-Forwarded-* headers, so that the session cookie is Secure.
  trustProxy: 'loopback',
})
