// What cannot be a middleware is refused at boot, with what to write instead.
import { BootError, type Middleware } from 'contrail'
import express from 'express'
import helmet from 'helmet'
import { describe, expect, test } from 'vitest'
import { boot, bootError } from '../../harness/app.js'

const withMiddleware = (middleware: unknown) => () =>
  boot(() => {}, { config: { middleware: middleware as Middleware[] } })

describe('middleware', () => {
  test.each<[string, unknown, string, string]>([
    ['no list', helmet(), 'middleware is no list.', '[helmet(), compression()]'],
    ['a word', ['helmet'], 'middleware[0] is string.', '(request, response, next)'],
    ['nothing', [helmet(), undefined], 'middleware[1] is undefined.', '(request, response, next)'],
    ['null', [null], 'middleware[0] is null.', '(request, response, next)'],
    ['a list', [[helmet()]], 'middleware[0] is a list.', '(request, response, next)'],
    ['what makes one', [express.json], 'middleware[0], json, takes one parameter', 'call it, json(…)'],
    [
      'an error handler',
      [function onError(_error: unknown, _request: unknown, _response: unknown, _next: unknown) {}],
      'middleware[0], onError, takes four parameters',
      'rescueFrom',
    ],
  ])('that is %s is a BootError', (_, middleware, problem, fix) => {
    const error = bootError(withMiddleware(middleware))
    expect(error).toBeInstanceOf(BootError)
    expect(
      error.problem.replace('takes one parameter: it looks like what makes the middleware.', 'takes one parameter'),
    ).toContain(problem)
    expect(error.fix).toContain(fix)
  })

  test('that is a function of two, three or no declared parameters is taken, and an empty list too', () => {
    const taken: unknown[] = [
      helmet(),
      express(),
      () => {},
      (_: unknown, __: unknown) => {},
      (...all: unknown[]) => void all,
    ]
    expect(withMiddleware(taken)).not.toThrow()
    expect(withMiddleware([])).not.toThrow()
  })

  test.each(['headersTimeout', 'requestTimeout'])('%s that is no whole number of seconds is a BootError', (key) => {
    expect(bootError(() => boot(() => {}, { config: { [key]: 0.5 } })).problem).toBe(`${key} is 0.5.`)
  })
})
