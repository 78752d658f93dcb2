// Responses: what a header may hold, and what a status may be.
import { Controller, HttpResponse, ResponseHeaders } from 'contrail'
import { describe, expect, test } from 'vitest'
import { ask, askSocket, boot, listen } from '../../harness/app.js'

describe('response headers', () => {
  test('set puts one value in place of all, append adds one, whatever the case of the name', () => {
    const headers = new ResponseHeaders()
    headers.append('Vary', 'Accept').append('vary', 'Cookie').set('X-A', 1).append('set-cookie', 'a=1')
    expect(headers.getAll('VARY')).toEqual(['Accept', 'Cookie'])
    expect(headers.get('vary')).toBe('Accept')
    headers.set('VARY', 'Origin').set('x-a', '2')
    expect([...headers]).toEqual([
      ['set-cookie', 'a=1'],
      ['vary', 'Origin'],
      ['x-a', '2'],
    ])
  })

  test('delete takes all values; what is not there is undefined', () => {
    const headers = new ResponseHeaders().append('a', '1').append('b', '2').append('A', '3').delete('A')
    expect([...headers]).toEqual([['b', '2']])
    expect([headers.get('a'), headers.getAll('a'), headers.has('a'), headers.has('B')]).toEqual([
      undefined,
      [],
      false,
      true,
    ])
    expect(headers.get('constructor')).toBeUndefined()
  })

  test('a value that looks like a name is none', () => {
    const headers = new ResponseHeaders().set('a', 'b').set('b', 'c')
    expect([headers.get('b'), headers.get('c')]).toEqual(['c', undefined])
    expect([...headers.delete('b')]).toEqual([['a', 'b']])
  })

  const CHARACTERS = ['\r', '\n', '\0', '\u010d', '\u010a', '\u007f', '\u001b', '\u2028', '\ud83d\ude00']

  test.each(CHARACTERS)('H9: %j in a value throws and sets nothing', (character) => {
    const headers = new ResponseHeaders().set('a', 'old')
    for (const value of [`x${character}y`, character, `x${character}`]) {
      expect(() => headers.set('a', value)).toThrow(TypeError)
      expect(() => headers.append('a', value)).toThrow(
        /^The value for the header a holds a character that HTTP forbids/,
      )
    }
    expect([...headers]).toEqual([['a', 'old']])
  })

  test.each([...CHARACTERS, ' ', ':', '\t', '(', '"', ''])('H9: %j in a name throws and sets nothing', (character) => {
    const headers = new ResponseHeaders()
    for (const name of [`x${character}y`, character, `x${character}`].filter((name) => name !== 'x' && name !== 'xy')) {
      expect(() => headers.set(name, 'v')).toThrow(TypeError)
      expect(() => headers.append(name, 'v')).toThrow(/is not a header name\.$/)
    }
    expect([...headers]).toEqual([])
  })

  test('tabs, quotes and Latin-1 are allowed in a value', () => {
    expect(new ResponseHeaders().set('a', '\t"é ÿ~').get('a')).toBe('\t"é ÿ~')
  })

  test('H9: a value with a line break in an action is a 500 without it, over a socket too', async () => {
    class SplitController extends Controller {
      show() {
        this.response.headers.set('x-before', 'x')
        this.render({}, { headers: { 'x-a': this.params.string('v') } })
      }
    }
    const { app } = boot((r) => r.root(SplitController, 'show'))
    const answer = await askSocket(`${await listen(app)}/?v=a%0d%0aset-cookie:%20evil=1`)
    expect(answer.status).toBe(500)
    expect(answer.setCookies).toEqual([])
    expect(answer.headers).not.toHaveProperty('x-a')
    expect(answer.headers).not.toHaveProperty('x-before')
  })
})

describe('the status of a response', () => {
  test.each([200, 299, 404, 599])('may be %i', (status) => {
    const response = new HttpResponse()
    response.status = status
    expect(response.status).toBe(status)
  })

  test.each([0, 100, 101, 199, 600, 200.5, Number.NaN, '200' as unknown as number])('may not be %s', (status) => {
    const response = new HttpResponse()
    expect(() => {
      response.status = status
    }).toThrow(RangeError)
    expect(response.status).toBe(200)
  })

  test('204 and 304 have no content-length; others have that of their bytes', async () => {
    class StatusController extends Controller {
      show() {
        this.renderText('ü', { status: this.params.int('status') })
      }
    }
    const { app } = boot((r) => r.get('/:status', StatusController, 'show'))
    for (const status of [204, 304]) expect((await ask(app, `/${status}`)).headers).not.toHaveProperty('content-length')
    for (const status of [200, 404]) expect((await ask(app, `/${status}`)).headers['content-length']).toBe('2')
  })
})
