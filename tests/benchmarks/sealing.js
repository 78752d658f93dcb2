// Why: decision 003 (how session cookies are sealed) rests on what sealing costs; this measures it, from JSON text to base64url
// envelope (seal) and back (open). The candidates take turns in one process; a figure is the median, over all rounds, of a
// candidate's time by that of the Encryptor, AES of node:crypto, in the same round. After npm run build:
//   node tests/benchmarks/sealing.js          a table for the Node that runs it
//   node tests/benchmarks/sealing.js --nodes  a table each for Node 20, 22, 24 and 26, fetched with npx
// Rivals from npm are installed into tests/benchmarks/.peers/, and are no dependencies of anything.
import { execFileSync } from 'node:child_process'
import { createCipheriv, createDecipheriv, createSecretKey, randomBytes, randomFillSync } from 'node:crypto'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'

const SIZES = [100, 150, 500, 1000, 3000]
const ROUNDS = 51
const TURN = 4 // milliseconds
const PEERS = fileURLToPath(new URL('.peers/', import.meta.url))
const RIVALS = ['@noble/ciphers@2.4.0', 'libsodium-wrappers@0.8.4', 'sodium-native@5.1.0']

if (!existsSync(`${PEERS}node_modules/libsodium-wrappers`))
  execFileSync('npm', ['install', '--prefix', PEERS, '--ignore-scripts', ...RIVALS], { stdio: 'ignore' })
if (process.argv.includes('--nodes')) {
  for (const version of [20, 22, 24, 26]) {
    const node = execFileSync('npx', ['-y', `node@${version}`, '-p', 'process.execPath'], { encoding: 'utf8' }).trim()
    execFileSync(node, [fileURLToPath(import.meta.url)], { stdio: 'inherit' })
  }
  process.exit()
}

const { Encryptor } = await import('../../packages/framework/dist/security/encryptor.js')
const { SecretBox } = await import('../../packages/framework/dist/security/secret-box.js')
const { resolve } = createRequire(`${PEERS}package.json`)
const { default: sodium } = await import(resolve('sodium-native'))
const wrappers = createRequire(`${PEERS}package.json`)('libsodium-wrappers')
await wrappers.ready
const { gcm } = await import(resolve('@noble/ciphers/aes.js'))
const { xchacha20poly1305 } = await import(resolve('@noble/ciphers/chacha.js'))

const key = randomBytes(32)
const keyObject = createSecretKey(key)
const associated = Buffer.from('contrail 1 session cookie _posts_session')
const scratch = Buffer.allocUnsafeSlow(16384)

function pooled(length) {
  const pool = Buffer.allocUnsafeSlow(length * 256)
  let drawn = 256
  return () => {
    if (drawn === 256) randomFillSync(pool)
    drawn = (drawn % 256) + 1
    return pool.subarray((drawn - 1) * length, drawn * length)
  }
}

const NOTHING = Buffer.alloc(0)
function pack(nonce, tag, body) {
  const head = 1 + nonce.length + tag.length
  scratch[0] = 1
  scratch.set(nonce, 1)
  scratch.set(tag, 1 + nonce.length)
  scratch.set(body, head)
  return scratch.toString('base64url', 0, head + body.length)
}

function unpack(sealed) {
  const envelope = Buffer.from(sealed, 'base64url')
  if (envelope[0] !== 1 || envelope.toString('base64url') !== sealed) throw new Error('not an envelope')
  return envelope
}

/** The Encryptor's shape, with another cipher, kind of key or source of nonces. */
function nodeCrypto(algorithm, secret, nextNonce, options = { authTagLength: 16 }) {
  const seal = (text) => {
    const nonce = nextNonce()
    const cipher = createCipheriv(algorithm, secret, nonce, options)
    cipher.setAAD(associated)
    const body = cipher.update(text, 'utf8')
    cipher.final()
    return pack(nonce, cipher.getAuthTag(), body)
  }
  const open = (sealed) => {
    const envelope = unpack(sealed)
    const decipher = createDecipheriv(algorithm, secret, envelope.subarray(1, 13), options)
    decipher.setAAD(associated)
    decipher.setAuthTag(envelope.subarray(13, 29))
    const body = decipher.update(envelope.subarray(29))
    decipher.final()
    return body.toString('utf8')
  }
  return { seal, open }
}

/** The fastest shape we know: in place, in one buffer, and the spelling is checked without encoding again. */
function sodiumNative(nextNonce, nonce = scratch.subarray(1, 25), tag = scratch.subarray(25, 41)) {
  const seal = (text) => {
    const end = 41 + scratch.write(text, 41, 'utf8')
    const body = scratch.subarray(41, end)
    scratch[0] = 1
    nonce.set(nextNonce())
    sodium.crypto_aead_xchacha20poly1305_ietf_encrypt_detached(body, tag, body, associated, null, nonce, key)
    return scratch.toString('base64url', 0, end)
  }
  const LAST = [/./, /^$/, /[AQgw]/, /[AEIMQUYcgkosw048]/] // by length % 4: the last characters that set no unused bit
  const open = (sealed) => {
    const { length } = sealed
    if (Buffer.byteLength(sealed) !== length || sealed.includes('+') || sealed.includes('/')) return undefined
    const end = scratch.write(sealed, 0, 'base64url')
    if (end !== (length * 3) >>> 2 || scratch[0] !== 1 || !LAST[length & 3].test(sealed[length - 1])) return undefined
    const body = scratch.subarray(41, end)
    sodium.crypto_aead_xchacha20poly1305_ietf_decrypt_detached(body, null, body, tag, associated, nonce, key)
    return scratch.toString('utf8', 41, end)
  }
  return { seal, open }
}

/** The documented calls of libsodium.js, which copy what they are given and what they give. */
function wrapped(nextNonce) {
  const seal = (text) => {
    const nonce = nextNonce()
    return pack(nonce, NOTHING, wrappers.crypto_secretbox_easy(Buffer.from(text), nonce, key)) // the tag is its beginning
  }
  const open = (sealed) => {
    const envelope = unpack(sealed)
    const message = wrappers.crypto_secretbox_open_easy(envelope.subarray(25), envelope.subarray(1, 25), key)
    return Buffer.from(message.buffer, message.byteOffset, message.length).toString('utf8')
  }
  return { seal, open }
}

function noble(algorithm, length, nextNonce = pooled(length)) {
  const seal = (text) => {
    const nonce = nextNonce()
    return pack(nonce, NOTHING, algorithm(key, nonce, associated).encrypt(Buffer.from(text))) // the tag is its end
  }
  const open = (sealed) => {
    const envelope = unpack(sealed)
    const cipher = algorithm(key, envelope.subarray(1, 1 + length), associated)
    return Buffer.from(cipher.decrypt(envelope.subarray(1 + length)).buffer).toString('utf8')
  }
  return { seal, open }
}

const candidates = Object.entries({
  'aes-256-gcm, KeyObject, pooled nonces (cipher: aes-256-gcm)': new Encryptor(key, 'session cookie _posts_session'),
  'libsodium in WebAssembly, secretbox (shipped)': new SecretBox(key, 'session cookie _posts_session'),
  'libsodium in WebAssembly, by libsodium-wrappers': wrapped(pooled(24)),
  'aes-256-gcm, KeyObject, randomBytes each': nodeCrypto('aes-256-gcm', keyObject, () => randomBytes(12)),
  'aes-256-gcm, Buffer key, pooled nonces': nodeCrypto('aes-256-gcm', key, pooled(12)),
  'chacha20-poly1305 of node:crypto': nodeCrypto('chacha20-poly1305', keyObject, pooled(12)),
  'xchacha20poly1305 of sodium-native': sodiumNative(pooled(24)),
  'aes-256-gcm of @noble/ciphers': noble(gcm, 12),
  'xchacha20poly1305 of @noble/ciphers': noble(xchacha20poly1305, 24),
})
const median = (numbers) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1]

/** Microseconds a call. */
function time({ candidate, operation, inputs }, calls) {
  const startedAt = performance.now()
  for (let call = 0; call < calls; call++) candidate[operation](inputs[call % inputs.length])
  return ((performance.now() - startedAt) / calls) * 1000
}

function measure(operation, size) {
  const text = `${`{"userId":4711,"note":"${'x7Kq_p'.repeat(size)}`.slice(0, size - 2)}"}`
  const turns = candidates.map(([name, candidate]) => {
    const sealed = Array.from({ length: 32 }, () => candidate.seal(text))
    if (sealed.some((each) => candidate.open(each) !== text)) throw new Error(`${name} does not open what it sealed`)
    const turn = { candidate, operation, inputs: operation === 'seal' ? sealed.map(() => text) : sealed, times: [] }
    time(turn, 3000) // warms up
    return { ...turn, calls: Math.ceil((TURN * 1000) / time(turn, 1000)) }
  })
  for (let round = 0; round < ROUNDS; round++) {
    const order = new Map(turns.map((turn) => [Math.random(), turn]))
    for (const [, turn] of [...order].sort(([a], [b]) => a - b)) turn.times.push(time(turn, turn.calls))
  }
  const [first, ...others] = turns.map(({ times }) => times)
  const ratios = others.map((times) => median(times.map((each, round) => each / first[round])).toFixed(2))
  return [`${operation} ${size} B`, '---:', `1 (${median(first).toFixed(2)} µs)`, ...ratios]
}

const heads = ['time, aes-256-gcm = 1', '---', ...candidates.map(([name]) => name)]
const columns = [heads, ...['seal', 'open'].flatMap((operation) => SIZES.map((size) => measure(operation, size)))]
const table = columns.map((cells) => {
  const width = Math.max(...cells.map(({ length }) => length))
  const pad = cells === heads ? 'padEnd' : 'padStart'
  return cells.map((cell, row) => cell[pad](width, row === 1 ? '-' : ' '))
})
const machine = `${process.platform}-${process.arch}, ${cpus()[0]?.model}, ${cpus().length} cores`
process.stdout.write(
  `Node ${process.versions.node}, OpenSSL ${process.versions.openssl}, ${machine}, ${ROUNDS} rounds\n\n`,
)
for (const row of heads.keys()) process.stdout.write(`| ${table.map((cells) => cells[row]).join(' | ')} |\n`)
process.stdout.write('\n')
