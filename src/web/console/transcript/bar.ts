import {html, nothing, type TemplateResult} from 'lit'
import {copyText} from '../../assistant/browser.ts'
import type {ConsoleContext} from '../context.ts'
import {icon} from '../icons.ts'
import {pathOfList, pathOfTranscript} from '../router.ts'
import type {TranscriptItem} from '../wire.ts'

/** The answers before and after one in the list that was looked at last; null where there is none. */
export function neighboursOf(
  {lists}: ConsoleContext,
  answerId: string,
): readonly [before: TranscriptItem | null, after: TranscriptItem | null] {
  const items = lists.current?.items ?? []
  const at = items.findIndex((item) => item.answerId === answerId)
  return at < 0 ? [null, null] : [items[at - 1] ?? null, items[at + 1] ?? null]
}

/** Whether a list shows less than all. */
function isNarrowed(list: ConsoleContext['lists']['current']): boolean {
  return list !== null && list.query !== ''
}

/** Where to go from a transcript. */
export function bar(context: ConsoleContext, answerId: string): TemplateResult {
  const list = context.lists.current
  const [before, after] = neighboursOf(context, answerId)
  const copyLink = async (): Promise<void> => {
    await copyText(location.origin + pathOfTranscript(answerId))
    context.announce('Link copied')
  }
  return html`<nav class="steps" aria-label="Transcript">
    <a class="back" href=${pathOfList(list?.query ?? '')}>${icon('back')}${isNarrowed(list) ? 'Back to the list' : 'All transcripts'}</a>
    ${list === null ? nothing : html`${step(before, 'Previous', 'k', 'fewer')}${step(after, 'Next', 'j', 'more')}`}
    ${context.may('export_transcripts') ? html`<a class="button" href=${`/api/admin/transcripts/${encodeURIComponent(answerId)}/replay.html?redacted=1`} download title="A file that plays this answer in any browser, without the server, redacted" aria-label="Download the replay">${icon('download')}<span class="if-wide">Download</span></a>` : nothing}
    ${context.may('hand_over') ? html`<docent-hand-over .context=${context} .answerId=${answerId}></docent-hand-over>` : nothing}
    <button class="button" type="button" aria-label="Copy link" @click=${copyLink}>${icon('link')}<span class="if-wide">Copy link</span></button>
  </nav>`
}

function step(
  item: TranscriptItem | null,
  words: string,
  key: string,
  name: 'fewer' | 'more',
): TemplateResult {
  const content = html`${icon(name)}<span class="if-wide">${words}</span>`
  return item === null
    ? html`<span class="button" aria-disabled="true">${content}</span>`
    : html`<a class="button" href=${pathOfTranscript(item.answerId)} title="${words} (${key})" aria-label="${words}: ${item.question.slice(0, 80)}">${content}</a>`
}
