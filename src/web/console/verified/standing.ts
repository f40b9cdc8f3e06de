import {html, nothing, type TemplateResult} from 'lit'
import {sectionAddress} from '../../../lib/section-address.ts'
import {ApiError, messageOf} from '../api.ts'
import {timeAgo} from '../format.ts'
import {icon} from '../icons.ts'
import {isolated} from '../visible.ts'
import type {VerifiedAnswer} from './wire.ts'
import {stateOf} from './words.ts'

export function loading(): TemplateResult {
  return html`<div class="view"><h1 tabindex="-1" class="sr">Loading the verified answer…</h1><div class="ghosts" aria-hidden="true"><span class="ghost"></span><span class="ghost"></span></div></div>`
}

/** Why an answer is not shown. */
export function notLoaded(problem: unknown, again: () => void): TemplateResult {
  const isGone = problem instanceof ApiError && problem.status === 404
  return html`<div class="view"><div class="notice" role="alert"><h1 tabindex="-1">${isGone ? 'There is no such answer' : 'This could not be loaded'}</h1>
    <p>${isGone ? 'It may have been deleted.' : messageOf(problem)}</p>
    <p class="actions">${isGone ? nothing : html`<button class="button" type="button" @click=${again}>Try again</button>`}<a class="button" href="/console/verified">All verified answers</a></p></div></div>`
}

/** What becomes of an answer now, who decided that, and the page that it rests on. */
export function standing(answer: VerifiedAnswer): TemplateResult {
  const {words, icon: name, tone} = stateOf(answer)
  const by =
    answer.state === 'published'
      ? html`published by ${isolated(answer.publishedBy ?? '')} ${timeAgo(answer.publishedAt ?? answer.changedAt)}`
      : html`${answer.state === 'proposed' ? 'proposed' : 'withdrawn'} by ${isolated(answer.state === 'proposed' ? answer.proposedBy : answer.changedBy)} ${timeAgo(answer.changedAt)}`
  return html`<p class="under"><span class="outcome ${tone}">${icon(name)}<span>${words}</span></span><span class="quiet">${by}</span></p>
    ${
      answer.section === null
        ? html`<p class="problem">The docs have no such page or section now. Name another one, or withdraw the answer.</p>`
        : html`<p class="quiet">It rests on <a href=${sectionAddress(answer.section)}>${isolated([answer.section.title, ...answer.section.headings].join(' › '))}</a>.${answer.isResting ? ' Read the page. Where the answer still holds, publish it again.' : ''}</p>`
    }`
}
