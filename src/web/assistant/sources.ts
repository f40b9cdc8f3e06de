import {html, nothing, type TemplateResult} from 'lit'
import type {Source} from '../../domain/index.ts'
import {sectionAddress} from '../../lib/section-address.ts'
import {type AnswerState, usedSources} from '../session/answer-state.ts'
import {nameOf, pathOf} from '../session/markdown-copy.ts'
import {quotesOf} from '../session/quoted-text.ts'
import {icon} from './icons.ts'
import {marked} from './marked.ts'
import {stepWords} from './problem-words.ts'
import {quotingLink} from './quoting-link.ts'
import type {TurnHandlers, TurnView} from './turn.ts'

/** Cards shown before the first word: all that fit beside the box. */
const cardsAtFirst = {narrow: 2, wide: 4}

/**
 * The sources of an answer: cards while nothing else is there, and a line of chips once there are words, which take the
 * place of the cards. The line opens to the cards, with the searches that were made between the words.
 */
export function foundSources(
  answer: AnswerState,
  view: TurnView,
  on: TurnHandlers,
): TemplateResult | typeof nothing {
  const {sources} = answer
  if (sources.length === 0) return nothing
  const isFolded = answer.text !== ''
  return html`<div class="found" role="group" aria-label=${on.say('sources')}>
    ${isFolded ? line(answer, view, on) : nothing}
    ${isFolded ? (view.showsAll ? cards(answer, sources, on) : nothing) : firstCards(answer, view, on)}
  </div>`
}

function firstCards(answer: AnswerState, {showsAll}: TurnView, on: TurnHandlers): TemplateResult {
  const {say} = on
  const limit = on.isNarrow ? cardsAtFirst.narrow : cardsAtFirst.wide
  const hidden = answer.sources.length - limit
  return html`${cards(answer, showsAll ? answer.sources : answer.sources.slice(0, limit), on)}${
    hidden > 0
      ? html`<button class="quiet-button" type="button" aria-expanded=${showsAll} @click=${() => on.change({showsAll: !showsAll})}>
          <span class="words">${showsAll ? say('showFewer') : say('showAll', {n: hidden})}</span></button>`
      : nothing
  }`
}

/** The address of a section, whose page marks what the answer quotes of it. */
function hrefOf(source: Source, {citations}: AnswerState, on: TurnHandlers): string {
  return quotingLink(on.absolute(sectionAddress(source)), quotesOf(source, citations))
}

function line(answer: AnswerState, {showsAll}: TurnView, on: TurnHandlers): TemplateResult {
  const {sources} = answer
  const used = usedSources(answer)
  const chip = (source: Source): TemplateResult => {
    const isUsed = used.has(source.n)
    return html`<li><a class="chip ${isUsed ? 'used' : ''}" data-n=${source.n} href=${hrefOf(source, answer, on)} title=${nameOf(source)}>
      <span class="n">${source.n}</span>${source.verified ? html`<span class="badge">${on.say('verified')}</span>` : name(shortName(source, sources))}${isUsed ? html`<span class="sr">${on.say('used')}</span>` : nothing}</a></li>`
  }
  return html`<div class="line">
    <ol class="chips">${sources.map(chip)}</ol>
    <button class="quiet-button" type="button" aria-expanded=${showsAll} @click=${() => on.change({showsAll: !showsAll})}>
      <span>${on.say('sourcesFound', {n: sources.length})}</span>${icon(showsAll ? 'fewer' : 'more')}</button>
  </div>`
}

function cards(answer: AnswerState, shown: readonly Source[], on: TurnHandlers): TemplateResult {
  const searches = (answer.steps ?? []).filter(({at, status}) => at > 0 && status !== 'started')
  return html`<ol class="cards">${shown.map((source) => card(source, answer, on))}</ol>
    ${searches.length === 0 ? nothing : html`<ul class="steps">${searches.map((step) => html`<li>${icon('search')}<span dir="auto">${stepWords(step, on.say)}</span></li>`)}</ul>`}`
}

function card(source: Source, answer: AnswerState, on: TurnHandlers): TemplateResult {
  const isUsed = answer.citations.some(({n}) => n === source.n)
  const path = pathOf(source)
  return html`<li class="card ${isUsed ? 'used' : ''}"><a data-n=${source.n} href=${hrefOf(source, answer, on)} title=${nameOf(source)} dir="auto">
    <span class="top"><span class="n">${source.n}</span>${name(path.at(-1)!)}
      <span class="badge">${source.verified ? on.say('verified') : isUsed ? on.say('used') : nothing}</span></span>
    ${path.length === 1 ? nothing : html`<span class="path">${path.slice(0, -1).join(' › ')}</span>`}
    <span class="snippet">${marked(source.snippet, source.highlights)}</span></a></li>`
}

/** The page's title, or the heading where several sources are of pages with that title. */
function shortName(source: Source, all: readonly Source[]): string {
  const isShared = all.some(({n, title}) => n !== source.n && title === source.title)
  return isShared ? pathOf(source).at(-1)! : source.title
}

/** At most this much of the end of a name is kept when the name is cut. */
const maxTailChars = 16

/** A name in one line. Where it does not fit it is cut before its last words, which are often those that differ. */
function name(words: string): TemplateResult {
  const at = words.slice(-maxTailChars).search(/\s\S/)
  const cut = words.length > 2 * maxTailChars && at >= 0 ? words.length - maxTailChars + at : words.length
  const tail = words.slice(cut)
  return html`<span class="name" dir="auto"><span class="start">${words.slice(0, cut)}</span>${tail && html`<span>${tail}</span>`}</span>`
}
