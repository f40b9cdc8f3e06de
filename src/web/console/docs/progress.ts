import {html, nothing, type TemplateResult} from 'lit'
import {count} from '../format.ts'
import {icon} from '../icons.ts'
import {tile} from './frame.ts'
import type {Job, Progress} from './wire.ts'

/** The stages of an ingest in their order, by phase. */
const phases: readonly (readonly [words: string, stages: Readonly<Record<string, string>>])[] = [
  [
    'Read',
    {
      base: 'Checking the build that is served',
      fetch: 'Fetching repositories',
      scan: 'Reading folders',
      site: 'Finding the rules of the site',
      model: 'Loading the embedding model',
      plan: 'Finding what has changed',
    },
  ],
  ['Embed', {begin: 'Starting a new build', pages: 'Reading and embedding pages'}],
  [
    'Write',
    {
      finish: 'Writing the build',
      report: 'Checking links',
      open: 'Opening the build',
      tune: 'Tuning the search',
    },
  ],
  [
    'Check',
    {verify: 'Verifying it', gates: 'Asking the gates', calibrate: 'Measuring what it should refuse'},
  ],
  ['Publish', {publish: 'Publishing'}],
]

/** A reindex that runs or waits. Of one that is lost nothing newer is known than `now`. */
export function progress(
  job: Job,
  now: Progress | null,
  {isLost, cancel}: {readonly isLost: boolean; readonly cancel: () => void},
): TemplateResult {
  const isWaiting = job.state === 'waiting'
  const at =
    now === null
      ? 0
      : Math.max(
          0,
          phases.findIndex(([, stages]) => now.stage in stages),
        )
  const doing = isWaiting
    ? 'Waits for the one that is running'
    : (phases[at]![1][now?.stage ?? ''] ?? 'Starting')
  const hasPages = now !== null && now.total > 0
  return html`<section class="progress-of" aria-label="The reindex">
    <div class="head spread"><h2>${icon('running')}${job.full ? 'Embedding everything again' : 'Reindexing'}</h2>
      ${job.canCancel && !isLost ? html`<button class="button" type="button" @click=${cancel}>Cancel</button>` : nothing}</div>
    <ol class="phases">${phases.map(
      ([words], index) =>
        html`<li class=${index < at ? 'past' : index === at ? 'now' : 'next'} aria-current=${index === at ? 'step' : nothing}>${words}</li>`,
    )}</ol>
    <p role="status">${isLost ? html`<span class="outcome warn">${icon('alert')}<span>The connection to the server is lost. It is tried again…</span></span>` : `${doing}…`}</p>
    ${
      isLost
        ? nothing
        : hasPages
          ? html`<progress aria-label="Pages" max=${now.total} value=${now.done}></progress>`
          : html`<progress aria-label="Progress"></progress>`
    }
    <dl class="tiles small">
      ${tile('Pages', hasPages ? `${count(now.done)} of ${count(now.total)}` : '–')}
      ${tile('Passages', now === null ? '–' : count(now.passages))}
      ${tile('Embedded', now === null ? '–' : count(now.embedded))}
      ${tile('Time', isLost ? '–' : html`<docent-clock .since=${job.startedAt ?? job.requestedAt}></docent-clock>`)}
    </dl>
    <p class="quiet">${isLost ? 'What is shown is the last that was heard of it.' : 'You can leave this page: it goes on, and is found here again.'}</p></section>`
}
