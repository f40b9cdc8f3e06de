import {DocentError} from '../domain/index.ts'
import {cleanLine} from '../lib/clean-text.ts'
import {wellFormed} from '../lib/well-formed.ts'
import {isLikeId, isLikeReserved} from './reserved-names.ts'

export interface PersonName {
  /** As it is shown. */
  readonly name: string
  /** The same for names that people would take for the same: without case, and with one form of each letter. */
  readonly key: string
}

const maxNameLength = 80

/**
 * A name in any script, with single spaces.
 * @throws DocentError `invalid_request` that says what is wrong with it.
 */
export function personNameOf(text: string): PersonName {
  const name = wellFormed(text.normalize('NFC')).trim().replace(/\s+/g, ' ')
  const problem = problemOf(name)
  if (problem !== null) throw new DocentError('invalid_request', `name: ${problem}`)
  return {name, key: nameKeyOf(name)}
}

/** The key of a name that somebody looks for; of no use where the name is not valid. */
export function nameKeyOf(name: string): string {
  return name.normalize('NFKC').trim().replace(/\s+/g, ' ').toLowerCase()
}

function problemOf(name: string): string | null {
  if (name === '') return 'must not be empty'
  if ([...name].length > maxNameLength) return `must not be longer than ${maxNameLength} characters`
  if (!isVisible(name)) return hasInvisible
  if (!/[\p{L}\p{N}]/u.test(name)) return 'must contain a letter or a digit'
  if (isLikeReserved(name))
    return 'must not be like what the audit log calls shared tokens, links and commands'
  if (mixesScripts(name))
    return 'must not mix Latin letters with Cyrillic or Greek ones in one word: it looks like another name'
  if (isLikeId(name)) return 'must not look like an id; write it with a blank'
  return null
}

/** `А` is another letter than `A`, and looks the same. */
function mixesScripts(name: string): boolean {
  const words = withoutJoiners(name)
    .normalize('NFKC')
    .split(/[^\p{L}\p{M}\p{N}]+/u)
  return words.some(
    (word) => /\p{Script=Latin}/u.test(word) && /[\p{Script=Cyrillic}\p{Script=Greek}]/u.test(word),
  )
}

/** What to say of a text that is not visible as it is. */
export const hasInvisible = 'must not contain control characters, or others that cannot be seen'

/** Whether a line has no character that cannot be seen, or that changes how others are shown. */
export function isVisible(line: string): boolean {
  return cleanLine(line) === line && !/[\p{Cf}\p{Co}\p{Cn}\ufffd]/u.test(withoutJoiners(line))
}

/** Without the joiners that words of some scripts are written with. */
function withoutJoiners(name: string): string {
  return name.replace(/[\u200c\u200d]/g, '')
}
