import {z} from 'zod'
import {DocentError} from '../domain/index.ts'
import {cleanLine} from '../lib/clean-text.ts'
import {headOf} from '../lib/cut.ts'
import {issueWords} from '../lib/issue-words.ts'
import {isMisspellingOf} from '../lib/misspelling.ts'
import {problemsLine} from '../lib/problems-line.ts'
import {wellFormed} from '../lib/well-formed.ts'
import {languageTag} from '../text/language-tag-schema.ts'
import {problemOf} from './problems.ts'

/** The longest query, in UTF-16 units: as the question of an answer. */
const maxQueryLength = 4000
const maxNameShown = 60
/** So many names are like a shorter one that a guess would be of no use. */
const minGuessed = 4

export const query = z
  .string()
  .max(maxQueryLength)
  .refine((text) => text.trim() !== '', 'must not be empty')
  .transform((text) => wellFormed(text).trim())

export const version = z.string().min(1).max(100).optional()

export const lang = languageTag.optional()

/**
 * The arguments of a call. Ones that a tool does not have are left out, as programs add some of their own, unless one is a
 * misspelling: that would otherwise change nothing, silently. `null` counts as absent.
 * @throws DocentError `invalid_request` that names the arguments and what is wrong with them.
 */
export function argumentsOf<Input extends z.ZodObject>(
  schema: Input,
  given: Readonly<Record<string, unknown>>,
): z.infer<Input> {
  const known = Object.keys(schema.shape)
  const misspelt = Object.keys(given)
    .filter((name) => !known.includes(name))
    .flatMap((name) => {
      const meant = known.find(
        (other) => other.length >= minGuessed && isMisspellingOf(headOf(name, maxNameShown), other),
      )
      return meant === undefined ? [] : [`${cleanLine(headOf(name, maxNameShown))}: did you mean ${meant}?`]
    })
  const present = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null))
  const result = schema.safeParse(present, {error: issueWords})
  if (result.success && misspelt.length === 0) return result.data
  const issues = result.error?.issues.map(problemOf) ?? []
  throw new DocentError('invalid_request', problemsLine([...misspelt, ...issues]))
}
