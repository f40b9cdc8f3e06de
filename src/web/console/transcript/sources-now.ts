import {html, nothing, type TemplateResult} from 'lit'
import {type DiffLine, lineDiffOf} from '../../../lib/line-diff.ts'
import {sectionAddress} from '../../../lib/section-address.ts'
import {safeHref} from '../../render/links.ts'
import {differenceOf} from '../difference.ts'
import {isolated, visible} from '../visible.ts'
import {MaterialView} from './material-view.ts'
import type {DifferentLines, SourceNow} from './material-wire.ts'

interface SourcesNow {
  readonly sources: readonly SourceNow[]
}

/** The sources as they were shown, and what has become of them in the docs. */
export class SourcesNowView extends MaterialView<SourcesNow> {
  protected readonly heading = 'Sources then and now'
  protected readonly path = 'sources'

  protected shown({sources}: SourcesNow): TemplateResult {
    if (sources.length === 0) return html`<p class="quiet">No source was shown.</p>`
    return html`<ol class="then">${sources.map((source) => html`<li><span class="n">${source.n}</span><div><p>${nameOf(source)}</p><p class="state ${source.state}">${stateOf(source)}</p>${details(source)}</div></li>`)}</ol>`
  }
}

function nameOf({title, headings}: SourceNow): TemplateResult {
  return isolated([title, ...headings].join(' › ') || '(not kept)')
}

function stateOf({state, shown, now}: SourceNow): TemplateResult | string {
  switch (state) {
    case 'same':
      return 'The page says the same now.'
    case 'changed':
      return 'The page has changed since.'
    case 'gone':
      return 'No longer in the docs.'
    case 'moved':
      return html`It is elsewhere in the docs now: ${linkTo(now)}`
    default:
      return shown === null ? 'Its text was not kept.' : 'It cannot be compared with the docs.'
  }
}

function linkTo(now: SourceNow['now']): TemplateResult | typeof nothing {
  if (now === null) return nothing
  const name = isolated([now.title, ...now.headings].join(' › '))
  const href = now.url === null ? null : safeHref(sectionAddress({...now, url: now.url}), location.origin)
  return href === null ? name : html`<a href=${href} target="_blank" rel="noopener">${name}</a>`
}

function details({difference, shown}: SourceNow): TemplateResult | typeof nothing {
  if (difference !== null)
    return html`<details><summary>See the difference</summary>${differenceOf(difference.flatMap(linesOf))}</details>`
  return shown === null
    ? nothing
    : html`<details><summary>Text as it was found</summary><pre tabindex="0" dir="auto">${visible(shown)}</pre></details>`
}

/** Of lines that replace others, the words that differ are marked. */
function linesOf({kind, lines}: DifferentLines, at: number, all: readonly DifferentLines[]): DiffLine[] {
  const next = all[at + 1]
  if (kind === 'removed' && next?.kind === 'added') return lineDiffOf(lines.join('\n'), next.lines.join('\n'))
  if (kind === 'added' && all[at - 1]?.kind === 'removed') return []
  return lines.map((text) => ({kind, pieces: [{text, isChanged: false}]}))
}
