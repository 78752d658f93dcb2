// What a request may carry for each type of column. JSON has types of its own; a form has text alone.
import { z } from 'zod'

// PostgreSQL keeps any text but one with a NUL in it.
const NO_NUL = /^[^\0]*$/

/** Text of one line, without the white space around it. */
export const line = (longest = 255) => z.string().trim().min(1).max(longest).regex(NO_NUL)

/** Text of any length. */
export const text = z.string().min(1).regex(NO_NUL)

/** A number without a fraction: as many digits as a number has safely. */
export const whole = z
  .union([
    z.number(),
    z
      .string()
      .regex(/^-?\d+$/)
      .transform(Number),
  ])
  .pipe(z.int())

/** A number without a fraction, of 32 bits. */
export const integer = whole.pipe(z.int32())

/** A number. */
export const float = z.union([
  z.number(),
  z
    .string()
    .regex(/^-?\d+(\.\d+)?$/)
    .transform(Number),
])

/** A number of so many digits, so many of them behind the point. Text, in code too: no digit is lost to rounding. */
export const decimal = (digits: number, places: number) =>
  z
    .union([z.string(), z.number().transform(String)])
    .pipe(z.string().regex(new RegExp(`^-?\\d{1,${digits - places}}(\\.\\d{1,${places}})?$`)))

/** true or false; of a form, also 1 and 0, on and off, yes and no. */
export const flag = z.union([z.boolean(), z.stringbool()])

/** A day: 2026-11-23. */
export const date = z.iso.date()

/** A time of day: 20:15 or 20:15:30. */
export const time = z.iso.time()

/** A moment, with its offset: 2026-11-23T20:15:00+01:00. */
export const moment = z.iso.datetime({ offset: true }).transform((text) => new Date(text))

/** Anything that JSON has; a form gives it as text. */
export const json = z.json()

export const uuid = z.uuid()
