// Content-Security-Policy: what is sent, with which nonce, for which action, and what is refused at boot.
import { type ContentSecurityPolicy, Controller } from 'contrail'
import { describe, expect, test } from 'vitest'
import { ask, boot, bootError } from '../../harness/app.js'

class PagesController extends Controller {
  index() {
    this.renderHtml('<p>')
  }
  nonces() {
    this.render([this.cspNonce, this.cspNonce])
  }
  json() {
    this.render({})
  }
  unchanged() {
    this.head(304)
  }
  own() {
    this.response.headers.set('content-security-policy', "default-src 'none'")
    this.index()
  }
  fail() {
    throw new Error(this.cspNonce)
  }
}

class ScriptsController extends PagesController {
  static {
    this.contentSecurityPolicy({ scriptSrc: ["'self'", 'https://cdn.example.com'], imgSrc: null })
    this.contentSecurityPolicy({ reportOnly: true }, { only: 'json' })
    this.contentSecurityPolicy(false, { only: 'own' })
  }
}

class LoneController extends ScriptsController {
  static {
    this.contentSecurityPolicy(false, { except: 'index' })
    this.contentSecurityPolicy({ frameAncestors: ["'none'"] }, { only: ['json'] })
  }
}

const ACTIONS = ['index', 'nonces', 'json', 'unchanged', 'own', 'fail'] as const
const POLICY: ContentSecurityPolicy = {
  defaultSrc: ["'self'"],
  scriptSrc: ["'self'", 'nonce'],
  imgSrc: ["'self'", 'data:', '*.example.com'],
}

function site(contentSecurityPolicy?: unknown) {
  const { app } = boot(
    (r) => {
      for (const action of ACTIONS) {
        r.get(`/${action}`, PagesController, action)
        r.get(`/scripts/${action}`, ScriptsController, action)
        r.get(`/lone/${action}`, LoneController, action)
      }
    },
    { config: { contentSecurityPolicy: contentSecurityPolicy as ContentSecurityPolicy, logLevel: 'silent' } },
  )
  return app
}

const header = async (app: ReturnType<typeof site>, path: string, name = 'content-security-policy') =>
  (await ask(app, path)).headers[name]

describe('the policy of an app', () => {
  test('is sent with every answer, and not at all when there is none', async () => {
    const app = site(POLICY)
    for (const path of ['/index', '/json', '/nowhere'])
      expect(await header(app, path)).toBe("default-src 'self'; script-src 'self'; img-src 'self' data: *.example.com")
    expect(await header(site(), '/index')).toBeUndefined()
  })

  test('allows the nonce that the page has drawn: 128 bits, one for an answer, another for the next', async () => {
    const app = site({ ...POLICY, styleSrc: ['nonce'] })
    const seen = new Set<string>()
    for (let round = 0; round < 20; round++) {
      const answer = await ask(app, '/nonces')
      const [one, two] = answer.json as [string, string]
      expect(one).toBe(two)
      expect(Buffer.from(one, 'base64')).toHaveLength(16)
      expect(answer.headers['content-security-policy']).toBe(
        `default-src 'self'; script-src 'self' 'nonce-${one}'; img-src 'self' data: *.example.com; style-src 'nonce-${one}'`,
      )
      seen.add(one)
    }
    expect(seen.size).toBe(20)
    // Nobody has drawn one: nothing inline is allowed.
    expect(await header(app, '/index')).toMatch(/; script-src 'self'; .*; style-src 'none'$/)
  })

  test('is not sent with a 304, whose page was kept with another nonce', async () => {
    expect(await header(site(POLICY), '/unchanged')).toBeUndefined()
  })

  test('leaves alone what an action has set, and error pages, which have their own', async () => {
    expect(await header(site(POLICY), '/own')).toBe("default-src 'none'")
    const page = await ask(site(POLICY), '/fail', { headers: { accept: 'text/html' } })
    expect(page.headers['content-security-policy']).toMatch(/^default-src 'none'; style-src/)
  })

  test('may only report', async () => {
    const app = site({ ...POLICY, reportOnly: true, reportUri: '/csp-reports' })
    expect(await header(app, '/index')).toBeUndefined()
    expect(await header(app, '/index', 'content-security-policy-report-only')).toMatch(/; report-uri \/csp-reports$/)
  })

  test('spells every directive', async () => {
    const app = site({
      sandbox: ['allow-scripts', 'allow-forms'],
      upgradeInsecureRequests: true,
      requireTrustedTypesFor: ["'script'"],
      trustedTypes: ['default', "'allow-duplicates'"],
      frameAncestors: ['https://a.example.com:8443', 'http://localhost:3000', '*'],
      scriptSrcElem: [`'sha256-${'A'.repeat(43)}='`, "'strict-dynamic'"],
      connectSrc: ['wss:', 'wss://a.example.com', 'https://a.example.com/path/'],
      reportTo: 'csp',
      mediaSrc: undefined,
    })
    expect(await header(app, '/index')).toBe(
      "sandbox allow-scripts allow-forms; upgrade-insecure-requests; require-trusted-types-for 'script'; " +
        "trusted-types default 'allow-duplicates'; frame-ancestors https://a.example.com:8443 http://localhost:3000 *; " +
        `script-src-elem 'sha256-${'A'.repeat(43)}=' 'strict-dynamic'; ` +
        'connect-src wss: wss://a.example.com https://a.example.com/path/; report-to csp',
    )
  })
})

describe('the policy of a controller', () => {
  test("replaces the app's directives one by one, and takes away those that are null", async () => {
    expect(await header(site(POLICY), '/scripts/index')).toBe(
      "default-src 'self'; script-src 'self' https://cdn.example.com",
    )
    expect(await header(site(), '/scripts/index')).toBe("script-src 'self' https://cdn.example.com")
  })

  test('is for some actions, and false is none', async () => {
    const app = site(POLICY)
    expect(await header(app, '/scripts/json')).toBeUndefined()
    expect(await header(app, '/scripts/json', 'content-security-policy-report-only')).toMatch(/cdn\.example\.com$/)
    expect(await header(app, '/scripts/own')).toBe("default-src 'none'")
    expect(await header(app, '/scripts/nonces')).toBe("default-src 'self'; script-src 'self' https://cdn.example.com")
  })

  test("is inherited; a child's comes after its parents'", async () => {
    const app = site(POLICY)
    expect(await header(app, '/lone/index')).toBe(await header(app, '/scripts/index'))
    expect(await header(app, '/lone/nonces')).toBeUndefined()
    // After false it begins with nothing.
    expect(await header(app, '/lone/json')).toBe("frame-ancestors 'none'")
  })

  test('is refused where it is declared', () => {
    expect(() => ScriptsController.contentSecurityPolicy({ scriptSrc: ['self' as "'self'"] })).toThrow(
      'ScriptsController.contentSecurityPolicy: scriptSrc has "self".',
    )
    expect(() => ScriptsController.contentSecurityPolicy({}, { only: 'shwo' as 'own' })).toThrow('only names "shwo"')
  })
})

describe('a policy with a mistake is refused at boot', () => {
  test.each([
    [{ scriptSrc: ['self'] }, 'scriptSrc has "self"', `"'self'"`],
    [{ scriptSrc: ["'slef'"] }, `scriptSrc has "'slef'"`, 'did you mean "self"?'],
    [{ scriptSrc: ["'nonce-abc'"] }, `"'nonce-abc'"`, 'this.cspNonce'],
    [{ imgSrc: ['nonce'] }, 'imgSrc has "nonce"', 'a nonce is for defaultSrc'],
    [{ scriptSrc: ["'self'; object-src *"] }, 'scriptSrc has', 'each source by itself'],
    [{ scriptSrc: ["'self' a.example.com"] }, 'scriptSrc has', 'each source by itself'],
    [{ scriptSrc: ['a.example.com\r\nx: y'] }, 'scriptSrc has', 'each source by itself'],
    [{ scriptSrc: ['a.example.com,b.example.com'] }, 'scriptSrc has', 'each source by itself'],
    [{ scriptSrc: ['ex*mple.com'] }, 'scriptSrc has "ex*mple.com"', 'give a host'],
    [{ scriptSrc: ['ä.example.com'] }, 'scriptSrc has', 'give a host'],
    [{ scriptSrc: "'self'" }, 'scriptSrc has', 'give a list'],
    [{ scriptSrc: [] }, 'scriptSrc has []', 'give a list'],
    [{ scriptSrc: ["'none'", "'self'"] }, 'scriptSrc has', "'none' stands alone"],
    [{ scriptsSrc: ["'self'"] }, 'Unknown key "scriptsSrc"', 'did you mean "scriptSrc"?'],
    [{ 'script-src': ["'self'"] }, 'Unknown key "script-src"', 'did you mean "scriptSrc"?'],
    [{ sandbox: ['scripts'] }, 'sandbox has ["scripts"]', "['allow-scripts']"],
    [{ upgradeInsecureRequests: 'yes' }, 'upgradeInsecureRequests has "yes"', 'give true'],
    [{ requireTrustedTypesFor: ["'style'"] }, 'requireTrustedTypesFor has', `["'script'"]`],
    [{ defaultSrc: ["'self'"], reportUri: '/a; script-src *' }, 'reportUri has', 'one word'],
    [{ defaultSrc: ["'self'"], reportUri: '/a,b' }, 'reportUri has', 'one word'],
    [{ trustedTypes: ['a;b'] }, 'trustedTypes has', 'list of names'],
    [{ reportUri: '/a' }, 'has no directive', 'leave it out'],
    [{}, 'has no directive', 'leave it out'],
    [[], 'is no policy', 'write directives'],
    ["default-src 'self'", 'is no policy', 'write directives'],
  ])('%j', (policy, problem, fix) => {
    const error = bootError(() => site(policy))
    expect(error.problem).toContain(problem)
    expect(error.problem).toContain('config/application.ts')
    expect(error.fix).toContain(fix)
  })
})
