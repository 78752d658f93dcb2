// Why: what was measured, for people: medians over the rounds, and beside each its ratio to raw node:http in the same round.
import { DISTURBED } from './core.js'
import { WORK } from './work.js'

const NONE = '–'
const BASE = 'raw'
const CEILING = 'raw-batched'

export const median = (numbers) => {
  const sorted = numbers.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/** The median over the rounds that have it; undefined when none has. */
export function medianOf(rounds, key) {
  const values = (rounds ?? []).filter((each) => each !== null && each !== undefined).map((each) => each[key])
  return values.length === 0 ? undefined : median(values)
}

/** The median, over the rounds that have both, of a figure by that of another peer. */
export function ratioOf(rounds, base, key) {
  const ratios = (rounds ?? []).flatMap((each, round) => {
    const other = base?.[round]
    return each && other && other[key] > 0 ? [each[key] / other[key]] : []
  })
  return ratios.length === 0 ? undefined : median(ratios)
}

/** Rows of cells as a table in Markdown, the first row its head; all columns but the first are figures. */
export function markdownTable([head, ...rows]) {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column].length)))
  const line = (cells) =>
    `| ${cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]))).join(' | ')} |`
  const rule = `|${widths.map((width, column) => (column === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`
  return [line(head), rule, ...rows.map(line)].join('\n')
}

const FORMATS = {
  rate: (value) => Math.round(value).toLocaleString('en-US'),
  cpu: (value) => value.toFixed(1),
  p50: (value) => value.toFixed(2),
  p99: (value) => value.toFixed(2),
  rss: (value) => (value / 1e6).toFixed(0),
  first: (value) => value.toFixed(0),
  unanswered: (value) => value.toFixed(0),
}

const ratio = (value) => value?.toFixed(2) ?? NONE

/** The median, and in brackets its ratio to raw. */
function cell(cells, peer, key) {
  const value = medianOf(cells[peer], key)
  if (value === undefined) return NONE
  const beside = ratioOf(cells[peer], cells[BASE], key)
  return FORMATS[key](value) + (beside === undefined ? '' : ` (${beside.toFixed(2)})`)
}

const titleOf = ({ peers }, peer) => peers[peer].title

/** CPU a request of every peer at every item of work, as ratios to raw. */
function overview(results, { work }) {
  const peers = Object.keys(results.peers)
  const rows = Object.entries(work).map(([name, cells]) => [
    WORK[name].title,
    ...peers.map((peer) => ratio(ratioOf(cells[peer], cells[BASE], 'cpu'))),
  ])
  return markdownTable([['CPU a request, raw = 1', ...peers.map((peer) => titleOf(results, peer))], ...rows])
}

function workTable(results, name, cells) {
  const keys = ['rate', 'cpu', 'p50', 'p99', 'rss']
  const head = [WORK[name].title, 'requests/s', 'CPU µs', 'CPU by batched', 'p50 ms', 'p99 ms', 'RSS MB']
  const rows = Object.keys(results.peers).map((peer) => {
    const [rate, cpu, ...rest] = keys.map((key) => cell(cells, peer, key))
    return [titleOf(results, peer), rate, cpu, ratio(ratioOf(cells[peer], cells[CEILING], 'cpu')), ...rest]
  })
  const different = Object.entries(results.peers).flatMap(([peer, { title, notes }]) => {
    const note = notes[WORK[name].app]
    return note === undefined || cells[peer] === undefined ? [] : [`${title}: ${note}`]
  })
  const table = markdownTable([head, ...rows])
  return different.length === 0 ? table : `${table}\n\n${different.join('. ')}.`
}

function startTable(results, { start }) {
  const rows = Object.keys(results.peers).map((peer) => {
    const size = results.peers[peer].size
    return [
      titleOf(results, peer),
      cell(start, peer, 'first'),
      cell(start, peer, 'rss'),
      size === undefined ? NONE : (size.bytes / 1e6).toFixed(1),
      size === undefined ? NONE : String(size.packages),
    ]
  })
  return markdownTable([['Start and size', 'first answer ms', 'RSS at rest MB', 'installed MB', 'packages'], ...rows])
}

function openLoopTable(results, name, rates) {
  const rows = Object.entries(rates).flatMap(([rate, cells]) =>
    Object.keys(results.peers).map((peer) => [
      titleOf(results, peer),
      Number(rate).toLocaleString('en-US'),
      ...['rate', 'cpu', 'p50', 'p99', 'unanswered'].map((key) => cell(cells, peer, key)),
    ]),
  )
  return markdownTable([
    [`${WORK[name].title}, open loop`, 'sent/s', 'answered/s', 'CPU µs', 'p50 ms', 'p99 ms', 'unanswered'],
    ...rows,
  ])
}

const forEachNode = (results, key, render) =>
  results.nodes
    .filter((node) => Object.keys(node[key] ?? {}).length > 0)
    .map((node) => `### Node ${node.version}${key === 'work' ? '' : ', '.concat(NAMES[key])}\n\n${render(node)}`)
    .join('\n\n')

const NAMES = { start: 'start and size', openLoop: 'at fixed rates' }

/** All figures below, whatever they are of. */
const figuresOf = (value) =>
  Array.isArray(value)
    ? value.filter((each) => each !== null && each !== undefined)
    : Object.values(value).flatMap((each) => (typeof each === 'object' && each !== null ? figuresOf(each) : []))

/** How many figures were taken while others had the core, in words; none where there were none. */
function disturbance({ nodes }) {
  const all = nodes.flatMap((node) => figuresOf(node))
  const disturbed = all.filter(({ others }) => others > DISTURBED).length
  if (disturbed === 0) return []
  const share = Math.round(DISTURBED * 100)
  return [
    `**${disturbed} of ${all.length} figures were taken while other programs had over ${share} % of the server's core: measure again on a quiet machine.**`,
  ]
}

/** What was run, where, with which versions. */
export function renderRun(results) {
  const versions = Object.values(results.peers)
    .filter(({ version }) => version !== undefined)
    .map(({ title, version }) => `${title} ${version}`)
  return [
    `Measured on ${results.date} with \`${results.command}\`: ${results.machine}; Node ${results.nodes.map(({ version }) => version).join(', ')}.`,
    `${results.rounds} ${results.rounds === 1 ? 'round' : 'rounds'} of ${results.seconds} s after ${results.warmUp} s to warm up, ${results.connections} connections, load from ${results.generator}.`,
    `Versions: ${versions.join(', ')}.`,
    ...disturbance(results),
    ...results.failures.map((failure) => `**Failed:** ${failure}`),
  ].join('\n')
}

export const renderWork = (results) =>
  forEachNode(results, 'work', (node) =>
    [
      overview(results, node),
      ...Object.entries(node.work).map(([name, cells]) => workTable(results, name, cells)),
    ].join('\n\n'),
  )

export const renderStart = (results) => forEachNode(results, 'start', (node) => startTable(results, node))

export const renderOpenLoop = (results) =>
  forEachNode(results, 'openLoop', (node) =>
    Object.entries(node.openLoop)
      .map(([name, rates]) => openLoopTable(results, name, rates))
      .join('\n\n'),
  )
