import {setImmediate as nextTurn} from 'node:timers/promises'
import type {NamedPlace} from '../retrieval/index.ts'
import type {FindPlace} from './find-place.ts'
import {
  type VerifiedAnswer,
  type VerifiedItem,
  type VerifiedState,
  verifiedStates,
} from './verified-answers.ts'
import {isGiven} from './verified-retriever.ts'

/** How staff see an answer: with whether it rests, and where it rests now. */
export type Shown<T> = Omit<T, 'pageDigest'> & {
  /** Whether it is published and not given, since its page has changed. */
  readonly isResting: boolean
  /** Null where the docs have no such section now. */
  readonly section: NamedPlace | null
}

/** States to list: a published one that is not given now is `resting` instead. */
export const listedStates = [...verifiedStates, 'resting'] as const

export interface VerifiedFilter {
  readonly state?: (typeof listedStates)[number] | undefined
  /** Words that are in the question, or in the beginning of the text, in upper or lower case. */
  readonly q?: string | undefined
}

/** How many places are looked up before other work on this thread has its turn. */
const placesPerTurn = 10

export function shownVerified<T extends Omit<VerifiedAnswer, 'text'>>(
  answer: T,
  placeOf: FindPlace,
): Shown<T> {
  const place = placeOf(answer)
  const {pageDigest: _, ...shown} = answer
  return {
    ...shown,
    isResting: answer.state === 'published' && !isGiven(answer, place),
    section: place?.section ?? null,
  }
}

/** Those that a filter lets pass, in their order. */
export async function listedVerified(
  all: readonly VerifiedItem[],
  {state, q = ''}: VerifiedFilter,
  placeOf: FindPlace,
): Promise<readonly Shown<VerifiedItem>[]> {
  const words = q.trim().toLowerCase()
  const stored: VerifiedState | undefined = state === 'resting' ? 'published' : state
  const items = []
  let count = 0
  for (const item of all) {
    if (words !== '' && !`${item.question}\n${item.excerpt}`.toLowerCase().includes(words)) continue
    if (stored !== undefined && item.state !== stored) continue
    if (++count % placesPerTurn === 0) await nextTurn()
    const shown = shownVerified(item, placeOf)
    if (stored === 'published' && shown.isResting !== (state === 'resting')) continue
    items.push(shown)
  }
  return items
}
