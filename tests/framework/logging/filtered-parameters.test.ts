// Secrets that people type into forms are nowhere in the log, whatever they are called and however deep they are.
import { Controller, FILTERED_PARAMETERS } from 'contrail'
import { describe, expect, test } from 'vitest'
import { ask, boot } from '../../harness/app.js'

class FormsController extends Controller {
  create() {
    this.render(this.params)
  }
}

/** The parameters as they are logged for a body of JSON. */
async function logged(body: object, filterParameters?: readonly string[]) {
  const { app, log } = boot((r) => r.post('/forms/:token', FormsController, 'create'), {
    config: { logLevel: 'info', filterParameters },
  })
  const answer = await ask(app, '/forms/0', { body })
  // Whoever logs must not change what the action reads.
  expect(answer.json).toMatchObject(body)
  const { token, ...params } = Object(log[0]?.['params']) as Record<string, unknown>
  expect(token).toBe('[FILTERED]')
  return { params, text: JSON.stringify(log) }
}

describe('a parameter is not logged', () => {
  test("when its name holds a word of Rails' list", async () => {
    expect(FILTERED_PARAMETERS).toEqual(
      ['passw', 'email', 'secret', 'token', '_key', 'crypt', 'salt', 'certificate', 'otp', 'ssn', 'cvv', 'cvc'], // rails new
    )
    for (const word of FILTERED_PARAMETERS) {
      const name = `my${word}x`
      expect((await logged({ [name]: 'planted' })).params).toEqual({ [name]: '[FILTERED]' })
    }
  })

  test.each([
    'password',
    'passwordConfirmation',
    'PASSWORD',
    'userEmail',
    'api_key',
    'apiKey',
    'APIKey',
    'accessKeyId',
    'x-api-key',
    'secret_key_base',
    'CSRFToken',
    'cvvCode',
  ])('when it is called %s', async (name) => {
    const { params, text } = await logged({ [name]: 'planted', title: 'kept' })
    expect(params).toEqual({ [name]: '[FILTERED]', title: 'kept' })
    expect(text).not.toContain('planted')
  })

  test.each(['key', 'keyboard', 'monkey', 'title', 'page'])('but it is when it is called %s', async (name) => {
    expect((await logged({ [name]: 'kept' })).params).toEqual({ [name]: 'kept' })
  })

  test('in objects and in arrays', async () => {
    const { params, text } = await logged({
      user: { name: 'Ann', login: { password: 'planted 1' } },
      users: [{ name: 'Bob', apiKey: 'planted 2' }, [{ token: 'planted 3' }]],
    })
    expect(params).toEqual({
      user: { name: 'Ann', login: { password: '[FILTERED]' } },
      users: [{ name: 'Bob', apiKey: '[FILTERED]' }, [{ token: '[FILTERED]' }]],
    })
    expect(text).not.toContain('planted')
  })

  test('when it is an object itself', async () => {
    const { params, text } = await logged({ secrets: { a: 'planted', b: ['planted'] } })
    expect(params).toEqual({ secrets: '[FILTERED]' })
    expect(text).not.toContain('planted')
  })

  test.each([
    ['iban', 'IBAN'],
    ['creditCard', 'creditCard'],
    ['creditCard', 'credit_card'],
    ['credit_card', 'creditCard'],
  ])("for the app's own word %s when it is called %s, beside Rails' words", async (word, name) => {
    const { params } = await logged({ [name]: 'planted', password: 'planted' }, [word])
    expect(params).toEqual({ [name]: '[FILTERED]', password: '[FILTERED]' })
  })
})

describe('what is large', () => {
  test('is cut: texts at 1,000 characters, nesting at eight levels', async () => {
    const { params } = await logged({ text: 'x'.repeat(1_001), exact: 'y'.repeat(1_000) })
    expect(params).toEqual({ text: `${'x'.repeat(1_000)}…`, exact: 'y'.repeat(1_000) })
    const deep = JSON.parse(`${'{"a":'.repeat(20)}{"password":"planted"}${'}'.repeat(20)}`) as object
    const { text } = await logged(deep)
    expect(text).toContain('…')
    expect(text).not.toContain('planted')
  })

  test('does not hold up the log: a name of 100,000 capitals', async () => {
    const startedAt = performance.now()
    await logged({ ['A'.repeat(100_000)]: 1 })
    expect(performance.now() - startedAt).toBeLessThan(1_000)
  })
})

describe('nothing that a client sends as a secret', () => {
  test('is anywhere in the log: query, body, cookies, authorization, agent and referrer', async () => {
    const { app, log } = boot((r) => r.post('/forms', FormsController, 'create'), { config: { logLevel: 'trace' } })
    await ask(app, '/forms?access_token=planted&q=1', {
      method: 'POST',
      headers: {
        cookie: '_test_app_session=planted; other=planted',
        authorization: 'Bearer planted',
        'user-agent': 'planted',
        referer: 'https://example.test/?token=planted',
        'content-type': 'application/json',
      },
      body: '{"password":"planted","nested":{"otp":"planted"}}',
    })
    expect(log).toHaveLength(1)
    expect(log[0]?.['params']).toEqual({
      access_token: '[FILTERED]',
      q: '1',
      password: '[FILTERED]',
      nested: { otp: '[FILTERED]' },
    })
    expect(JSON.stringify(log)).not.toContain('planted')
  })

  test('is in the error that its body could not be read', async () => {
    const { app, log } = boot((r) => r.post('/forms', FormsController, 'create'), { config: { logLevel: 'trace' } })
    const headers = { 'content-type': 'application/json' }
    expect((await ask(app, '/forms', { method: 'POST', headers, body: '{"password": planted}' })).status).toBe(400)
    expect(JSON.stringify(log)).not.toContain('planted')
  })
})
