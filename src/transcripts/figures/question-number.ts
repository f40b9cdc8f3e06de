import {createHash} from 'node:crypto'
import {questionKey} from '../../text/question-key.ts'

/** A number that stands for a question and all that are the same after folding; null without words. */
export function questionNumber(question: string): number | null {
  // Not by its language, which is not known of every answer: the same words would be two questions.
  const key = questionKey(question, null)
  // 48 bits: two of a million questions share a number once in six hundred sites.
  return key === '' ? null : createHash('sha256').update(key).digest().readUIntBE(0, 6)
}
