import type {AskedQuestion} from '../transcripts/index.ts'
import type {Gap} from './gap.ts'
import type {Gaps} from './gaps.ts'

/** Where the words of questions are read; they are stored nowhere else. */
export interface GapWords {
  asked(refs: readonly string[]): Promise<readonly AskedQuestion[]>
}

/** A gap with the words of its questions. */
export interface ShownGap extends Omit<Gap, 'titleRef' | 'exampleRefs'> {
  /** Empty where its transcript was deleted just now. */
  readonly title: string
  readonly examples: readonly string[]
}

export async function shownGaps(words: GapWords, gaps: readonly Gap[]): Promise<ShownGap[]> {
  const refs = gaps.flatMap(({titleRef, exampleRefs}) => [titleRef, ...exampleRefs])
  const asked = refs.length === 0 ? [] : await words.asked([...new Set(refs)])
  const questions = new Map(asked.map(({ref, question}) => [ref, question]))
  return gaps.map(({titleRef, exampleRefs, ...gap}) => {
    const [title = '', ...examples] = [titleRef, ...exampleRefs].flatMap((ref) => questions.get(ref) ?? [])
    return {...gap, title, examples}
  })
}

/** A gap that a build has closed, for its report. */
export interface ClosedGap {
  readonly id: string
  /** Empty where its transcript was deleted. */
  readonly title: string
  readonly size: number
}

/** The gaps that a build has closed; null while that is not known. */
export async function closedGaps(
  store: Pick<Gaps, 'closedBy'>,
  words: GapWords,
  build: string,
): Promise<readonly ClosedGap[] | null> {
  const closed = await store.closedBy(build)
  if (closed === null) return null
  const asked = closed.length === 0 ? [] : await words.asked(closed.map(({titleRef}) => titleRef))
  const titles = new Map(asked.map(({ref, question}) => [ref, question]))
  return closed.map(({id, titleRef, size}) => ({id, title: titles.get(titleRef) ?? '', size}))
}
