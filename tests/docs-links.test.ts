// The pages of docs/ lead somewhere: every link to a file, and every row of "Coming from Rails" to a test, a page or a reason.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { REPOSITORY } from './harness/folders.js'

const DOCS = join(REPOSITORY, 'docs')

const read = (page: string) => readFileSync(join(DOCS, page), 'utf8')
const pages = readdirSync(DOCS, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.md'))

/** The text without blocks and spans of code, in which brackets are code. */
const prose = (text: string) => text.replace(/```[\s\S]*?```/g, '').replace(/`[^`\n]*`/g, '``')

const links = (text: string) =>
  [...prose(text).matchAll(/\[[^\]]*\]\(([^)\s]+)\)/g)].map(([, target]) => target as string)

/** The anchor of a heading, as GitHub makes it. */
const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-')

const anchors = (text: string) => [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading]) => anchorOf(heading as string))

/** The links of a text in a page that lead nowhere. */
function lost(page: string, text: string): string[] {
  return links(text).filter((target) => {
    if (/^https?:/.test(target)) return false
    const [path = '', anchor] = target.split('#')
    const file = path === '' ? join(DOCS, page) : join(DOCS, page, '..', path)
    if (!existsSync(file)) return true
    return anchor !== undefined && !anchors(readFileSync(file, 'utf8')).includes(anchor)
  })
}

describe('docs', () => {
  test.each(pages)('%s links to what there is', (page) => {
    expect(lost(page, read(page))).toEqual([])
  })

  test('links that lead nowhere are found', () => {
    const text =
      '[a](nowhere.md) [b](guide.md) [c](guide.md#no-such-part) [d](https://example.com) `[e](code.md)` [f](sessions.md#flash)'
    expect(lost('guide.md', text)).toEqual(['nowhere.md', 'guide.md#no-such-part'])
  })
})

/** The sections of Rails 8.1's guides, in their order; then what is in none of them. */
const SECTIONS = {
  'Action Controller Overview': [
    'Introduction',
    'Creating a Controller',
    'Parameters',
    'Strong Parameters',
    'Cookies',
    'Session',
    'Controller Callbacks',
    'The Request and Response Objects',
    'Answering (Layouts and Rendering in Rails)',
  ],
  'Action Controller Advanced Topics': [
    'Introduction',
    'Authenticity Token and Request Forgery Protection',
    'Controlling Allowed Browser Versions',
    'HTTP Authentication',
    'Streaming and File Downloads',
    'Log Filtering',
    'Force HTTPS Protocol',
    'Built-in Health Check Endpoint',
    'Handling Errors',
  ],
  'Rails Routing from the Outside In': [
    'The Purpose of the Rails Router',
    'Resource Routing: the Rails Default',
    'Non-Resourceful Routes',
    'Customizing Resourceful Routes',
    'Inspecting Routes',
    'Testing Routes',
    'Breaking Up a Large Route File With draw',
  ],
  'Beside the Guides': ['Servers', 'Protection'],
}

interface Row {
  readonly rails: string
  readonly contrail: string
  readonly shown: string
}

function rowsOf(text: string): Row[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('|') && !/^\| (?:Rails \||---)|^\|---/.test(line))
    .map((line) => {
      const cells = line.split(/(?<!\\)\|/).map((cell) => cell.trim())
      expect(cells, line).toHaveLength(5)
      return { rails: cells[1] as string, contrail: cells[2] as string, shown: cells[3] as string }
    })
}

/** A row shows what it says by a link, or says why there is nothing to show. */
const isBare = ({ contrail, shown }: Row) =>
  links(shown).length === 0 && !/^(?:left out|not needed): .{15,}/.test(contrail)

describe('Coming from Rails', () => {
  const text = read('rails.md')

  test('has a table for every section of the guides, in their order', () => {
    const found = text
      .split(/^## /m)
      .slice(1)
      .map((guide) => {
        const [title = '', ...sections] = guide.split(/\n### /)
        for (const section of sections) expect(rowsOf(section).length, section.slice(0, 40)).toBeGreaterThan(0)
        return [title.split('\n')[0], sections.map((section) => section.split('\n')[0])]
      })
    expect(Object.fromEntries(found)).toEqual(SECTIONS)
    expect(found.map(([title]) => title)).toEqual(Object.keys(SECTIONS))
  })

  test('has a test, a page or a reason in every row', () => {
    const rows = rowsOf(text)
    expect(rows.length).toBeGreaterThan(100)
    expect(rows.filter(isBare)).toEqual([])
    expect(
      rowsOf('| a | `b` | |\n| c | left out: it is not worth it | |\n| d | left out: no | |').filter(isBare),
    ).toHaveLength(2)
  })
})
