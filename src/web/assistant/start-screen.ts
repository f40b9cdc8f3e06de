import {html, nothing, type TemplateResult} from 'lit'
import {endsAsQuestion} from '../../lib/ends-as-question.ts'
import type {Say} from '../locales/strings.ts'
import {icon} from './icons.ts'
import {listOf} from './look.ts'

/** The head of the first screen. */
export function hero(mark: TemplateResult, heading: string, greeting: string): TemplateResult {
  return html`<div class="hero">${mark}<h2><bdi>${heading}</bdi></h2><p><bdi>${greeting}</bdi></p></div>`
}

export interface StartView {
  readonly say: Say
  /** To ask; null or none for topics. */
  readonly questions: readonly string[] | null
  /** Titles of pages, separated by `|`; used when no questions are named. */
  readonly pages: string | null
  /** Earlier conversations; nothing where they stand elsewhere. */
  readonly recent: TemplateResult | typeof nothing
  /** The keys that open it, or lead to the box; empty for none. */
  readonly shortcut: string
  /** Whether the keys open and close it. */
  readonly floats: boolean
  readonly ask: (question: string) => void
}

/** Below the box before anything was asked: what to ask, what was asked before, and the keys. */
export function belowBox(view: StartView): TemplateResult {
  const {say, recent, shortcut, floats} = view
  const keys = shortcut === '' ? nothing : say(floats ? 'keyOpens' : 'keyFocuses', {key: shortcut})
  return html`${suggestions(view)}
    ${recent === nothing ? nothing : html`<h2 class="label">${say('history')}</h2>${recent}`}
    <p class="keys">${say('askHint')} ${keys}</p>`
}

function suggestions({say, questions, pages, ask}: StartView): TemplateResult | typeof nothing {
  const titles = questions === null ? listOf(pages) : []
  const asked = questions ?? []
  if (asked.length + titles.length === 0) return nothing
  const offer = (words: string, question: string): TemplateResult =>
    html`<li><button class="asks" type="button" @click=${() => ask(question)}>${icon('spark')}<span dir="auto">${words}</span></button></li>`
  return html`<h2 class="label">${say(asked.length > 0 ? 'suggestions' : 'topics')}</h2>
    <ul class="suggestions">
      ${asked.map((question) => offer(question, question))}
      ${titles.map((title) => offer(title, endsAsQuestion(title) ? title : say('aboutPage', {title})))}
    </ul>`
}
