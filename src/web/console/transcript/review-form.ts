import {html, LitElement, nothing, type PropertyValues, type TemplateResult} from 'lit'
import {ApiError, messageOf} from '../api.ts'
import type {ConsoleContext} from '../context.ts'
import {timeAgo} from '../format.ts'
import {store, stored} from '../storage.ts'
import {isolated} from '../visible.ts'
import {type Review, type Transcript, type Verdict, verdicts} from '../wire.ts'
import {verdictWords} from '../words.ts'

interface Draft {
  readonly verdict: Verdict | null
  readonly note: string
  readonly correctedAnswer: string
}

const draftOf = (review: Review | null): Draft => ({
  verdict: review?.verdict ?? null,
  note: review?.note ?? '',
  correctedAnswer: review?.correctedAnswer ?? '',
})

/**
 * The review of one answer. What is written and not saved is kept in this tab, also when the page is left. Dispatches
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
  #draft: Draft = draftOf(null)
  #problem: string | null = null
  #isSaving = false

  protected override createRenderRoot(): HTMLElement {
    return this
  }

  get #storedAs(): string {
    return `review:${this.answerId}`
  }

  get #isUnsaved(): boolean {
    return JSON.stringify(this.#draft) !== JSON.stringify(draftOf(this.review))
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (this.#shownFor === this.answerId) {
      // Somebody else has reviewed it meanwhile: what is not begun here is brought up to date.
      const before = draftOf(changed.get('review') ?? null)
      const isBegun = JSON.stringify(this.#draft) !== JSON.stringify(before)
      if (changed.has('review') && !isBegun) this.#draft = draftOf(this.review)
      return
    }
    this.#shownFor = this.answerId
    this.#problem = null
    this.#draft = stored<Draft>('sessionStorage', this.#storedAs) ?? draftOf(this.review)
  }

  protected override render(): TemplateResult {
    const {review} = this
    const draft = this.#draft
    return html`<form class="review" @submit=${this.#save} @input=${this.#written}>
      <p class="quiet">${review === null ? 'Not reviewed yet.' : html`Reviewed ${review.by === null ? nothing : html`by ${isolated(review.by)}`} ${timeAgo(review.at)}`}${this.#isUnsaved ? html` <span class="unsaved">Not saved</span>` : nothing}</p>
      <fieldset><legend>Verdict</legend><div class="verdicts">${verdicts.map(
        (one) =>
          html`<label class="pill"><input type="radio" name="verdict" value=${one} .checked=${draft.verdict === one}><span>${verdictWords[one]}</span></label>`,
      )}</div></fieldset>
      <label class="field"><span>Note</span><textarea name="note" rows="2" maxlength="10000" dir="auto" .value=${draft.note}></textarea></label>
      <label class="field"><span>What the answer should have said</span><textarea name="correctedAnswer" rows="3" maxlength="50000" dir="auto" .value=${draft.correctedAnswer}></textarea></label>
      ${this.#problem === null ? nothing : html`<p class="problem" role="alert">${this.#problem}</p>`}
      <p class="actions"><button class="primary" type="submit" aria-disabled=${this.#isSaving}>${this.#isSaving ? 'Saving…' : 'Save review'}</button>
        ${this.#isUnsaved ? html`<button class="button" type="button" @click=${this.#discard}>Discard changes</button>` : nothing}</p>
    </form>`
  }

  readonly #written = (): void => {
    const fields = new FormData(this.querySelector('form')!)
    this.#draft = {
      verdict: (fields.get('verdict') as Verdict | null) ?? null,
      note: String(fields.get('note') ?? ''),
      correctedAnswer: String(fields.get('correctedAnswer') ?? ''),
    }
    store('sessionStorage', this.#storedAs, this.#isUnsaved ? this.#draft : null)
    this.requestUpdate()
  }

  readonly #discard = (): void => {
    this.#draft = draftOf(this.review)
    store('sessionStorage', this.#storedAs, null)
    this.#problem = null
    this.requestUpdate()
  }

  readonly #save = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault()
    if (this.#isSaving) return
    const {verdict, note, correctedAnswer} = this.#draft
    if (verdict === null) {
      this.#problem = 'Choose a verdict first.'
      this.requestUpdate()
      this.querySelector<HTMLElement>('[name="verdict"]')?.focus()
      return
    }
    this.#isSaving = true
    this.#problem = null
    this.requestUpdate()
    const {answerId} = this
    const sent = this.#draft
    const replaced = this.review
    try {
      const {review} = await this.context.api.send<{readonly review: Review}>(
        `/transcripts/${encodeURIComponent(answerId)}/review`,
        {
          method: 'PUT',
          body: {
            verdict,
            note: note.trim() || null,
            correctedAnswer: correctedAnswer.trim() || null,
            replaces: replaced?.at ?? null,
          },
        },
      )
      this.#saved(answerId, review, sent)
    } catch (error) {
      if (error instanceof ApiError && error.code === 'conflict') await this.#showOther(answerId)
      else if (answerId === this.answerId) this.#problem = messageOf(error)
    }
    this.#isSaving = false
    this.requestUpdate()
  }

  /** Somebody else has reviewed it meanwhile. What is written here stays, and is saved over that when it is saved again. */
  async #showOther(answerId: string): Promise<void> {
    try {
      const {review} = await this.context.api.send<Transcript>(`/transcripts/${encodeURIComponent(answerId)}`)
      this.context.lists.update(answerId, {verdict: review?.verdict ?? null})
      if (answerId !== this.answerId) return
      this.#announceReview(answerId, review)
      this.#problem =
        review === null
          ? 'The review was removed meanwhile. Save again to write yours.'
          : `${review.by ?? 'Somebody'} has reviewed this meanwhile: ${verdictWords[review.verdict]}${review.note === null ? '' : ` (“${review.note}”)`}. Save again to replace it.`
    } catch (error) {
      this.#problem = messageOf(error)
    }
  }

  #announceReview(answerId: string, review: Review | null): void {
    this.dispatchEvent(new CustomEvent('reviewed', {detail: {answerId, review}}))
    if (answerId === this.answerId) this.review = review
  }

  /** What was written while it was being saved stays. */
  #saved(answerId: string, review: Review, sent: Draft): void {
    this.context.lists.update(answerId, {verdict: review.verdict})
    this.context.announce('Review saved')
    this.#announceReview(answerId, review)
    const isShown = answerId === this.answerId
    if (isShown && this.#draft !== sent) return
    if (isShown) this.#draft = draftOf(review)
    store('sessionStorage', `review:${answerId}`, null)
  }
}
