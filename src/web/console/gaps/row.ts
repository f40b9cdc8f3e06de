import {html, nothing, type TemplateResult} from 'lit'
import {counted, timeAgo} from '../format.ts'
import {icon} from '../icons.ts'
import {isolated} from '../visible.ts'
import {outcome, pathOfGap, sectionName, titleOf, trend} from './marks.ts'
import type {Gap} from './wire.ts'
import {reasonsOf, severityWords, stateWords} from './words.ts'

/** One gap in the list. The link covers the row. */
export function gapRow(gap: Gap, opened: (id: string) => void): TemplateResult {
  const {id, severity, state, size, conversations, nearest, assignee, scope, verified} = gap
  return html`<li class="row gap">
    <span class="how">${outcome(severityWords[severity], 'Severity: ')}${state === 'open' ? nothing : outcome(stateWords[state])}</span>
    <span class="what"><a class="cover" href=${pathOfGap(id)} data-id=${id} @click=${() => opened(id)}>${isolated(titleOf(gap))}</a>
      <span class="excerpt">${scope === 'elsewhere' ? 'About something else: ' : ''}${reasonsOf(gap)}${verified.length === 0 ? '' : ' · verified answer given'}</span>${nearest.length === 0 ? nothing : html`<span class="excerpt">Near ${nearest.map((section, index) => html`${index === 0 ? nothing : ' · '}${sectionName(section)}`)}</span>`}</span>
    <span class="sizes">${counted(size, 'answer')}<span class="quiet">${counted(conversations, 'conversation')}</span></span>
    ${trend(gap.trend)}
    <span class="last"><span><span class="quiet">asked</span> ${timeAgo(gap.lastAskedAt)}</span>${assignee === null ? nothing : html`<span class="assignee">${icon('person')}<span class="sr">Assigned to </span>${isolated(assignee)}</span>`}</span>
  </li>`
}
