// A real browser, where what browsers send by themselves is the question. The only file that knows playwright-core.
import { type Browser, type Cookie, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll } from 'vitest'

/** What a browser sent, and what came back. */
export interface Sent {
  readonly status: number
  /** `Sec-Fetch-Site`, `Origin` and whether there was a cookie. */
  readonly site: string | undefined
  readonly origin: string | undefined
  readonly hasCookie: boolean
  readonly text: string
}

/** Debian's Chromium for the tests of a file. Names below `.test` are this machine, without the trust of `localhost`. */
export function useChromium(): { visitor(): Promise<Visitor> } {
  let browser: Browser | undefined
  beforeAll(async () => {
    browser = await chromium.launch({
      executablePath: '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        // One process for all sites: starting one for each is most of what a test takes, and changes no header.
        '--disable-features=IsolateOrigins,site-per-process',
        '--renderer-process-limit=1',
        '--host-resolver-rules=MAP *.test 127.0.0.1, MAP *.localhost 127.0.0.1',
      ],
    })
  })
  afterAll(() => browser?.close())
  return {
    async visitor() {
      if (browser === undefined) throw new Error('Chromium has not been started yet.')
      const context = await browser.newContext()
      const first = await context.newPage()
      return {
        open: (url) => show(first, url),
        openAnother: async (url) => show(await context.newPage(), url),
        cookies: () => context.cookies(),
        end: () => context.close(),
      }
    },
  }
}

/** Somebody with cookies of their own. */
export interface Visitor {
  /** Opens a page in place of the one before. */
  open(url: string): Promise<Tab>
  /** Opens a page beside the others. */
  openAnother(url: string): Promise<Tab>
  /** The cookies that Chromium has kept, those that no script can read too. */
  cookies(): Promise<Cookie[]>
  end(): Promise<void>
}

export interface Tab {
  /** Clicks the page's button, and waits for what the form is answered. */
  submit(): Promise<Sent>
  /** Presses the button that says this, and waits for the page that comes. Returns its status, after redirects. */
  press(text: string): Promise<number>
  /** Types into a field. */
  fill(name: string, text: string): Promise<void>
  /** Chooses a file in a field for files. */
  choose(
    name: string,
    file: { readonly name: string; readonly mimeType: string; readonly buffer: Buffer },
  ): Promise<void>
  /** The page's address. */
  url(): string
  /** A picture of the page, in a file or for the caller alone. */
  screenshot(path?: string): Promise<Buffer>
  /** What a field of the page's form holds. */
  field(name: string): Promise<string>
  /** What the page says. */
  text(): Promise<string>
  /** What a script of the page gives, once it has run; a promise's value. */
  run(script: string): Promise<unknown>
  /** `document.cookie`: what scripts can read. */
  scriptCookies(): Promise<string>
}

async function show(page: Page, url: string): Promise<Tab> {
  await page.goto(url)
  return {
    text: async () => (await page.textContent('body')) ?? '',
    scriptCookies: () => page.evaluate<string>('document.cookie'),
    run: (script) => page.evaluate<unknown>(script),
    field: (name) => page.inputValue(`input[name=${name}]`),
    url: () => page.url(),
    screenshot: (path) => page.screenshot(path === undefined ? {} : { path }),
    fill: (name, text) => page.fill(`[name="${name}"]`, text),
    choose: (name, file) => page.setInputFiles(`[name="${name}"]`, file),
    async press(text) {
      const loaded = page.waitForEvent('load')
      const answers: number[] = []
      const note = (response: { status(): number; request(): { isNavigationRequest(): boolean } }) => {
        if (response.request().isNavigationRequest()) answers.push(response.status())
      }
      page.on('response', note)
      await page.locator('button', { hasText: text }).click()
      await loaded
      page.off('response', note)
      return answers.at(-1) as number
    },
    async submit() {
      const answered = page.waitForResponse((response) => response.request().method() === 'POST')
      await page.locator('button').dispatchEvent('click')
      const response = await answered
      const headers = await response.request().allHeaders()
      return {
        status: response.status(),
        site: headers['sec-fetch-site'],
        origin: headers['origin'],
        hasCookie: headers['cookie'] !== undefined,
        text: await response.text(),
      }
    },
  }
}
