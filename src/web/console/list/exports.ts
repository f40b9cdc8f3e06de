import {html, nothing, type TemplateResult} from 'lit'
import {copyText} from '../../assistant/browser.ts'
import {messageOf} from '../api.ts'
import type {ConsoleContext} from '../context.ts'
import {counted} from '../format.ts'
import {icon} from '../icons.ts'
import type {TranscriptList} from './transcript-lists.ts'

/** The button and the menu that give all of what a list shows, or the way to it. */
export function exportMenu(list: TranscriptList, context: ConsoleContext): TemplateResult {
  const mayExportAll = context.may('export_unredacted')
  const start = (event: MouseEvent): void => void startExport(event, list, context)
  const formats = (redacted: boolean): TemplateResult => {
    const words = mayExportAll ? (redacted ? ', redacted' : ', as it is kept') : ''
    return html`<li><a href=${addressOf(list, 'jsonl', redacted)} download @click=${start}>JSON lines, with every event${words}</a></li>
        <li><a href=${addressOf(list, 'csv', redacted)} download @click=${start}>CSV, for a spreadsheet${words}</a></li>`
  }
  const copyLink = async (): Promise<void> => {
    await copyText(location.href)
    context.announce('Link copied')
  }
  return html`<button class="button" type="button" popovertarget="exports" ?disabled=${list.status === 'failed'}>${icon('download')}Export</button>
      <div class="menu" id="exports" popover>
        <p class="quiet">What this list shows, oldest first${list.total === null || !list.total.isExact ? '' : `: ${counted(list.total.answers, 'answer')}`}.</p>
        <ul>${mayExportAll ? formats(false) : nothing}${formats(true)}</ul>
        ${mayExportAll ? nothing : html`<p class="quiet">Without e-mail addresses, keys, passwords, card and phone numbers.</p>`}
        <button type="button" class="link" @click=${copyLink}>${icon('link')}Copy the link to this list</button>
      </div>`
}

function addressOf({query}: TranscriptList, format: string, redacted: boolean): string {
  const all = new URLSearchParams(query)
  all.delete('sort')
  all.set('format', format)
  if (redacted) all.set('redacted', '1')
  return `/api/admin/transcripts/export?${all}`
}

/**
 * What the list shows is asked for first: a session that has ended is begun again, and what the server refuses is said
 * here and not downloaded.
 */
async function startExport(event: MouseEvent, list: TranscriptList, context: ConsoleContext): Promise<void> {
  event.preventDefault()
  const {href} = event.currentTarget as HTMLAnchorElement
  try {
    const query = new URLSearchParams(list.query)
    query.set('limit', '1')
    await context.api.send(`/transcripts?${query}`)
    const link = document.createElement('a')
    link.href = href
    link.download = ''
    link.click()
  } catch (error) {
    context.announce(messageOf(error))
  }
}
