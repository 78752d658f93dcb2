// Why: the package brings no types. What of it is used here, as its build of 0.8.4 has it: C functions that take addresses in
// the memory of the WebAssembly module, and lengths of 64 bits as two numbers.
declare module 'libsodium' {
  export interface Libsodium {
    /** The module's memory; another view whenever it grows. */
    readonly HEAPU8: Uint8Array
    /** The address of new room, or 0 when there is none. */
    _malloc(bytes: number): number
    _free(address: number): void
    /** Gives 0 when it has sealed. */
    _crypto_secretbox_easy(
      box: number,
      message: number,
      lengthLow: number,
      lengthHigh: number,
      nonce: number,
      key: number,
    ): number
    /** Gives 0 when what is in the box was sealed with nonce and key. */
    _crypto_secretbox_open_easy(
      message: number,
      box: number,
      lengthLow: number,
      lengthHigh: number,
      nonce: number,
      key: number,
    ): number
  }

  export default function libsodium(): Promise<Libsodium>
}
