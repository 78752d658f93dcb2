// Why: an app's signed and encrypted cookies are written with its secret and read with those of the past too. Keys are
// derived once, at boot; a value is bound to its purpose and its cookie's name.
import { createSecretKey, type KeyObject } from 'node:crypto'
import { Encryptor } from '../security/encryptor.js'
import { deriveKey } from '../security/keys.js'
import { type Opened, openWithAny } from '../security/rotation.js'
import { Signer } from '../security/signer.js'

/** Makes a cookie's text unchangeable, and reads it again. */
export interface CookieSeal {
  seal(name: string, text: string): string
  /** The text, and whether it was sealed with a secret of the past; undefined for anything not sealed for this name. */
  open(name: string, sealed: string): Opened<string> | undefined
}

/** The app's secret, and those of the past. */
export type Secrets = readonly [secret: string, ...oldSecrets: string[]]

/** Values that the client can read and not change. */
export function signedCookieSeal(secrets: Secrets): CookieSeal {
  return rotatingSeal(secrets, 'signed cookie', Signer)
}

/** Values that the client can neither read nor change. */
export function encryptedCookieSeal(secrets: Secrets): CookieSeal {
  return rotatingSeal(secrets, 'encrypted cookie', Encryptor)
}

interface Sealer {
  seal(text: string): string
  open(sealed: string): string | undefined
}

/** A sealer is made for each use: apps may have cookies of many names, and making one is cheap with a ready key. */
function rotatingSeal(
  secrets: Secrets,
  purpose: string,
  Sealer: new (key: KeyObject, purpose: string) => Sealer,
): CookieSeal {
  const keys = secrets.map((secret) => createSecretKey(deriveKey(secret, purpose)))
  const sealer = (key: KeyObject, name: string) => new Sealer(key, `${purpose} ${name}`)
  function* sealers(name: string) {
    for (const key of keys) yield sealer(key, name)
  }
  return {
    seal: (name, text) => sealer(keys[0] as KeyObject, name).seal(text),
    open: (name, sealed) => openWithAny(sealers(name), sealed),
  }
}
