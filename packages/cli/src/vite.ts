// Why: the dev server and the build must take an app's code for the same thing. The only file that knows Vite.
import type { InlineConfig } from 'vite'

export type { Plugin, Rolldown, RunnableDevEnvironment, ViteDevServer } from 'vite'

/** What an app's code is, whoever loads it. */
export const APP_CODE = {
  configFile: false,
  envFile: false,
  appType: 'custom',
  logLevel: 'silent',
  clearScreen: false,
  // Given here: what tsconfig.json says reaches only the files that it includes.
  oxc: { decorator: { legacy: true, emitDecoratorMetadata: true } },
} satisfies InlineConfig

/** Loaded when it is called for: what imports this file, such as a command's help, need not wait for Vite. */
export const loadVite = () => import('vite')

/** What runs an app's modules, loaded when it is called for. */
export const loadModuleRunner = () => import('vite/module-runner')
