// Why: docs/performance.md is filled by the run itself, between markers, so that no figure is typed by hand.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { GROWTH } from './growth.js'
import { drawPlot } from './plots.js'
import { medianOf, renderOpenLoop, renderRun, renderStart, renderWork } from './table.js'

/** The plots that a run has the points for, by name, as SVG. */
export function plotsOf(results) {
  const plots = {}
  for (const [name, { title, unit }] of Object.entries(GROWTH)) {
    const panels = results.nodes.flatMap((node) => {
      const series = Object.entries(node.growth?.[name] ?? {}).flatMap(([peer, byValue]) => {
        const points = Object.entries(byValue).flatMap(([value, rounds]) => {
          const cpu = medianOf(rounds, 'cpu')
          return cpu === undefined ? [] : [[Number(value), cpu]]
        })
        return points.length === 0 ? [] : [{ name: results.peers[peer].title, points }]
      })
      return series.length === 0 ? [] : [{ title: `CPU µs a request, Node ${node.version}`, unit, series }]
    })
    if (panels.length > 0) plots[name] = drawPlot(`${title}: CPU time a request`, panels)
  }
  return plots
}

const renderGrowth = (plots) =>
  Object.keys(plots)
    .map((name) => `![${GROWTH[name].title}: CPU time a request](performance/${name}.svg)`)
    .join('\n\n')

/** The text with what stands between a pair of markers replaced; unchanged where there is nothing to put there. */
export function fill(text, name, content) {
  if (content === '') return text
  const [begin, end] = [`<!-- bench:${name} -->`, `<!-- /bench:${name} -->`]
  const [from, to] = [text.indexOf(begin), text.indexOf(end)]
  if (from === -1 || to < from) throw new Error(`docs/performance.md has lost its markers ${begin} and ${end}.`)
  return `${text.slice(0, from + begin.length)}\n\n${content}\n\n${text.slice(to)}`
}

/** Writes the page's tables and the plots. @param docs the folder docs/ */
export function writePage(results, docs) {
  const plots = plotsOf(results)
  const folder = join(docs, 'performance')
  mkdirSync(folder, { recursive: true })
  for (const [name, svg] of Object.entries(plots)) writeFileSync(join(folder, `${name}.svg`), svg)
  const page = join(docs, 'performance.md')
  let text = readFileSync(page, 'utf8')
  const run = renderRun(results)
  const work = renderWork(results)
  // A section of another run than the table's says which.
  const own = (content) => (content === '' || work !== '' ? content : `${run}\n\n${content}`)
  const sections = {
    table: work === '' ? '' : `${run}\n\n${work}`,
    start: own(renderStart(results)),
    growth: own(renderGrowth(plots)),
    'open-loop': own(renderOpenLoop(results)),
  }
  for (const [name, content] of Object.entries(sections)) text = fill(text, name, content)
  writeFileSync(page, text)
}
