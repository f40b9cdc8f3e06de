import {html, nothing, type TemplateResult} from 'lit'
import type {Feedback} from '../../../packages/client/src/index.ts'
import type {Say} from '../locales/strings.ts'
import type {AnswerState} from '../session/answer-state.ts'
import {icon} from './icons.ts'

/** Names the words of a question that the docs never use; nothing where it has none. */
export function unknownWords(
  {unknownWords: words = []}: AnswerState,
  say: Say,
  lang: string,
): TemplateResult | typeof nothing {
  if (words.length === 0) return nothing
  // Isolated, since their writing direction need not be that of the sentence.
  const listed = new Intl.ListFormat(lang, {type: 'conjunction'}).format(
    words.map((word) => `\u2068${say('mention', {word})}\u2069`),
  )
  return html`<p class="unknown">${say('notMentioned', {words: listed})}</p>`
}

/** Whether the text begins with them, as extracts do. What an extract replaces later keeps its note, so that nothing moves. */
export function namesUnknownWords({generator, steps}: AnswerState): boolean {
  return generator === 'extractive' && !steps.some(({name}) => name === 'generator')
}

/** Whether the docs answered a part of the question only, as was decided before the first word. */
export function isPartial({phase, answerability}: AnswerState): boolean {
  return answerability === 'partly' && (phase === 'complete' || phase === 'quoted')
}

export interface MissingHandlers {
  readonly say: Say
  readonly rate: (feedback: Feedback) => void
}

/** The button that tells the docs team; afterwards that it was told. */
export function tellMissing(
  answer: AnswerState,
  {say, rate}: MissingHandlers,
): TemplateResult | typeof nothing {
  if (answer.answerId === null) return nothing
  return answer.missing === true
    ? html`<p class="told">${icon('check')}${say('toldMissing')}</p>`
    : html`<button class="action" type="button" @click=${() => rate({missing: true})}>${icon('flag')}${say('tellMissing')}</button>`
}
