import {html, nothing, type TemplateResult} from 'lit'
import {markdownLine} from '../../../lib/markdown-line.ts'
import {duration, exactTime, timeAgo} from '../format.ts'
import {icon} from '../icons.ts'
import {pathOfTranscript} from '../router.ts'
import {isolated, isolatedWithMarks} from '../visible.ts'
import type {TranscriptItem} from '../wire.ts'
import {outcomeOf, verdictWords} from '../words.ts'

/** What the server sends of an answer in a list, at most. */
const excerptChars = 200

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
      item.question === '' ? unkeptName(item) : isolated(item.question)
    }</a>${excerpt(item)}</span>
    <span class="how">${ending(item)}</span>
    <span class="judged">${rating(item)}${verdict === null ? nothing : html`<span class="verdict">${verdictWords[verdict]}</span>`}</span>
    <span class="waits">${
      item.ending === null
        ? nothing
        : html`${timings.firstTokenMs === null ? nothing : wait('first word', timings.firstTokenMs)}${timings.longestStallMs < 1_000 ? nothing : wait('pause', timings.longestStallMs)}${wait('total', timings.totalMs)}`
    }</span>
    <span class="model">${writerOf(item)}</span>
  </li>`
}

/** Where the words of the search are, or else how the answer begins. */
function excerpt({match, excerpt}: TranscriptItem): TemplateResult | typeof nothing {
  if (match)
    return html`<span class="excerpt match">${isolatedWithMarks(match.text, match.highlights)}</span>`
  return excerpt === '' ? nothing : html`<span class="excerpt">${isolated(excerptLine(excerpt))}</span>`
}

/** The excerpt as a line; what the server cut in the middle of a word ends before it. */
function excerptLine(excerpt: string): string {
  const line = markdownLine(excerpt)
  if (excerpt.length < excerptChars) return line
  const at = line.lastIndexOf(' ')
  return `${at > line.length / 2 ? line.slice(0, at) : line}…`
}

/** The model that was called, or what answered without one. Of an abstention none was called, unless it wrote something. */
function writerOf({abstained, timings, model, generator}: TranscriptItem): string {
  return abstained && timings.firstTokenMs === null ? '' : (model ?? generator)
}

/** What stands for a question that was not kept, different for each answer. */
export function unkeptName({startedAt, ref}: Pick<TranscriptItem, 'startedAt' | 'ref'>): string {
  return `Answer of ${exactTime(startedAt)}, ${ref.slice(0, 8)}`
}
