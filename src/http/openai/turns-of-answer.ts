import type {Answering} from '../../answering/index.ts'
import type {Turn} from '../../domain/index.ts'
import {headOf} from '../../lib/cut.ts'
import {maxTurnLength} from '../request-schemas.ts'

/**
 * An answer and its question as turns, for a question that follows: its id lets whoever has it read both. None where their
 * words are not kept. Null if there is no such answer.
 */
export async function turnsOfAnswer(
  answerId: string,
  answering: Pick<Answering, 'snapshot'>,
): Promise<readonly Turn[] | null> {
  const answer = await answering.snapshot(answerId)
  if (answer === null) return null
  const {question, text} = answer
  if (question.trim() === '') return []
  const asked: Turn = {role: 'user', content: question}
  return text.trim() === '' ? [asked] : [asked, {role: 'assistant', content: headOf(text, maxTurnLength)}]
}
