import {html, nothing, type TemplateResult} from 'lit'
import {counted} from '../format.ts'

/** A list that is loading. */
export function loadingRows(): TemplateResult {
  return html`<p class="sr" role="status">Loading transcripts…</p><ol class="rows loading" aria-hidden="true">${Array.from({length: 8}, () => html`<li class="row"><span class="ghost"></span></li>`)}</ol>`
}

/** Says that so many answers, at most, are missing from the list for a while: those from before an upgrade. */
export function remainingLine(answers: number): TemplateResult | typeof nothing {
  return answers === 0
    ? nothing
    : html`<p class="quiet" role="status">Earlier answers are still being read in, the newest first: up to ${counted(answers, 'answer')} to go.</p>`
}

/** A list without answers. @param query what it was asked for */
export function noRows(query: string): TemplateResult {
  if (query === 'verdict=none&attention=1')
    return html`<div class="notice"><h2>Everything is reviewed</h2><p>Answers that fail, say no, are disliked or keep somebody waiting come here by themselves.</p></div>`
  return query === ''
    ? html`<div class="notice"><h2>No answers yet</h2><p>Every answer is listed here as soon as it begins. <a href="/">Ask a question</a> to see one.</p></div>`
    : html`<div class="notice"><h2>Nothing matches</h2><p>Remove a filter, or <a href="/console/transcripts">show all transcripts</a>.</p></div>`
}
