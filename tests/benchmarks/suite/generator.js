// Why: a load generator that can keep a rate (open loop), where wrk only sends when it was answered: a slow server does not
// slow it down, and latency counts from when a request was due. Told what to do on standard input; prints figures as JSON.
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'

const { port, texts, connections, seconds, rate } = JSON.parse(await text(process.stdin))
const messages = texts.map((each) => Buffer.from(each))
const idle = []
const waiting = []
const latencies = []
let sent = 0
let refused = 0
let broken = 0

function open() {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true }, () => resolve(connection))
    const connection = { socket, due: 0, answer: '', isBusy: false }
    socket.setEncoding('latin1')
    socket.on('data', (chunk) => read(connection, chunk))
    socket.on('error', reject)
    socket.on('close', () => {
      if (over) return
      broken += 1
      if (connection.isBusy) return
      idle.splice(idle.indexOf(connection), 1)
    })
  })
}

function send(connection, due) {
  connection.due = due
  connection.isBusy = true
  connection.answer = ''
  connection.socket.write(messages[sent++ % messages.length])
}

function read(connection, chunk) {
  connection.answer += chunk
  if (!isWhole(connection.answer)) return
  connection.isBusy = false
  latencies.push(performance.now() - connection.due)
  // 'HTTP/1.1 200': the first digit of the status.
  if (connection.answer.charCodeAt(9) >= 52) refused += 1
  if (over) return
  if (rate === undefined) send(connection, performance.now())
  else if (waiting.length > 0) send(connection, waiting.shift())
  else idle.push(connection)
}

/** There is one request at a time on a connection, so what has come is one answer, or the beginning of it. */
function isWhole(answer) {
  const head = answer.indexOf('\r\n\r\n')
  if (head === -1) return false
  const [, length] = /\r\ncontent-length: *(\d+)/i.exec(answer) ?? []
  return length === undefined ? answer.endsWith('\r\n0\r\n\r\n') : answer.length >= head + 4 + Number(length)
}

let over = false
const all = await Promise.all(Array.from({ length: connections }, open))
const startedAt = performance.now()
const endsAt = startedAt + seconds * 1000

if (rate === undefined) {
  for (const connection of all) send(connection, performance.now())
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000))
} else {
  idle.push(...all)
  // As strangers come, not as a metronome does: the gaps are exponential (Poisson), so that some come at once.
  let due = startedAt
  await new Promise((resolve) => {
    const turn = () => {
      const now = performance.now()
      for (; due <= now && due < endsAt; due -= (Math.log(1 - Math.random()) * 1000) / rate) {
        const connection = idle.shift()
        if (connection === undefined) waiting.push(due)
        else send(connection, due)
      }
      if (now >= endsAt) resolve()
      else setImmediate(turn)
    }
    turn()
  })
}
over = true
const requests = latencies.length
latencies.sort((a, b) => a - b)
const percentile = (part) => latencies[Math.min(requests - 1, Math.floor(requests * part))] ?? 0
process.stdout.write(
  `${JSON.stringify({
    requests,
    seconds: (performance.now() - startedAt) / 1000,
    p50: percentile(0.5),
    p99: percentile(0.99),
    refused,
    broken,
    ...(rate === undefined ? {} : { rate, unanswered: waiting.length + all.filter(({ isBusy }) => isBusy).length }),
  })}\n`,
  () => process.exit(),
)
