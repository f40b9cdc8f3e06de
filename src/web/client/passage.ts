import {headOf} from '../../lib/cut.ts'

/** Longest question that the API takes, in UTF-16 units, a quoted passage included. */
export const maxQuestionChars = 4_000
const maxPassageChars = 1_200

/** The beginning of a passage, as much as fits beside the question once it is quoted. */
export function passageFor(question: string, text: string): string {
  const room = Math.max(0, maxQuestionChars - withPassage(question, quoted('')).length)
  const lines = headOf(quoted(headOf(text.trim(), maxPassageChars)), room).split('\n')
  return lines
    .map((line) => line.replace(/^> ?/, ''))
    .join('\n')
    .trim()
}

/** A question with the passage it is about, if any, as a quotation. */
export function withPassage(question: string, passage: string): string {
  return passage === '' ? question : `${question}\n\n${quoted(passage)}`
}

function quoted(text: string): string {
  return text
    .split('\n')
    .map((line) => `> ${line}`)
    .join('\n')
}
