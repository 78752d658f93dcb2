// Why: Contrail with sessions in cookies sealed as the raw server seals them, by node:crypto, in place of libsodium's WebAssembly.
import { serve as serveContrail } from './contrail.js'

export const title = 'Contrail, AES'
export const packages = ['contrail']
export const apps = ['cookie']
export const notes = { cookie: "cipher: 'aes-256-gcm'" }

export const serve = (app, options) => serveContrail(app, options, { cipher: 'aes-256-gcm' })
