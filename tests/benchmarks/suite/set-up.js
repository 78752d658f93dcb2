// Why: what a run needs and a bare machine lacks: the peers, in a folder of their own, other Nodes, wrk and memcached.
import { execFileSync, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { OTHER_CORES, start } from './processes.js'

export const REPOSITORY = fileURLToPath(new URL('../../..', import.meta.url))
/** Where everything goes that a run makes. */
export const CACHE = join(REPOSITORY, '.cache', 'bench')
const SOURCES = fileURLToPath(new URL('../peers', import.meta.url))

/** In the order of the tables. */
export const PEERS = [
  ...['contrail', 'contrail-aes', 'raw', 'raw-batched'],
  ...['fastify', 'hono', 'h3', 'nest', 'adonis', 'koa', 'express'],
]
/** Those that need nothing from the registry. */
const OWN = ['contrail', 'contrail-aes', 'raw', 'raw-batched']

/** The folder of the peers' files, from which their packages are found: they are installed when one is to run that needs them. */
export function installPeers(names, say) {
  if (names.every((name) => OWN.includes(name))) return SOURCES
  mkdirSync(CACHE, { recursive: true })
  const wanted = readFileSync(join(SOURCES, 'package.json'), 'utf8')
  const installed = join(CACHE, 'installed.json')
  if (!existsSync(installed) || readFileSync(installed, 'utf8') !== wanted) {
    say('installing the peers into .cache/bench')
    writeFileSync(join(CACHE, 'package.json'), wanted)
    execFileSync('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund'], {
      cwd: CACHE,
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, npm_config_loglevel: 'error' },
    })
    writeFileSync(installed, wanted)
  }
  // Copied beside what they import: what lies in the repository's own node_modules is other versions.
  const folder = join(CACHE, 'peers')
  cpSync(SOURCES, folder, { recursive: true })
  return folder
}

/** A program of that version of Node, from the registry; `current` is the one that runs this. */
export function findNode(version) {
  const program =
    version === 'current'
      ? process.execPath
      : execFileSync('npx', ['-y', `node@${version}`, '-p', 'process.execPath'], { encoding: 'utf8' }).trim()
  return { program, version: execFileSync(program, ['-p', 'process.versions.node'], { encoding: 'utf8' }).trim() }
}

/** Whether a program is there, if need be from Debian's package of the same name. */
export function hasProgram(name, say) {
  const isThere = () => spawnSync('which', [name]).status === 0
  if (isThere()) return true
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return false
  say(`installing ${name} from Debian`)
  const options = { stdio: 'ignore', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } }
  spawnSync('apt-get', ['update'], options)
  spawnSync('apt-get', ['install', '-y', '--no-install-recommends', name], options)
  return isThere()
}

/** Starts a memcached beside the load generator and returns its address. */
export async function startMemcached() {
  const probe = createServer()
  await new Promise((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const { port } = probe.address()
  await new Promise((resolve) => probe.close(resolve))
  start('memcached', ['-l', '127.0.0.1', '-p', String(port), '-U', '0', '-u', 'nobody'], {
    cores: OTHER_CORES,
    stdio: 'ignore',
  })
  for (let attempt = 0; attempt < 500; attempt++) {
    if (await accepts(port)) return `127.0.0.1:${port}`
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Error('memcached does not accept connections.')
}

async function accepts(port) {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}
