import {html, nothing, type TemplateResult} from 'lit'
import type {Say} from '../locales/strings.ts'
import {icon} from './icons.ts'

export interface SuggestionsView {
  readonly say: Say
  /** Separated by `|`. */
  readonly questions: string | null
  /** Titles of pages, separated by `|`; used when there are no questions. */
  readonly pages: string | null
}

/** Suggestions to start with, before anything was asked. */
export function suggestions(
  {say, questions, pages}: SuggestionsView,
  onAsk: (question: string) => void,
): TemplateResult | typeof nothing {
  const asked = listOf(questions)
  const titles = asked.length > 0 ? [] : listOf(pages)
  if (asked.length + titles.length === 0) return nothing
  const offer = (words: string, question: string): TemplateResult =>
    html`<li><button class="asks" type="button" @click=${() => onAsk(question)}>${icon('spark')}<span dir="auto">${words}</span></button></li>`
  return html`<h2 class="label">${say(asked.length > 0 ? 'suggestions' : 'topics')}</h2>
    <ul class="suggestions">
      ${asked.map((question) => offer(question, question))}
      ${titles.map((title) => offer(title, isQuestion(title) ? title : say('aboutPage', {title})))}
    </ul>`
}

/** Whether a text ends with a question mark, as some headings do. */
export function isQuestion(words: string): boolean {
  return /[?？؟]\s*$/.test(words)
}

function listOf(attribute: string | null): string[] {
  return (attribute ?? '')
    .split('|')
    .map((item) => item.trim())
    .filter(Boolean)
}
