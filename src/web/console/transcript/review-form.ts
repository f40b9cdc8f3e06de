import {html, LitElement, nothing, type PropertyValues, type TemplateResult} from 'lit'
import {ApiError, messageOf} from '../api.ts'
import type {ConsoleContext} from '../context.ts'
import {timeAgo} from '../format.ts'
import {theirsBeside} from '../theirs.ts'
import {isolated} from '../visible.ts'
import {type Review, type Transcript, type Verdict, verdicts} from '../wire.ts'
import {verdictWords} from '../words.ts'

interface Written {
  readonly verdict: Verdict | null
  readonly note: string
  readonly correctedAnswer: string
}

interface Draft extends Written {
  /** When the review was written that it began from; null where there was none. */
  readonly basedOn: number | null
}

const writtenIn = (review: Review | null): Written => ({
  verdict: review?.verdict ?? null,
  note: review?.note ?? '',
  correctedAnswer: review?.correctedAnswer ?? '',
})

const isSame = (one: Written, other: Written): boolean =>
  one.verdict === other.verdict &&
  one.note.trim() === other.note.trim() &&
  one.correctedAnswer.trim() === other.correctedAnswer.trim()

/**
 * The review of one answer. What is written and not saved is kept in this tab, also when the page is left, with the review
 * that it began from: one that a colleague has saved since is shown beside it, and not replaced unseen. Dispatches
 * `reviewed` with the review as it was stored.
 */
export class ReviewForm extends LitElement {
  static override properties = {
    context: {attribute: false},
    answerId: {attribute: false},
    review: {attribute: false},
  }
  declare context: ConsoleContext
  declare answerId: string
  declare review: Review | null
  #shownFor: string | null = null
  /** Null where nothing is begun. */
  #draft: Draft | null = null
  #problem: string | null = null
  #isSaving = false

  protected override createRenderRoot(): HTMLElement {
    return this
  }

  get #storedAs(): string {
    return `review:${this.answerId}`
  }

  /** Whether the review is another one than what is written here began from. */
  get #isOvertaken(): boolean {
    return this.#draft !== null && this.#draft.basedOn !== (this.review?.at ?? null)
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (this.#shownFor !== this.answerId) {
      this.#shownFor = this.answerId
      this.#problem = null
      this.#draft = this.context.drafts.read<Draft>(this.#storedAs)
    } else if (!changed.has('review')) return
    // What somebody has saved in the same words is not to be saved again.
    if (this.#draft !== null && isSame(this.#draft, writtenIn(this.review))) this.#keep(null)
  }

  /** Null: nothing is begun. */
  #keep(draft: Draft | null): void {
    this.#draft = draft
    this.context.drafts.write(this.#storedAs, draft)
    this.requestUpdate()
  }

  protected override render(): TemplateResult {
    const {review} = this
    const draft = this.#draft ?? writtenIn(review)
    return html`<form class="review" @submit=${this.#submit} @input=${this.#written}>
      <p class="quiet">${review === null ? 'Not reviewed yet.' : html`Reviewed ${review.by === null ? nothing : html`by ${isolated(review.by)}`} ${timeAgo(review.at)}`}${this.#draft !== null ? html` <span class="unsaved">Not saved</span>` : nothing}</p>
      <fieldset><legend>Verdict</legend><div class="verdicts">${verdicts.map(
        (one) =>
          html`<label class="pill"><input type="radio" name="verdict" value=${one} .checked=${draft.verdict === one}><span>${verdictWords[one]}</span></label>`,
      )}</div></fieldset>
      <label class="field"><span>Note</span><textarea name="note" rows="2" maxlength="10000" dir="auto" .value=${draft.note}></textarea></label>
      <label class="field"><span>What the answer should have said</span><textarea name="correctedAnswer" rows="3" maxlength="50000" dir="auto" .value=${draft.correctedAnswer}></textarea></label>
      ${this.#problem === null ? nothing : html`<p class="problem" role="alert">${this.#problem}</p>`}
      ${this.#isOvertaken ? this.#theirs(review) : this.#actions()}
    </form>`
  }

  #actions(): TemplateResult {
    return html`<p class="actions"><button class="primary" type="submit" aria-disabled=${this.#isSaving}>${this.#isSaving ? 'Saving…' : 'Save review'}</button>
      ${this.#draft !== null ? html`<button class="button" type="button" @click=${this.#discard}>Discard changes</button>` : nothing}</p>`
  }

  #theirs(review: Review | null): TemplateResult {
    const theirs = review && {
      by: review.by,
      at: review.at,
      what: 'has reviewed this',
      fields: [
        ['Verdict', verdictWords[review.verdict]],
        ['Note', review.note],
        ['What the answer should have said', review.correctedAnswer],
      ] as const,
    }
    const save = (): void => {
      this.#keep({...this.#draft!, basedOn: review?.at ?? null})
      void this.#save()
    }
    return theirsBeside(theirs, {save, discard: this.#discard, isSending: this.#isSaving})
  }

  readonly #written = (): void => {
    const fields = new FormData(this.querySelector('form')!)
    const written: Written = {
      verdict: (fields.get('verdict') as Verdict | null) ?? null,
      note: String(fields.get('note') ?? ''),
      correctedAnswer: String(fields.get('correctedAnswer') ?? ''),
    }
    const basedOn = this.#draft === null ? (this.review?.at ?? null) : this.#draft.basedOn
    const isBegun = JSON.stringify(written) !== JSON.stringify(writtenIn(this.review))
    this.#keep(isBegun ? {...written, basedOn} : null)
  }

  readonly #discard = (): void => {
    this.#problem = null
    this.#keep(null)
  }

  readonly #submit = (event: SubmitEvent): void => {
    event.preventDefault()
    void this.#save()
  }

  async #save(): Promise<void> {
    if (this.#isSaving) return
    const {answerId} = this
    const basedOn = this.review?.at ?? null
    const sent = this.#draft ?? {...writtenIn(this.review), basedOn}
    const {verdict, note, correctedAnswer} = sent
    if (verdict === null) {
      this.#problem = 'Choose a verdict first.'
      this.requestUpdate()
      this.querySelector<HTMLElement>('[name="verdict"]')?.focus()
      return
    }
    this.#isSaving = true
    this.#problem = null
    this.requestUpdate()
    const body = {
      verdict,
      note: note.trim() || null,
      correctedAnswer: correctedAnswer.trim() || null,
      replaces: sent.basedOn,
    }
    const path = `/transcripts/${encodeURIComponent(answerId)}`
    try {
      const {review} = await this.context.api.send<{readonly review: Review}>(`${path}/review`, {
        method: 'PUT',
        body,
      })
      this.context.announce('Review saved')
      this.#saved(answerId, review, sent)
    } catch (error) {
      if (error instanceof ApiError && error.code === 'conflict') await this.#showTheirs(answerId, path)
      else if (answerId === this.answerId) this.#problem = messageOf(error)
    }
    this.#isSaving = false
    this.requestUpdate()
  }

  /** Somebody else has reviewed it meanwhile. */
  async #showTheirs(answerId: string, path: string): Promise<void> {
    try {
      const {review} = await this.context.api.send<Transcript>(path)
      this.#announceReview(answerId, review)
    } catch (error) {
      if (answerId === this.answerId) this.#problem = messageOf(error)
    }
  }

  #announceReview(answerId: string, review: Review | null): void {
    this.context.lists.update(answerId, {verdict: review?.verdict ?? null})
    this.dispatchEvent(new CustomEvent('reviewed', {detail: {answerId, review}}))
    if (answerId === this.answerId) this.review = review
  }

  /** What was written while it was being saved stays, and goes on from what is saved now. */
  #saved(answerId: string, review: Review, sent: Draft): void {
    const {drafts} = this.context
    const name = `review:${answerId}`
    const written = answerId === this.answerId ? this.#draft : drafts.read<Draft>(name)
    const draft = written === null || isSame(written, sent) ? null : {...written, basedOn: review.at}
    if (answerId === this.answerId) this.#keep(draft)
    else drafts.write(name, draft)
    this.#announceReview(answerId, review)
  }
}
