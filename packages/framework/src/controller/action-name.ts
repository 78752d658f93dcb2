// Why: what an action is, told to the compiler; filters and routes both take only these names.
import type { Controller } from './controller.js'

/** A class of controllers; its constructor's parameters are the container's affair. */
export type ControllerClass<C extends Controller = Controller> = abstract new (...dependencies: never[]) => C

/**
 * The names of a controller's actions: the public methods without parameters that the app wrote, here or in a class
 * between this one and `Controller`.
 */
export type ActionName<C extends Controller> = {
  [Name in Exclude<keyof C, keyof Controller>]: C[Name] extends (...parameters: infer P) => unknown
    ? P['length'] extends 0
      ? Name
      : never
    : never
}[Exclude<keyof C, keyof Controller>] &
  string
