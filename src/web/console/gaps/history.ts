import {html, nothing, type TemplateResult} from 'lit'
import {timeAgo} from '../format.ts'
import {isolated} from '../visible.ts'
import type {GapDetail, GapEvent} from './wire.ts'

const whatWords: Readonly<Record<string, string>> = {
  noted: 'Note changed',
  dismissed: 'Dismissed',
  reopened: 'Opened again',
}

/** An assignment to nobody has no detail; that of a closing by a build is the address of a section. */
function words({what, by, detail}: GapEvent): TemplateResult | string {
  if (what === 'assigned')
    return detail === null ? 'Assigned to nobody' : html`Assigned to ${isolated(detail)}`
  if (what === 'closed') return by === null ? 'Closed by a build' : 'Closed'
  return whatWords[what] ?? isolated(what)
}

/** What happened to a gap, as it is sent: the last first. */
export function gapHistory({history}: GapDetail): TemplateResult | typeof nothing {
  if (history.length === 0) return nothing
  return html`<section aria-labelledby="history"><h2 id="history">History</h2><ol class="happened">${history.map(
    (event) =>
      html`<li><span>${words(event)}</span>
        <span class="quiet">${event.by === null ? nothing : html`${isolated(event.by)} · `}${timeAgo(event.at)}</span></li>`,
  )}</ol></section>`
}
