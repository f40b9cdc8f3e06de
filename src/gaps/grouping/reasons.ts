import type {AskedQuestion, QuestionFacts} from '../../transcripts/index.ts'
import type {GapReason} from '../gap.ts'

/**
 * Why an answer counts, by its strongest reason; null if it does not. A reviewer who finds it good knows better than a
 * visitor who left or disliked it, but the docs still lack what was not answered.
 */
export function reasonOf(
  facts: Pick<QuestionFacts, 'ending' | 'isAbstained' | 'rating' | 'isMissing' | 'verdict'>,
  isPartly: boolean,
): GapReason | null {
  const {ending, isAbstained, rating, isMissing, verdict} = facts
  if (verdict !== null && verdict !== 'good') return 'failedReview'
  if (isAbstained) return 'abstained'
  if (verdict === 'good') return null
  if (rating === 'down' || isMissing) return 'disliked'
  if (isPartly) return 'partly'
  return ending === 'stopped' || ending === 'disconnected' ? 'left' : null
}

/**
 * Whether the question is about something else altogether. One about another product may ask how this one works with it,
 * which is for the docs to say.
 */
export function isElsewhere({abstention}: Pick<AskedQuestion, 'abstention'>): boolean {
  return abstention === 'off_topic'
}
