import {html, nothing, type TemplateResult} from 'lit'
import type {Feedback, Rating} from '../../../packages/client/src/index.ts'
import type {PageLink, Source} from '../../domain/index.ts'
import {endsAsQuestion} from '../../lib/ends-as-question.ts'
import {sectionAddress} from '../../lib/section-address.ts'
import type {Say, StringKey} from '../locales/strings.ts'
import {
  type AnswerState,
  currentStepOf,
  declinedToGoOn,
  isEnded,
  type Phase,
  type Step,
  usedSources,
} from '../session/answer-state.ts'
import {nameOf} from '../session/markdown-copy.ts'
import {waitMsOf} from '../session/waiting.ts'
import {handOverButton} from './hand-over.ts'
import {icon} from './icons.ts'
import {isPartial, namesUnknownWords, tellMissing, unknownWords} from './not-in-docs.ts'
import {breakWords, stepWords} from './problem-words.ts'
import {needsRewording, refusalText} from './refusal.ts'
import {foundSources} from './sources.ts'

/** What the reader has opened and chosen in one answer. */
export interface TurnView {
  showsAll: boolean
  rates: boolean
  /** Whether the form to rate stands above its button, since there is no room below. */
  ratesAbove: boolean
  reasons: Set<string>
  note: string
  isCopied: boolean
}

export interface TurnHandlers {
  readonly say: Say
  readonly isNarrow: boolean
  readonly isBusy: boolean
  readonly isLast: boolean
  readonly lang: string
  readonly now: number
  /** Whether a later question was refused for the same reason, which is then explained only there. */
  readonly isRefusedAgain: boolean
  readonly absolute: (href: string) => string
  readonly change: (to: Partial<TurnView>) => void
  readonly retry: () => void
  readonly goOn: () => void
  readonly ask: (question: string) => void
  readonly edit: () => void
  /** Leads to a person; null where the site offers none. */
  readonly handOver: (() => void) | null
  readonly copy: () => void
  readonly rate: (feedback: Feedback) => void
}

/** A question with its answer. What comes later appears in place that is free, so that nothing moves. */
export function turn(answer: AnswerState, view: TurnView, on: TurnHandlers): TemplateResult {
  const {say} = on
  const id = `q-${answer.key}`
  const isFinished = isEnded(answer) && answer.phase !== 'refused'
  return html`<article class="turn ${answer.phase} ${isPartial(answer) ? 'partial' : ''}" data-key=${answer.key} aria-labelledby=${id} aria-busy=${!isEnded(answer)}>
    <header class="asked">
      <h2 id=${id} dir="auto">${answer.question}</h2>
      <button class="plain edit" type="button" ?disabled=${on.isBusy} title=${say('edit')} aria-label=${say('edit')} @click=${on.edit}>${icon('edit')}</button>
    </header>
    ${answer.about === '' ? nothing : html`<blockquote class="about-passage" aria-label=${say('about')} dir="auto">${answer.about}</blockquote>`}
    ${stateLine(answer, on)}
    ${answer.phase === 'abstained' || namesUnknownWords(answer) ? nothing : unknownWords(answer, say, on.lang)}
    ${foundSources(answer, view, on)}
    ${stepsBefore(answer, say)}
    <docs-assistant-text class="text ${isOld(answer) ? 'old' : ''}" data-key=${answer.key} dir="auto"></docs-assistant-text>
    <div class="end">
      ${ending(answer, on)}
      ${isFinished ? actions(answer, view, on) : nothing}
      ${isFinished && on.isLast && !on.isBusy ? followUps(answer, on) : nothing}
    </div>
  </article>`
}

function stateLine(answer: AnswerState, on: TurnHandlers): TemplateResult | typeof nothing {
  const {say} = on
  // Known only at the end: its place stays.
  if (answer.finishReason === 'bare_reply') return html`<div class="no-state"></div>`
  // The notice says why.
  if (answer.phase === 'refused' && !on.isRefusedAgain) return nothing
  const isQuoting = answer.generator === 'extractive'
  const words: Record<AnswerState['phase'], string> = {
    searching: say('searching'),
    sources: answer.sources.length === 0 ? say('noSources') : say('sourcesFound', {n: answer.sources.length}),
    thinking: say('thinking'),
    writing: say(isQuoting ? 'quotingNow' : 'writing'),
    complete: say(isPartial(answer) ? 'partly' : 'complete'),
    quoted: say(answer.sources[0]?.verified ? 'verified' : isPartial(answer) ? 'quotedPartly' : 'quoted'),
    declined: say(declinedToGoOn(answer) ? 'declinedToGoOn' : 'declined'),
    cut: say(answer.finishReason === 'context_exceeded' ? 'tooLong' : 'cut'),
    abstained: say('notInDocs'),
    stopped: say('stopped'),
    'broke-off': say('brokeOff'),
    refused: say('refused'),
  }
  const isOpen = !isEnded(answer)
  const text =
    isOpen && answer.connection === 'offline'
      ? say('offline')
      : isOpen && answer.connection === 'reconnecting'
        ? say(answer.seq > 0 ? 'reconnecting' : 'connecting')
        : (isOpen && latestStepOf(answer, say)) || words[answer.phase]
  return html`<p class="state ${isOpen ? 'live' : ''} ${answer.connection}"><span class="dot" aria-hidden="true"></span><span class="words" title=${text}>${text}</span></p>`
}

/** Whether the text is that of an earlier try, which the new one replaces, or would have if the model had not declined. */
function isOld({carried, continues, phase}: AnswerState): boolean {
  const keepsText: readonly Phase[] = ['cut', 'stopped', 'broke-off', 'refused']
  return carried != null && continues === null && !keepsText.includes(phase)
}

/** What is being done, or was done last while there are no words yet; empty for nothing. */
function latestStepOf(answer: AnswerState, say: Say): string {
  const step = currentStepOf(answer) ?? (answer.text === '' ? (answer.steps?.at(-1) ?? null) : null)
  return step === null ? '' : stepWords(step, say)
}

/**
 * Steps before the first word, shown with it: until then the state says them, and a list would push the sources. Later
 * ones are said by the state, and then stand with the sources that they found.
 */
function stepsBefore(answer: AnswerState, say: Say): TemplateResult | typeof nothing {
  const isShown =
    answer.continues === null && answer.carried == null && (answer.text !== '' || isEnded(answer))
  return isShown
    ? stepList(
        (answer.steps ?? []).filter(({at}) => at === 0),
        say,
      )
    : nothing
}

function stepList(steps: readonly Step[], say: Say): TemplateResult | typeof nothing {
  if (steps.length === 0) return nothing
  const icons = {started: 'search', done: 'check', failed: 'retry'} as const
  return html`<ul class="steps">${steps.map(
    (step) =>
      html`<li class=${step.status}>${icon(icons[step.status])}<span dir="auto">${stepWords(step, say)}</span></li>`,
  )}</ul>`
}

/** A page that came nearest, with the section and its first sentence where they are known. */
function nearestPage({title, url, section}: PageLink, on: TurnHandlers): TemplateResult {
  const {heading = title, anchor = '', text = ''} = section ?? {}
  return html`<li dir="auto"><a href=${on.absolute(sectionAddress({url, anchor}))}>${icon('book')}${
    heading === title ? title : `${title} › ${heading}`
  }</a>${text && html`<p>${text}</p>`}</li>`
}

function ending(answer: AnswerState, on: TurnHandlers): TemplateResult | typeof nothing {
  const {say} = on
  const again = html`<button class="action" type="button" ?disabled=${on.isBusy || waitMsOf(answer, on.now) > 0} @click=${on.retry}>${icon('retry')}${say('retry')}</button>`
  const differently = html`<button class="action" type="button" ?disabled=${on.isBusy} @click=${on.edit}>${icon('edit')}${say('askDifferently')}</button>`
  const more =
    answer.text === '' || answer.answerId === null
      ? nothing
      : html`<button class="action strong" type="button" ?disabled=${on.isBusy} @click=${on.goOn}>${say('goOn')}</button>`
  const person = handOverButton(say, on.handOver)
  switch (answer.phase) {
    case 'abstained':
      return html`<div class="notice"><p>${say('notInDocsText')}</p>${unknownWords(answer, say, on.lang)}
        ${
          answer.nearest.length === 0
            ? nothing
            : html`<h3 class="label">${say('nearest')}</h3><ul class="nearest">${answer.nearest.map((page) => nearestPage(page, on))}</ul>`
        }<div class="buttons">${tellMissing(answer, on)}${person}</div></div>`
    case 'declined':
      return html`<div class="notice"><p>${say('declinedText')}</p>
        <div class="buttons">${differently}${person}</div></div>`
    case 'cut':
      return answer.finishReason === 'context_exceeded'
        ? html`<div class="notice"><p>${say('contextFull')}</p></div>`
        : html`<div class="notice quiet"><div class="buttons">${more === nothing ? again : more}</div></div>`
    case 'stopped':
      return html`<div class="notice quiet"><div class="buttons">${more}${again}</div></div>`
    case 'broke-off':
      return html`<div class="notice warn"><p>${breakWords(answer, say)}</p>
        <div class="buttons">${more}${answer.problem?.retryable === false ? nothing : again}${person}</div></div>`
    case 'refused': {
      const buttons = html`<div class="buttons">${needsRewording(answer.problem) ? differently : again}${person}</div>`
      if (on.isRefusedAgain) return html`<div class="notice quiet">${buttons}</div>`
      return html`<div class="notice warn"><p>${refusalText(answer, say, on.lang, on.now)}</p>${buttons}</div>`
    }
    default:
      return isPartial(answer)
        ? html`<div class="buttons">${tellMissing(answer, on)}${person}</div>`
        : nothing
  }
}

/** Height that the form needs. */
const formPx = 290

const reasons = [
  ['wrong', 'reasonWrong'],
  ['incomplete', 'reasonIncomplete'],
  ['outdated', 'reasonOutdated'],
  ['sources', 'reasonSources'],
  ['unclear', 'reasonUnclear'],
] as const satisfies readonly (readonly [string, StringKey])[]

function actions(answer: AnswerState, view: TurnView, on: TurnHandlers): TemplateResult {
  const {say} = on
  const thumb = (rating: Rating): TemplateResult => {
    const label = say(rating === 'up' ? 'helpful' : 'notHelpful')
    const press = ({currentTarget}: Event): void => {
      if (rating === 'up') on.rate({rating})
      else on.change({rates: !view.rates, ratesAbove: !hasRoomBelow(currentTarget as Element), note: ''})
    }
    return html`<button class="plain ${answer.rating === rating ? 'on' : ''}" type="button" title=${label} aria-label=${label}
      aria-pressed=${answer.rating === rating} @click=${press}>${icon(rating === 'up' ? 'good' : 'bad')}</button>`
  }
  const copyLabel = say(view.isCopied ? 'copied' : 'copyAnswer')
  return html`<div class="actions">
      ${answer.text === '' ? nothing : html`<button class="plain" type="button" title=${copyLabel} aria-label=${copyLabel} @click=${on.copy}>${icon(view.isCopied ? 'check' : 'copy')}</button>`}
      ${answer.answerId === null ? nothing : html`${thumb('up')}${thumb('down')}`}
      <span class="note">${view.note}</span>
      ${view.rates ? feedbackForm(view, on) : nothing}
    </div>`
}

/** Whether the form is seen whole when it opens below. */
function hasRoomBelow(button: Element): boolean {
  const bottom = button.closest('.scroll')?.getBoundingClientRect().bottom ?? innerHeight
  return bottom - button.getBoundingClientRect().bottom > formPx
}

function feedbackForm(view: TurnView, on: TurnHandlers): TemplateResult {
  const {say} = on
  const toggle = (reason: string): void => {
    const next = new Set(view.reasons)
    if (!next.delete(reason)) next.add(reason)
    on.change({reasons: next})
  }
  const send = (event: Event): void => {
    event.preventDefault()
    const comment = new FormData(event.target as HTMLFormElement).get('comment')
    const text = typeof comment === 'string' ? comment.trim() : ''
    on.rate({rating: 'down', reasons: [...view.reasons], ...(text === '' ? {} : {comment: text})})
  }
  return html`<form class="feedback ${view.ratesAbove ? 'above' : ''}" @submit=${send}>
    <fieldset><legend>${say('whyNot')}</legend>
      ${reasons.map(([reason, key]) => html`<button class="choice" type="button" aria-pressed=${view.reasons.has(reason)} @click=${() => toggle(reason)}>${say(key)}</button>`)}
    </fieldset>
    <textarea name="comment" rows="2" dir="auto" maxlength="2000" aria-label=${say('comment')} placeholder=${say('comment')}></textarea>
    <div class="buttons"><button class="action strong" type="submit">${say('send')}</button>
      <button class="action" type="button" @click=${() => on.change({rates: false})}>${say('cancel')}</button>${handOverButton(say, on.handOver)}</div>
  </form>`
}

/** Sections that were found but not used, to ask about next. */
function followUps(answer: AnswerState, on: TurnHandlers): TemplateResult | typeof nothing {
  const used = usedSources(answer)
  const near = answer.sources
    .filter((source) => !used.has(source.n) && source.headings.length > 0)
    .slice(0, 3)
  if (near.length === 0 || answer.phase === 'refused') return nothing
  return html`<div class="follow-ups"><h3 class="label">${on.say('followUps')}</h3><ul>${near.map((source) =>
    askChip(questionAbout(source), nameOf({title: source.title, headings: source.headings.slice(-1)}), on),
  )}</ul></div>`
}

/** A chip that asks, and looks like it. */
function askChip(question: string, about: string, {say, ask}: TurnHandlers): TemplateResult {
  return html`<li><button class="asks" type="button" @click=${() => ask(question)}>${icon('spark')}<span class="verb">${say('ask')}</span><span dir="auto">${about}</span></button></li>`
}

/** A question about a section: its heading, with the page's title unless it is a question already. */
function questionAbout({title, headings}: Source): string {
  const heading = headings.at(-1)!
  return endsAsQuestion(heading) ? heading : `${title}: ${heading}`
}
