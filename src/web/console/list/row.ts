import {html, nothing, type TemplateResult} from 'lit'
import {duration, timeAgo} from '../format.ts'
import {icon} from '../icons.ts'
import {pathOfTranscript} from '../router.ts'
import {isolated} from '../visible.ts'
import type {TranscriptItem} from '../wire.ts'
import {outcomeOf, verdictWords} from '../words.ts'

/** An ending with its icon, in its colour. */
export function ending(item: Parameters<typeof outcomeOf>[0]): TemplateResult {
  const {words, icon: name, tone} = outcomeOf(item)
  return html`<span class="outcome ${tone}">${icon(name)}<span>${words}</span></span>`
}

export function rating(item: {
  readonly rating: 'up' | 'down' | null
  readonly missing: boolean
}): TemplateResult {
  return html`${
    item.rating === null
      ? nothing
      : html`<span class="outcome ${item.rating === 'up' ? 'good' : 'bad'}" title="The visitor’s rating">${icon(item.rating === 'up' ? 'good' : 'bad')}<span class="sr">Thumbs ${item.rating}</span></span>`
  }${item.missing ? html`<span class="outcome warn" title="The visitor reported it as missing in the docs">${icon('flag')}<span>Missing</span></span>` : nothing}`
}

/** One answer in the list. The link covers the row. */
export function row(item: TranscriptItem, opened: (answerId: string) => void): TemplateResult {
  const {timings, answerId, verdict} = item
  const wait = (label: string, ms: number | null): TemplateResult =>
    html`<span><span class="quiet">${label}</span> ${duration(ms)}</span>`
  return html`<li class="row">
    <span class="when">${timeAgo(item.startedAt)}</span>
    <span class="what"><a class="cover" href=${pathOfTranscript(answerId)} data-id=${answerId} @click=${() => opened(answerId)}>${
      item.question === '' ? '(question not kept)' : isolated(item.question)
    }</a>${item.excerpt === '' ? nothing : html`<span class="excerpt">${isolated(wholeWords(item.excerpt))}</span>`}</span>
    <span class="how">${ending(item)}</span>
    <span class="judged">${rating(item)}${verdict === null ? nothing : html`<span class="verdict">${verdictWords[verdict]}</span>`}</span>
    <span class="waits">${
      item.ending === null
        ? nothing
        : html`${timings.firstTokenMs === null ? nothing : wait('first word', timings.firstTokenMs)}${timings.longestStallMs < 1_000 ? nothing : wait('pause', timings.longestStallMs)}${wait('total', timings.totalMs)}`
    }</span>
    <span class="model">${item.model ?? item.generator}</span>
  </li>`
}

/** The excerpt without the marks of Markdown; what the server cut in the middle of a word ends before it. */
function wholeWords(excerpt: string): string {
  const line = excerpt
    .replace(/^\s*(?:#{1,6}|[-*+]|\d+\.)\s+/gm, '')
    .replace(/\*\*|__|`+/g, '')
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/[\s|]+(?:[-: |]{3,}\|)?/g, ' ')
    .trim()
  if (excerpt.length < 200) return line
  const at = line.lastIndexOf(' ')
  return `${at > 120 ? line.slice(0, at) : line}…`
}
