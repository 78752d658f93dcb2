// The name that was probably meant, as errors propose it.
import { Controller } from 'contrail'
import { describe, expect, test } from 'vitest'
import { boot } from '../harness/app.js'

class PostsController extends Controller {
  index() {
    this.render([])
  }
}

/** The error of asking for a route by a name that none of these has. */
function messageFor(name: string, known: readonly string[]): string {
  const { app } = boot((r) => {
    for (const as of known) r.get(`/${as}`, PostsController, 'index', { as })
  })
  try {
    return app.pathTo(name)
  } catch (error) {
    return (error as Error).message
  }
}

describe('a name that is none', () => {
  test('is answered with the nearest that is one', () => {
    expect(messageFor('archve', ['about', 'archive', 'search'])).toContain('did you mean "archive"?')
  })

  test.each(['new_post', 'new-post'])('such as %s is compared in camelCase', (name) => {
    expect(messageFor(name, ['newPast', 'newPost', 'newPosts', 'new'])).toContain('did you mean "newPost"?')
    expect(messageFor(name, ['neePost', 'newXPort'])).toContain('did you mean "neePost"?')
    // Nearer as it is written, and yet not what was meant.
    expect(messageFor(name, ['newPosts', 'newXpost'])).toContain('did you mean "newPosts"?')
  })

  test('has no nearest where there is none at all', () => {
    expect(messageFor('archive', [])).toContain('there are none to choose from.')
  })
})
