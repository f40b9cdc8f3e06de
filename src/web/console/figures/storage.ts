import {html, nothing, type TemplateResult} from 'lit'
import {exactTime} from '../format.ts'
import {isolated} from '../visible.ts'
import type {Storage} from './wire.ts'

const units = ['bytes', 'KB', 'MB', 'GB', 'TB']

/** A size as people read it, as `12.3 MB`. */
export function sizeWords(bytes: number): string {
  const power = bytes < 1024 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10))
  const value = bytes / 1024 ** power
  return `${power === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[power]}`
}

/** What the transcripts take, and how long they are kept. */
export function storageCard({transcripts}: Storage): TemplateResult {
  const {bytes, maxBytes, besideBytes, oldestAt, retentionDays, isErased, problem} = transcripts
  const share = maxBytes === null ? null : Math.min(1, bytes / maxBytes)
  return html`<section class="card storage"><h2>Storage</h2>
    <p><strong>${sizeWords(bytes)}</strong> of transcripts${maxBytes === null ? '; there is no limit' : html` of ${sizeWords(maxBytes)} at most`}, and ${sizeWords(besideBytes)} beside them for search.</p>
    ${share === null ? nothing : html`<meter min="0" max="1" high="0.9" optimum="0" value=${share} aria-label="Share of the limit">${Math.round(share * 100)} %</meter>`}
    <p class="quiet">${share !== null && share > 0.9 ? 'Nearly full: the oldest answers are removed for new ones. TRANSCRIPTS_MAX_MB sets the limit. ' : ''}${oldestAt === null ? 'None are kept yet.' : `The oldest is of ${exactTime(oldestAt)}.`} ${retentionDays === null ? nothing : retentionDays === 0 ? 'They are kept for ever.' : `They are kept for ${retentionDays} days.`}</p>
    ${isErased ? nothing : html`<p class="problem">Another process is reading the transcripts: copies of removed text are erased when it has ended.</p>`}
    ${problem === null ? nothing : html`<p class="problem" role="alert">Transcripts cannot be written: ${isolated(problem)}</p>`}
  </section>`
}
