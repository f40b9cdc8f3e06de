import {html, nothing, svg, type TemplateResult} from 'lit'
import {icon} from '../icons.ts'
import {stored} from '../storage.ts'
import {isolated} from '../visible.ts'
import type {Outcome} from '../words.ts'
import type {Gap, SectionLink} from './wire.ts'
import {trendWords} from './words.ts'

/** Small pieces that the list and one gap both show. */

export const pathOfGaps = (query = ''): string => `/console/gaps${query === '' ? '' : `?${query}`}`

/** Under what the tab keeps the query of the list that was looked at last. */
export const lastListName = 'gaps'

export const pathOfLastList = (): string => pathOfGaps(stored<string>('sessionStorage', lastListName) ?? '')

export const pathOfGap = (id: string): string => `/console/gaps/${encodeURIComponent(id)}`

export function outcome({words, icon: name, tone}: Outcome, before = ''): TemplateResult {
  return html`<span class="outcome ${tone}">${icon(name)}<span>${before === '' ? nothing : html`<span class="sr">${before}</span>`}${words}</span></span>`
}

const barHeight = 14

/** Two bars, the week before and this one, with their numbers in words. */
export function trend(of: Gap['trend']): TemplateResult {
  const most = Math.max(1, of.recent, of.before)
  const bar = (value: number, x: number, name: string) => {
    const height = Math.max(1, Math.round((barHeight * value) / most))
    return svg`<rect class=${name} x=${x} y=${barHeight - height} width="6" height=${height}/>`
  }
  return html`<span class="trend"><svg class="trend-bars" viewBox="0 0 14 ${barHeight}" aria-hidden="true">${bar(of.before, 0, 'before')}${bar(of.recent, 8, 'recent')}</svg><span>${trendWords(of)}</span></span>`
}

/** Its question; that may have been deleted since the last grouping. */
export function titleOf({title}: Pick<Gap, 'title'>): string {
  return title === '' ? 'A question that was deleted' : title
}

export function sectionName({title, headings}: SectionLink): TemplateResult {
  return isolated([title, ...headings].join(' › '))
}

/** Opens beside the console: whoever reads on comes back to what they were at. */
export function sectionLink(section: SectionLink): TemplateResult {
  return html`<a href=${section.url} target="_blank" rel="noreferrer">${sectionName(section)}</a>`
}
