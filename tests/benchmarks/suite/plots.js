// Why: draws how cost grows, as SVG that a page on GitHub shows: one panel a Node, one line a peer.
const PANEL = { width: 380, height: 240, left: 52, top: 56, right: 34, bottom: 44 }
const COLOURS = ['#0b6e99', '#444444', '#999999', '#d9730d', '#6940a5', '#0f7b6c']

const escaped = (text) => String(text).replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/"/g, '&quot;')
const round = (number) => Number(number.toFixed(1))

/** Steps of 1, 2 or 5 by a power of ten, at most six of them up to a maximum. */
function ticks(maximum) {
  const rough = maximum / 5
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 5, 10].find((each) => each * power >= rough) * power
  return Array.from({ length: Math.ceil(maximum / step) + 1 }, (_, index) => Number((index * step).toPrecision(6)))
}

const text = (x, y, content, attributes = '') =>
  `<text x="${round(x)}" y="${round(y)}" ${attributes}>${escaped(content)}</text>`

function panel({ title, unit, series }, at, colourOf) {
  const { width, height, left, top, right, bottom } = PANEL
  const values = [...new Set(series.flatMap(({ points }) => points.map(([x]) => x)))].sort((a, b) => a - b)
  const [first, last] = [Math.log(values[0]), Math.log(values.at(-1))]
  const across = (x) => left + (last === first ? 0.5 : (Math.log(x) - first) / (last - first)) * (width - left - right)
  const marks = ticks(Math.max(...series.flatMap(({ points }) => points.map(([, y]) => y))))
  const down = (y) => height - bottom - (y / marks.at(-1)) * (height - top - bottom)
  const parts = [
    text(left, top - 12, title, 'font-weight="bold"'),
    text((left + width - right) / 2, height - 6, unit, 'text-anchor="middle"'),
    ...marks.map(
      (mark) =>
        `<line x1="${left}" x2="${width - right}" y1="${round(down(mark))}" y2="${round(down(mark))}" stroke="#dddddd"/>` +
        text(left - 6, down(mark) + 4, mark.toLocaleString('en-US'), 'text-anchor="end"'),
    ),
    ...values.map((x) => text(across(x), height - bottom + 16, x.toLocaleString('en-US'), 'text-anchor="middle"')),
    ...series.flatMap(({ name, points }) => {
      const colour = colourOf(name)
      const places = points.map(([x, y]) => [round(across(x)), round(down(y))])
      return [
        `<polyline fill="none" stroke="${colour}" stroke-width="2" points="${places.map((each) => each.join(',')).join(' ')}"/>`,
        ...places.map(([x, y]) => `<circle cx="${x}" cy="${y}" r="3" fill="${colour}"/>`),
      ]
    }),
  ]
  return `<g transform="translate(${at * width} 0)">${parts.join('\n')}</g>`
}

/**
 * A plot: how a figure grows, on a logarithmic x axis and a y axis from zero.
 * @param panels each `title`, `unit` and `series`, which are `{ name, points: [x, y][] }`
 */
export function drawPlot(title, panels) {
  const names = [...new Set(panels.flatMap(({ series }) => series.map(({ name }) => name)))]
  const colourOf = (name) => COLOURS[names.indexOf(name) % COLOURS.length]
  const width = PANEL.width * panels.length
  let x = PANEL.left
  const legend = names.map((name) => {
    const part = `<circle cx="${x + 4}" cy="14" r="4" fill="${colourOf(name)}"/>${text(x + 13, 18, name)}`
    x += 28 + name.length * 7
    return part
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${Math.max(width, x)}" height="${PANEL.height}" font-family="sans-serif" font-size="12" fill="#333333">
<title>${escaped(title)}</title>
<rect width="100%" height="100%" fill="#ffffff"/>
${legend.join('\n')}
${panels.map((each, at) => panel(each, at, colourOf)).join('\n')}
</svg>
`
}
