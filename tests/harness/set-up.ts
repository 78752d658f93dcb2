// Each test file starts with an empty container: what one registered must not be found by the next.
import { container } from 'contrail'
import { beforeAll } from 'vitest'

beforeAll(() => {
  container.reset()
})
