import {html, LitElement, nothing, type TemplateResult} from 'lit'
import {repeat} from 'lit/directives/repeat.js'
import {ApiError, messageOf} from '../api.ts'
import type {ConsoleContext} from '../context.ts'
import {timeAgo} from '../format.ts'
import {icon} from '../icons.ts'
import {isTyping} from '../keys.ts'
import {ending, unkeptName} from '../list/row.ts'
import {isLong, LongText, wholeButton} from '../long-text.ts'
import {pathOfList, pathOfTranscript} from '../router.ts'
import {isolated} from '../visible.ts'
import type {Review, Transcript, TranscriptItem} from '../wire.ts'
import {Answer} from './answer.ts'
import {bar, neighboursOf} from './bar.ts'
import {afterReview, loading, notLoaded, type Opened, otherTurn} from './beside.ts'
import {type Conversation, readConversation} from './conversation.ts'
import {deleteAllFrom} from './delete-visitor.ts'
import {facts} from './facts.ts'
import {PromptView} from './prompt-view.ts'
import {rawEvents} from './raw-events.ts'
import {Replay} from './replay.ts'
import {replayByKey} from './replay-keys.ts'
import {ReplayView} from './replay-view.ts'
import {ReviewForm} from './review-form.ts'
import {SourcesNowView} from './sources-now.ts'
import {timelineOf} from './timeline.ts'
import {waterfall} from './waterfall.ts'

customElements.define('docent-long', LongText)
customElements.define('docent-answer', Answer)
customElements.define('docent-replay', ReplayView)
customElements.define('docent-review', ReviewForm)
customElements.define('docent-sources-now', SourcesNowView)
customElements.define('docent-prompt', PromptView)

const runningPollMs = 5_000
/** The longest pause between two tries while the server does not answer. */
const longestPollMs = 60_000
/** More answers before the one that is shown are folded into one line. */
const maxBefore = 3

/** Another answer, or one that has ended meanwhile, is read anew. */
const keyOf = ({answerId, ending}: Transcript): string => `${answerId} ${ending}`

/** One transcript: its conversation, its replay, its review, and all that is known of it. */
export class TranscriptView extends LitElement {
  static override properties = {context: {attribute: false}, answerId: {attribute: false}}
  declare context: ConsoleContext
  declare answerId: string
  #shownFor: string | null = null
  #transcript: Transcript | null = null
  #problem: unknown = null
  #conversation: Conversation | null = null
  #conversationProblem: unknown = null
  /** Why an answer that is being written could not be read again. */
  #pollProblem: unknown = null
  /** Other turns that were opened, as they ended or why they could not be read, by answer id. */
  readonly #opened = new Map<string, Opened | string>()
  #showsQuestion = false
  #showsEvents = false
  #showsAllEvents = false
  #leaving = new AbortController()
  #timer: ReturnType<typeof setTimeout> | undefined

  protected override createRenderRoot(): HTMLElement {
    return this
  }

  override connectedCallback(): void {
    super.connectedCallback()
    addEventListener('keydown', this.#keys)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    removeEventListener('keydown', this.#keys)
    this.#leave()
    this.#shownFor = null
  }

  get #replay(): Replay | null {
    return this.querySelector<ReplayView>('docent-replay')?.replay ?? null
  }

  #leave(): void {
    this.#leaving.abort()
    clearTimeout(this.#timer)
  }

  protected override willUpdate(): void {
    if (this.#shownFor === this.answerId) return
    this.#leave()
    this.#shownFor = this.answerId
    this.#leaving = new AbortController()
    this.#transcript = null
    this.#conversation = null
    this.#conversationProblem = null
    this.#pollProblem = null
    this.#opened.clear()
    this.#showsAllEvents = false
    this.#showsQuestion = false
    void this.#load(this.#leaving.signal)
  }

  async #load(signal: AbortSignal): Promise<void> {
    this.#problem = null
    try {
      const path = `/transcripts/${encodeURIComponent(this.answerId)}`
      const transcript = await this.context.api.send<Transcript>(path, {signal})
      this.#show(transcript, signal)
      void this.updateComplete.then(() => this.context.settled())
      this.#conversation = await readConversation(this.context.api, transcript.conversation, signal)
      this.requestUpdate()
    } catch (error) {
      if (signal.aborted) return
      if (this.#transcript === null) {
        this.#problem = error
        void this.updateComplete.then(() => this.context.settled())
      } else this.#conversationProblem = error
      this.requestUpdate()
    }
  }

  #show(transcript: Transcript, signal: AbortSignal): void {
    this.#transcript = transcript
    this.requestUpdate()
    if (transcript.ending === null) this.#watch(transcript, signal)
  }

  /**
   * Reads an answer that is being written again, until it has ended; not while somebody looks at an earlier moment. After a
   * failure it tries again, each time after a longer pause.
   */
  #watch(transcript: Transcript, signal: AbortSignal, failures = 0): void {
    const pauseMs = Math.min(runningPollMs * 2 ** failures, longestPollMs)
    this.#timer = setTimeout(async () => {
      if (this.#replay?.isAtEnd === false) return this.#watch(transcript, signal, failures)
      try {
        const path = `/transcripts/${encodeURIComponent(transcript.answerId)}`
        const now = await this.context.api.send<Transcript>(path, {signal})
        this.#pollProblem = null
        this.#show(now, signal)
      } catch (error) {
        if (signal.aborted) return
        if (error instanceof ApiError && error.status === 404) {
          this.#transcript = null
          this.#problem = error
        } else {
          this.#pollProblem = error
          this.#watch(transcript, signal, failures + 1)
        }
        this.requestUpdate()
      }
    }, pauseMs)
  }

  protected override render(): TemplateResult {
    const transcript = this.#transcript
    if (transcript === null)
      return this.#problem === null
        ? loading(this.context)
        : notLoaded(this.#problem, this.context, () => void this.#load(this.#leaving.signal))
    this.context.title(transcript.question === '' ? 'Transcript' : transcript.question.slice(0, 80))
    const {lists, may} = this.context
    return html`<article class="view transcript">
      ${bar(this.context, transcript.answerId)}
      ${this.#heading(transcript)}
      <p class="under">${ending(transcript)}<span>${timeAgo(transcript.startedAt)}</span>${transcript.errorDetail ? html`<docent-long .text=${transcript.errorDetail}></docent-long>` : nothing}</p>
      <p class="polling" role="status">${this.#pollProblem === null ? nothing : `${messageOf(this.#pollProblem).replace(/ Try again\.$/, '')} What is shown may be old. Trying again…`}</p>
      <div class="columns">
        <section class="conversation" aria-labelledby="conversation"><h2 id="conversation">Conversation${(this.#conversation?.turns.length ?? 1) > 1 ? html` <span class="n">${this.#conversation!.turns.length}</span>` : nothing}</h2>${this.#turns(transcript)}</section>
        <div class="side">
          ${
            may('review_transcripts')
              ? html`<section aria-labelledby="review"><h2 id="review">Review</h2><docent-review .context=${this.context} .answerId=${transcript.answerId} .review=${transcript.review} @reviewed=${this.#reviewed}></docent-review>${afterReview(transcript, this.context)}</section>`
              : nothing
          }
          <section aria-labelledby="timings"><h2 id="timings">Timings</h2>${waterfall(transcript, timelineOf(transcript))}</section>
          <section aria-labelledby="facts"><h2 id="facts">Details</h2>${facts(transcript)}</section>
        </div>
      </div>
      ${repeat([transcript], keyOf, ({answerId}) => html`<docent-sources-now .context=${this.context} .answerId=${answerId}></docent-sources-now><docent-prompt .context=${this.context} .answerId=${answerId}></docent-prompt>`)}
      <details class="raw" ?open=${this.#showsEvents} @toggle=${this.#toggleEvents}><summary>Raw events <span class="n">${transcript.events.length}</span></summary>${this.#showsEvents ? rawEvents(transcript, this.context, this.#showsAllEvents, this.#showAllEvents) : nothing}</details>
      ${may('delete_transcripts') ? html`<p class="end"><button class="button danger" type="button" @click=${() => void this.#delete(transcript, lists)}>${icon('trash')}Delete this answer…</button>${transcript.visitor ? html` <button class="button danger" type="button" @click=${() => void deleteAllFrom(transcript.visitor!, this.context)}>${icon('trash')}Delete everything from this address…</button>` : nothing}</p>` : nothing}
    </article>`
  }

  #heading(transcript: Transcript): TemplateResult {
    const {question} = transcript
    const words = question === '' ? unkeptName(transcript) : isolated(question)
    if (!isLong(question)) return html`<h1 tabindex="-1" dir="auto">${words}</h1>`
    const toggle = (): void => {
      this.#showsQuestion = !this.#showsQuestion
      this.requestUpdate()
    }
    return html`<h1 tabindex="-1" dir="auto" class=${this.#showsQuestion ? nothing : 'clamped'}>${words}</h1>${wholeButton(this.#showsQuestion, toggle)}`
  }

  #turns(transcript: Transcript): TemplateResult {
    const conversation = this.#conversation
    const turns: readonly (TranscriptItem | Transcript)[] = conversation?.turns.some(
      ({answerId}) => answerId === transcript.answerId,
    )
      ? conversation.turns
      : [transcript]
    const isOne = turns.length === 1
    const at = turns.findIndex(({answerId}) => answerId === transcript.answerId)
    const folded = at > maxBefore ? turns.slice(0, at) : []
    return html`${this.#conversationProblem === null ? nothing : html`<p class="problem" role="alert">The rest of the conversation could not be loaded: ${messageOf(this.#conversationProblem)}</p>`}
      ${folded.length === 0 ? nothing : html`<details class="earlier"><summary>${folded.length} earlier</summary><ol class="turns">${folded.map((turn) => this.#other(turn))}</ol></details>`}
      <ol class="turns" start=${folded.length + 1}>${repeat(
        turns.slice(folded.length),
        ({answerId}) => answerId,
        (turn) =>
          turn.answerId === transcript.answerId ? this.#selected(transcript, isOne) : this.#other(turn),
      )}</ol>
      ${conversation?.hasMore ? html`<p><a href=${pathOfList(new URLSearchParams({conversation: transcript.conversation}).toString())}>The conversation goes on: list all its answers</a></p>` : nothing}`
  }

  #selected(transcript: Transcript, isOne: boolean): TemplateResult {
    return html`<li class="turn selected" aria-current=${isOne ? nothing : 'true'}>
      <docent-replay .transcript=${transcript} .imageHosts=${this.context.imageHosts}></docent-replay></li>`
  }

  #other(item: TranscriptItem | Transcript): TemplateResult {
    const open = (answerId: string): void => void this.#open(answerId)
    return otherTurn(item, this.#opened.get(item.answerId), {context: this.context, open})
  }

  async #open(answerId: string): Promise<void> {
    if (typeof this.#opened.get(answerId) === 'object') return
    const {signal} = this.#leaving
    try {
      const path = `/transcripts/${encodeURIComponent(answerId)}`
      const transcript = await this.context.api.send<Transcript>(path, {signal})
      const {state} = new Replay(transcript, () => {})
      this.#opened.set(answerId, {state, emptiedAt: transcript.emptiedAt})
    } catch (error) {
      if (signal.aborted) return
      this.#opened.set(answerId, messageOf(error))
    }
    this.requestUpdate()
  }

  readonly #keys = (event: KeyboardEvent): void => {
    const replay = this.#replay
    const isBusy = document.querySelector('dialog[open], [popover]:popover-open') !== null
    if (!this.context.hasKeys || isTyping(event) || isBusy) return
    if (event.key === 'j' || event.key === 'k') void this.#step(event.key === 'j')
    else if (replay !== null) replayByKey(event, replay)
  }

  async #step(isForth: boolean): Promise<void> {
    const list = this.context.lists.current
    const {answerId} = this
    if (
      isForth &&
      neighboursOf(this.context, answerId)[1] === null &&
      list?.items.some((item) => item.answerId === answerId)
    ) {
      await list.more()
    }
    const next = neighboursOf(this.context, answerId)[isForth ? 1 : 0]
    if (next === null)
      return this.context.announce(isForth ? 'This is the last in the list' : 'This is the first in the list')
    list!.opened = next.answerId
    this.context.router.go(pathOfTranscript(next.answerId))
  }

  readonly #reviewed = (event: CustomEvent<{answerId: string; review: Review | null}>): void => {
    const {answerId, review} = event.detail
    if (this.#transcript?.answerId === answerId) this.#transcript = {...this.#transcript, review}
    this.requestUpdate()
  }

  readonly #toggleEvents = (event: Event): void => {
    this.#showsEvents = (event.target as HTMLDetailsElement).open
    this.requestUpdate()
  }

  readonly #showAllEvents = (): void => {
    const shown = this.querySelectorAll('.events tbody tr').length
    this.#showsAllEvents = true
    this.requestUpdate()
    // The button is gone: whoever works by keys goes on at what is new.
    void this.updateComplete.then(() =>
      this.querySelectorAll<HTMLElement>('.events tbody tr')[shown]?.focus(),
    )
  }

  async #delete({answerId}: Transcript, lists: ConsoleContext['lists']): Promise<void> {
    const {confirm, api, announce, router} = this.context
    const question = {
      title: 'Delete this answer?',
      text: 'Its question, text, events and review are removed for good, for the visitor as well.',
      action: 'Delete for good',
    }
    if (!(await confirm(question))) return
    try {
      const rest = await api.send<{readonly erased?: boolean} | null>(
        `/transcripts/${encodeURIComponent(answerId)}`,
        {
          method: 'DELETE',
        },
      )
      lists.remove(answerId)
      router.go(pathOfList(lists.current?.query ?? ''))
      announce(
        rest?.erased === false
          ? 'Deleted. Copies stay on the disk until another process that reads them ends.'
          : 'Deleted',
      )
    } catch (error) {
      announce(messageOf(error))
    }
  }
}
