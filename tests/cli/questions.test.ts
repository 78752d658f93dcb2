// What `contrail new` asks a person at a terminal, and nobody else.
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { callContrail } from '../harness/command-line.js'
import { CONTRAIL, temporaryFolder } from '../harness/folders.js'
import { atTerminal, type Line } from '../harness/terminal.js'

const BARE = ['--skip-install', '--skip-git']

const contrailNew = (cwd: string, args: readonly string[], lines: readonly Line[]) =>
  atTerminal([process.execPath, CONTRAIL, 'new', ...BARE, ...args], lines, cwd)

test('for a name, until it is one, and for the database', async () => {
  const folder = temporaryFolder()
  const { status, screen, left } = await contrailNew(
    folder,
    [],
    [
      ['name of the app', 'My App\r'],
      ['lower-case letters', 'blog\r'],
      ['[postgres]', 'sqlite\r'],
      ['answer postgres or none', 'n\r'],
    ],
  )
  expect(left).toEqual([])
  expect(screen).toContain('Made blog: ')
  expect(status).toBe(0)
  expect(existsSync(join(folder, 'blog/config/routes.ts'))).toBe(true)
  expect(existsSync(join(folder, 'blog/config/database.ts'))).toBe(false)
})

test('no answer is the default, and --yes asks for nothing', async () => {
  const folder = temporaryFolder()
  const [asked, told, nameless] = await Promise.all([
    contrailNew(folder, ['one'], [['[postgres]', '\r']]),
    contrailNew(folder, ['two', '--yes'], []),
    contrailNew(folder, ['--yes'], []),
  ])
  expect(asked.left).toEqual([])
  expect([asked.status, told.status, nameless.status]).toEqual([0, 0, 1])
  expect(told.screen).not.toContain('[postgres]')
  expect(nameless.screen).toContain("missing required argument 'name'")
  for (const name of ['one', 'two']) expect(existsSync(join(folder, name, 'config/database.ts'))).toBe(true)
})

test('Ctrl+C and Ctrl+D leave nothing behind', async () => {
  const folder = temporaryFolder()
  const [interrupted, closed] = await Promise.all([
    contrailNew(folder, ['one'], [['[postgres]', '\u0003']]),
    contrailNew(folder, [], [['name of the app', '\u0004']]),
  ])
  expect(interrupted.status).toBe(-2)
  expect(closed.status).toBe(1)
  expect(closed.screen).toContain('Nothing was written.')
  expect(readdirSync(folder)).toEqual([])
})

test('the seconds of an install are counted on the screen, and Ctrl+C leaves nothing of it', async () => {
  const folder = temporaryFolder()
  const programs = temporaryFolder()
  writeFileSync(join(programs, 'npm'), '#!/bin/sh\nexec sleep 60\n', { mode: 0o755 })
  const call = ['/usr/bin/env', `PATH=${programs}:${process.env['PATH']}`, process.execPath, CONTRAIL]
  const { status, screen, left } = await atTerminal(
    [...call, 'new', 'blog', '--yes', '--package-manager', 'npm'],
    [['Installing packages with npm … 0.', '\u0003']],
    folder,
  )
  expect(left, screen).toEqual([])
  // npm hears the key as well; where it ends first, that is an install that failed.
  expect([-2, 1]).toContain(status)
  expect(readdirSync(folder)).toEqual([])
})

test('a program is asked for nothing', async () => {
  const { code, output } = await callContrail(['new', 'blog', ...BARE], { cwd: temporaryFolder() })
  expect(output).toMatch(/^Made blog/)
  expect(code).toBe(0)
})
