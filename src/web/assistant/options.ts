import {html, nothing, type TemplateResult} from 'lit'
import type {SearchResult} from '../../../packages/client/src/index.ts'
import {shortened} from '../../lib/cut.ts'
import {sectionAddress} from '../../lib/section-address.ts'
import type {Say} from '../locales/strings.ts'
import {headingsBelow, type ResultPage, resultPages, snippetOf} from '../session/result-pages.ts'
import type {Found} from '../session/search.ts'
import {icon} from './icons.ts'
import {marked} from './marked.ts'
import {searchWords} from './problem-words.ts'

/** What can be chosen below the box. */
export type Option =
  | {readonly type: 'ask' | 'recent'; readonly id: string; readonly question: string}
  | {readonly type: 'result'; readonly id: string; readonly href: string}

export interface Offered {
  /** What Enter asks; empty for nothing. */
  readonly question: string
  /** Questions that were asked before. */
  readonly recent: readonly string[]
  readonly found: Found
}

/** All options, in the order in which the arrow keys go through them. */
export function optionsOf(
  {question, recent, found}: Offered,
  absolute: (href: string) => string,
): readonly Option[] {
  return [
    ...(question === '' ? [] : [{type: 'ask', id: 'option-ask', question} as const]),
    ...recent.map((asked, i) => ({type: 'recent', id: `recent-${i}`, question: asked}) as const),
    ...resultPages(found.results).flatMap(({results}) =>
      results.map(
        (result) =>
          ({type: 'result', id: `result-${result.index}`, href: absolute(sectionAddress(result))}) as const,
      ),
    ),
  ]
}

/** Longest part of a query that is repeated to the reader. */
const maxQueryChars = 60

/** What a search has to say besides its results, in one line; empty for nothing. */
export function searchNote({query, results, problem}: Found, say: Say): string {
  if (problem !== null) return searchWords(problem.code, say)
  if (query === '' || results.length > 0) return ''
  // Isolated, since its writing direction need not be that of the sentence.
  return say('noMatches', {query: `\u2068${shortened(query, maxQueryChars)}\u2069`})
}

export interface OptionsView {
  readonly say: Say
  readonly absolute: (href: string) => string
  /** Id of the option that was chosen with the keys; null for none. */
  readonly chosen: string | null
  readonly ask: (question: string) => void
  /** Called when a result was opened in this window. */
  readonly opened: (event: MouseEvent) => void
}

/** The list below the box: to ask comes first, and Enter does it until another option is chosen. */
export function optionList(offered: Offered, view: OptionsView): TemplateResult {
  const {say} = view
  const {question, recent, found} = offered
  const note = searchNote(found, say)
  // The focus stays in the box, wherever the list is pressed.
  return html`<div class="options" @mousedown=${(event: Event) => event.preventDefault()}>
    ${
      question === '' && recent.length === 0 && found.results.length === 0
        ? nothing
        : html`<div class="listbox" id="options" role="listbox" aria-label=${say('sources')}>
          ${question === '' ? nothing : askOption(question, found.isSlow, view)}
          ${recent.length === 0 ? nothing : recentGroup(recent, view)}
          ${resultPages(found.results).map((page) => pageGroup(page, view))}</div>`
    }
    ${note === '' ? nothing : html`<p class="note">${note}</p>`}
  </div>`
}

function askOption(question: string, isSlow: boolean, {say, chosen, ask}: OptionsView): TemplateResult {
  const isDefault = chosen === null || chosen === 'option-ask'
  return html`<div class="option enter ${isDefault ? 'on' : ''}" id="option-ask" role="option" aria-selected=${chosen === 'option-ask'} @click=${() => ask(question)}>
    ${icon('spark')}<span class="words"><b>${say('ask')}</b> <span dir="auto">${question}</span></span>
    ${isSlow ? html`<span class="busy" aria-hidden="true"></span>` : nothing}<kbd>${say('enterKey')}</kbd></div>`
}

function recentGroup(recent: readonly string[], {say, chosen, ask}: OptionsView): TemplateResult {
  return html`<div role="group" aria-labelledby="label-recent">
    <div class="of-page" id="label-recent" role="presentation">${say('recent')}</div>
    ${recent.map(
      (question, i) =>
        html`<div class="option recent ${chosen === `recent-${i}` ? 'on' : ''}" id="recent-${i}" role="option" aria-selected=${chosen === `recent-${i}`} @click=${() => ask(question)}>
        ${icon('past')}<span class="words" dir="auto">${question}</span></div>`,
    )}</div>`
}

function pageGroup(page: ResultPage, view: OptionsView): TemplateResult {
  const [first] = page.results
  const id = `page-${first!.index}`
  // The beginning of a page is called like the page: as its first result it is the heading of the others.
  const isHeadedByFirst = headingsBelow(first!).length === 0
  const label = html`<div class="of-page" id=${id} role="presentation" dir="auto">${marked(page.title, page.titleHighlights)}${folders(page)}</div>`
  return html`<div role="group" aria-labelledby=${isHeadedByFirst ? nothing : id} aria-label=${isHeadedByFirst ? page.title : nothing}>
    ${isHeadedByFirst ? nothing : label}
    ${page.results.map((result) => resultOption(result, isHeadedByFirst && result === first ? page : null, view))}</div>`
}

function folders({folders: names}: ResultPage): TemplateResult | typeof nothing {
  return names.length === 0 ? nothing : html` <span class="folders">${names.join(' › ')}</span>`
}

/** @param page whose heading the result is; null for one below it. */
function resultOption(
  result: SearchResult & {readonly index: number},
  page: ResultPage | null,
  {absolute, chosen, opened}: OptionsView,
): TemplateResult {
  const id = `result-${result.index}`
  const headings = headingsBelow(result)
  const name =
    headings.length === 0
      ? html`<span>${marked(result.title, result.highlights?.title)}</span>`
      : headings.map(({words, highlights}, i) =>
          i < headings.length - 1
            ? html`<span class="above">${marked(words, highlights)} › </span>`
            : html`<span>${marked(words, highlights)}</span>`,
        )
  const snippet = snippetOf(result.text, result.highlights?.text)
  return html`<a class="option result ${page === null ? '' : 'heads'} ${chosen === id ? 'on' : ''}" id=${id} role="option" tabindex="-1" dir="auto"
    aria-selected=${chosen === id} href=${absolute(sectionAddress(result))} @click=${opened}>
    <span class="name">${name}${page === null ? nothing : folders(page)}</span><span class="snippet">${marked(snippet.text, snippet.highlights)}</span></a>`
}
