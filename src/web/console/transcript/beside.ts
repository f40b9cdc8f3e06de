import {html, nothing, type TemplateResult} from 'lit'
import type {AnswerState} from '../../session/answer-state.ts'
import {ApiError, messageOf} from '../api.ts'
import type {ConsoleContext} from '../context.ts'
import {timeAgo} from '../format.ts'
import {ending, unkeptName} from '../list/row.ts'
import {pathOfList, pathOfTranscript} from '../router.ts'
import {visible} from '../visible.ts'
import type {Transcript, TranscriptItem} from '../wire.ts'

/** Another answer of the conversation that was opened, as it ended. */
export interface Opened {
  readonly state: AnswerState
  readonly emptiedAt: number | undefined
}

export function loading(context: ConsoleContext): TemplateResult {
  context.title('Transcript')
  return html`<div class="view"><h1 tabindex="-1" class="sr">Loading the transcript…</h1><div class="ghosts" aria-hidden="true"><span class="ghost"></span><span class="ghost"></span><span class="ghost"></span></div></div>`
}

export function notLoaded(problem: unknown, context: ConsoleContext, again: () => void): TemplateResult {
  const isGone = problem instanceof ApiError && problem.status === 404
  context.title(isGone ? 'No such transcript' : 'Transcript')
  return html`<div class="view"><div class="notice" role="alert"><h1 tabindex="-1">${isGone ? 'There is no such transcript' : 'The transcript could not be loaded'}</h1>
    <p>${isGone ? 'It may have been deleted by staff or by the visitor, or have passed its retention.' : messageOf(problem)}</p>
    <p class="actions">${isGone ? nothing : html`<button class="button" type="button" @click=${again}>Try again</button>`}<a class="button" href=${pathOfList(context.lists.current?.query ?? '')}>All transcripts</a></p></div></div>`
}

/** Another answer of the conversation: it is read, and its reading noted in the audit log, when it is opened. */
export function otherTurn(
  item: TranscriptItem | Transcript,
  opened: Opened | string | undefined,
  {context, open}: {readonly context: ConsoleContext; readonly open: (answerId: string) => void},
): TemplateResult {
  const {answerId} = item
  return html`<li><details class="turn other" @toggle=${(event: Event) => (event.target as HTMLDetailsElement).open && open(answerId)}>
    <summary><bdi class="strong">${item.question === '' ? unkeptName(item) : visible(item.question)}</bdi>
      <span class="turn-head">${ending(item)}<span class="quiet">${timeAgo(item.startedAt)}</span></span></summary>
    ${
      opened === undefined
        ? html`<p class="quiet">Loading…</p>`
        : typeof opened === 'string'
          ? html`<p class="problem" role="alert">${opened}</p>`
          : html`<docent-answer .answer=${opened.state} .emptiedAt=${opened.emptiedAt} .imageHosts=${context.imageHosts}></docent-answer>`
    }
    <p class="actions"><a class="button" href=${pathOfTranscript(answerId)}>Open with replay and review</a></p></details></li>`
}

/** What a review may lead to. */
export function afterReview({answerId, question}: Transcript, {may}: ConsoleContext): TemplateResult {
  const query = `?answer=${encodeURIComponent(answerId)}`
  return html`${may('propose_verified') && question !== '' ? html`<p class="after-review"><a href="/console/verified/new${query}">Give a verified answer</a> <span class="quiet">to this question, whoever asks it</span></p>` : nothing}
    ${may('add_golden') ? html`<p class="after-review"><a href="/console/docs/golden/new${query}">Make it a golden question</a> <span class="quiet">that every reindex asks</span></p>` : nothing}`
}
