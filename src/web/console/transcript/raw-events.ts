import {html, nothing, type TemplateResult} from 'lit'
import {copyText} from '../../assistant/browser.ts'
import type {ConsoleContext} from '../context.ts'
import {duration} from '../format.ts'
import {visibleJson} from '../visible.ts'
import type {Transcript} from '../wire.ts'
import {offsetOf} from './timeline.ts'

/** More are shown when somebody asks for them: an answer can have thousands. */
const firstEvents = 100

/** Every event as it was stored. */
export function rawEvents(
  {events, startedAt}: Transcript,
  context: ConsoleContext,
  showsAll: boolean,
  showAll: () => void,
): TemplateResult {
  const shown = showsAll ? events : events.slice(0, firstEvents)
  const copy = async (): Promise<void> => {
    await copyText(JSON.stringify(events, null, 2))
    context.announce('Events copied as JSON')
  }
  return html`<p><button class="link" type="button" @click=${copy}>Copy as JSON</button></p>
    <div class="events" tabindex="0" role="region" aria-label="Events"><table><thead><tr><th scope="col">#</th><th scope="col">After</th><th scope="col">Event</th><th scope="col">Data</th></tr></thead>
    <tbody>${shown.map((one) => {
      const {type, ...data} = one.event
      return html`<tr tabindex="-1"><td class="number">${one.seq}</td><td class="number">${duration(offsetOf(one, startedAt))}</td><td>${type}</td><td><code dir="ltr">${visibleJson(JSON.stringify(data))}</code></td></tr>`
    })}</tbody></table></div>
    ${shown.length < events.length ? html`<p><button class="button" type="button" @click=${showAll}>Show all ${events.length} events</button></p>` : nothing}`
}
