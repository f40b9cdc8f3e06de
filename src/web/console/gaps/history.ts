import {html, nothing, type TemplateResult} from 'lit'
import {timeAgo} from '../format.ts'
import {isolated} from '../visible.ts'
import type {GapDetail} from './wire.ts'

const whatWords: Readonly<Record<string, string>> = {
  found: 'Found',
  assigned: 'Assigned',
  unassigned: 'Assigned to nobody',
  noted: 'Note changed',
  closed: 'Closed',
  dismissed: 'Dismissed',
  reopened: 'Opened again',
}

/** What happened to a gap, the last first. */
export function gapHistory({history}: GapDetail): TemplateResult | typeof nothing {
  if (history.length === 0) return nothing
  const all = [...history].sort((one, other) => other.at - one.at)
  return html`<section aria-labelledby="history"><h2 id="history">History</h2><ol class="happened">${all.map(
    ({at, by, what, detail}) =>
      html`<li><span>${whatWords[what] ?? isolated(what)}${detail === null || detail === '' ? nothing : html` <span class="quiet">${isolated(detail)}</span>`}</span>
        <span class="quiet">${by === null ? nothing : html`${isolated(by)} · `}${timeAgo(at)}</span></li>`,
  )}</ol></section>`
}
