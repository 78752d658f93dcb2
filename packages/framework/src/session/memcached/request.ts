// Why: an operation as it is sent. memjs can write it too, in five buffers that become one; a read of a session is mostly that.
import type { Operation } from './protocol.js'

const HEADER = 24
const REQUEST_MAGIC = 0x80

/** A request of memcached's binary protocol: a header of 24 bytes, then the extras, the key and the value. */
export function encodeRequest(operation: Operation, seq: number): Buffer {
  const { opcode, key, cas = 0n, expiration, initial, value = '' } = operation
  const extras = initial === undefined ? (expiration === undefined ? 0 : 8) : 20
  const keyLength = Buffer.byteLength(key)
  const bodyLength = extras + keyLength + Buffer.byteLength(value)
  // Every byte of it is written below.
  const request = Buffer.allocUnsafe(HEADER + bodyLength)
  request[0] = REQUEST_MAGIC
  request[1] = opcode
  request.writeUInt16BE(keyLength, 2)
  // Then the data type and the virtual bucket, which memcached does not use.
  request.writeUInt32BE(extras * 2 ** 24, 4)
  request.writeUInt32BE(bodyLength, 8)
  request.writeUInt32BE(seq, 12)
  request.writeBigUInt64BE(cas, 16)
  if (initial !== undefined) writeCount(request, initial, expiration)
  else if (expiration !== undefined) writeItem(request, expiration)
  request.write(key, HEADER + extras)
  if (value !== '') request.write(value, HEADER + extras + keyLength)
  return request
}

/** Flags, which are not used, and the item's end. */
function writeItem(request: Buffer, expiration: number): void {
  request.writeUInt32BE(0, HEADER)
  request.writeUInt32BE(expiration, HEADER + 4)
}

/** By how much is counted, what is begun with, and the item's end. */
function writeCount(request: Buffer, initial: bigint, expiration = 0): void {
  request.writeBigUInt64BE(1n, HEADER)
  request.writeBigUInt64BE(initial, HEADER + 8)
  request.writeUInt32BE(expiration, HEADER + 16)
}
