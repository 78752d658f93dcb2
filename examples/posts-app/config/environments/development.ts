import { defineEnvironment } from 'contrail'

export default defineEnvironment({
  logLevel: 'debug',
})
