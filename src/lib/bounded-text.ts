import {z} from 'zod'
import {wellFormed} from './well-formed.ts'

/** Text that is safe to store and show: without NUL, which breaks SQLite and terminals, and without half characters. */
export const boundedText = (max: number) =>
  z
    .string()
    .max(max)
    .transform((text) => wellFormed(text.replaceAll('\u0000', '')))
