// Why: loads a server from the other core: with wrk, or with the generator here where wrk is missing or a rate is to be kept.

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { wireText } from './ask.js'
import { OTHER_CORES, output } from './processes.js'

const GENERATOR = fileURLToPath(new URL('generator.js', import.meta.url))

/**
 * Sends requests, in turn, for a while. Resolves with `requests`, `seconds`, `errors`, and `p50` and `p99` in milliseconds.
 * @param load `port`, `requests` of work.js, `connections`, `seconds`; `rate` in requests a second, or as fast as answers come
 */
export async function load(tools, { port, requests, connections, seconds, rate }) {
  const texts = requests.map((each) => wireText(port, each))
  const isExpected = requests[0].status < 400
  const figures =
    tools.wrk && rate === undefined
      ? await withWrk(tools, { port, texts, connections, seconds })
      : JSON.parse(
          await output(process.execPath, [GENERATOR], {
            cores: OTHER_CORES,
            input: JSON.stringify({ port, texts, connections, seconds, rate }),
          }),
        )
  const errors = figures.broken + (isExpected ? figures.refused : figures.requests - figures.refused)
  return { ...figures, errors }
}

/** wrk takes whole seconds alone, but tells what it has when it is interrupted. */
async function withWrk({ folder }, { port, texts, connections, seconds }) {
  mkdirSync(folder, { recursive: true })
  const script = join(folder, `load-${process.pid}.lua`)
  writeFileSync(script, luaScript(texts))
  const args = ['-t1', `-c${connections}`, `-d${Math.ceil(seconds) + 1}s`, '-s', script]
  const printed = await output('wrk', [...args, `http://127.0.0.1:${port}`], {
    cores: OTHER_CORES,
    interruptAfter: seconds,
  })
  const line = printed.split('\n').find((each) => each.startsWith('{'))
  if (line === undefined) throw new Error(`wrk printed no figures: ${printed}`)
  return JSON.parse(line)
}

/** wrk counts latencies in microseconds. */
const luaScript = (texts) => `local texts = {
${texts.map(luaString).join(',\n')}
}
local at = 0
setup = function()
  io.write('begins\\n')
  io.flush()
end
request = function()
  at = at % #texts + 1
  return texts[at]
end
done = function(summary, latency)
  local errors = summary.errors
  io.write(string.format('\\n{"requests":%d,"seconds":%f,"p50":%f,"p99":%f,"refused":%d,"broken":%d}\\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1000, latency:percentile(99) / 1000,
    errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
`

const luaString = (text) =>
  `"${[...Buffer.from(text)].map((byte) => (byte < 32 || byte > 126 || byte === 34 || byte === 92 ? `\\${String(byte).padStart(3, '0')}` : String.fromCharCode(byte))).join('')}"`
