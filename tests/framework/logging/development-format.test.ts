// In development the log is for people: a short line for a request, an error with its stack.
import { Controller, createApplication, defineRoutes } from 'contrail'
import { describe, expect, test } from 'vitest'
import { DevelopmentFormat } from '../../../packages/framework/dist/logging/development-format.js'
import { SECRET } from '../../harness/app.js'

class PostsController extends Controller {
  index() {
    this.logger.warn({ free: 3 }, 'disk is nearly full')
    this.render([])
  }
  broken() {
    throw new RangeError('It broke.')
  }
}

function bootDevelopment() {
  const lines: string[] = []
  const app = createApplication({
    environment: { name: 'development', explicit: true },
    routes: defineRoutes((r) => {
      r.get('/posts', PostsController, 'index')
      r.get('/broken', PostsController, 'broken')
    }),
    config: { sessionOptions: { secret: SECRET } },
    logDestination: { write: (text) => void lines.push(text) },
  })
  const get = (url: string) => app.handle({ method: 'GET', url, headers: { host: 'localhost' } })
  return { lines, get }
}

const format = (entry: object, colours: boolean) => {
  const lines: string[] = []
  new DevelopmentFormat({ write: (text) => lines.push(text) }, colours).write(JSON.stringify(entry))
  return lines.join('')
}

describe('in development', () => {
  test('a request is a line of time, method, path, status, action, duration and parameters', async () => {
    const { lines, get } = bootDevelopment()
    await get('/posts?page=2&password=planted')
    expect(lines.at(-1)).toMatch(
      /^\d\d:\d\d:\d\d GET \/posts 200 PostsController#index [\d.]+ ms \{"page":"2","password":"\[FILTERED\]"\}\n$/,
    )
  })

  test('a request without a route has no action', async () => {
    const { lines, get } = bootDevelopment()
    await get('/nowhere')
    expect(lines).toHaveLength(1)
    expect(lines[0]).toMatch(/^\d\d:\d\d:\d\d GET \/nowhere 404 [\d.]+ ms\n$/)
  })

  test('what the app logs is a line of level, message and details', async () => {
    const { lines, get } = bootDevelopment()
    await get('/posts')
    expect(lines[0]).toMatch(/^\d\d:\d\d:\d\d WARN disk is nearly full \{"free":3\}\n$/)
  })

  test('an error has its stack below it', async () => {
    const { lines, get } = bootDevelopment()
    await get('/broken')
    const [first, second, third] = (lines[0] as string).split('\n')
    expect(first).toMatch(/ ERROR It broke\. \{"controller":"PostsController","action":"broken"\}$/)
    expect(second).toBe('  RangeError: It broke.')
    expect(third).toMatch(/^ {6}at PostsController\.broken/)
  })
})

describe('colours', () => {
  const entry = { level: 'info', time: 0, method: 'GET', path: '/', duration: 1 }

  test.each([
    [200, '\x1b[32m'],
    [302, '\x1b[36m'],
    [404, '\x1b[33m'],
    [500, '\x1b[31m'],
  ])('tell a %d at a glance', (status, colour) => {
    expect(format({ ...entry, status }, true)).toContain(`${colour}${status}`)
  })

  test('are left out where there is no terminal', () => {
    expect(format({ ...entry, status: 500 }, false)).not.toContain('\x1b')
  })
})
