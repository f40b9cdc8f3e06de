import {headOf} from '../../lib/cut.ts'

/** Maximum length of a question in the API, in UTF-16 units, including a quoted passage. */
export const maxQuestionChars = 4_000
const maxPassageChars = 1_200

/** The beginning of a passage, as much as fits into the question once it is quoted. */
export function passageFor(question: string, text: string): string {
  const capacity = Math.max(0, maxQuestionChars - withPassage(question, asQuotation('')).length)
  const lines = headOf(asQuotation(headOf(text.trim(), maxPassageChars)), capacity).split('\n')
  return lines
    .map((line) => line.replace(/^> ?/, ''))
    .join('\n')
    .trim()
}

/** A question with the passage it is about, if any, as a quotation. */
export function withPassage(question: string, passage: string): string {
  return passage === '' ? question : `${question}\n\n${asQuotation(passage)}`
}

function asQuotation(text: string): string {
  return text
    .split('\n')
    .map((line) => `> ${line}`)
    .join('\n')
}
