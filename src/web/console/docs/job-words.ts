import {html, type TemplateResult} from 'lit'
import {timeAgo} from '../format.ts'
import {type ConsoleIcon, icon} from '../icons.ts'
import {isolated} from '../visible.ts'
import type {Job} from './wire.ts'

/** A reindex that ended with the server that ran it. */
export interface CutOff {
  readonly job: Job
  /** The build that was served then. */
  readonly served: string | null
}

/** @param served the build that is served now */
export function cutOffLine({job, served: before}: CutOff, served: string | null): TemplateResult {
  const words =
    served === null
      ? 'Nothing was published.'
      : served === before
        ? 'Visitors still get answers from the build before.'
        : 'Another build has been published since.'
  return html`<p class="verdict-line bad" role="status">${icon('alert')}<span><strong>Cut off</strong> ${starter(job)} The server stopped while it ran. ${words}</span></p>`
}

export function starter(job: Job): TemplateResult {
  return html`<span class="quiet">${timeAgo(job.endedAt ?? job.requestedAt)}, started by ${by(job)}.</span>`
}

export function by({by, name}: Job): TemplateResult | string {
  if (by === 'webhook') return 'a push'
  if (by === 'timer') return 'the timer'
  return isolated(name ?? 'staff')
}

export function stateOf({state, outcome}: Job): {words: string; name: ConsoleIcon; tone: string} {
  switch (state) {
    case 'waiting':
      return {words: 'Waits for its turn', name: 'clock', tone: 'calm'}
    case 'running':
      return {words: 'Running', name: 'running', tone: 'calm'}
    case 'cancelled':
      return {words: 'Cancelled', name: 'stop', tone: 'calm'}
    case 'failed':
      return {words: 'Not published', name: 'alert', tone: 'bad'}
    case 'done':
      return {words: outcome === 'unchanged' ? 'Nothing changed' : 'Published', name: 'check', tone: 'good'}
  }
}
