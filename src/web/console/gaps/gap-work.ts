import {html, LitElement, nothing, type PropertyValues, type TemplateResult} from 'lit'
import {ApiError, messageOf} from '../api.ts'
import type {ConsoleContext} from '../context.ts'
import {icon} from '../icons.ts'
import {KeptFocus} from '../kept-focus.ts'
import {theirsBeside} from '../theirs.ts'
import {isolated} from '../visible.ts'
import {changesGaps, type Gap, type GapDetail, type GapState} from './wire.ts'
import {stateWords} from './words.ts'

interface Written {
  readonly assignee: string
  readonly note: string
}

interface Draft extends Written {
  /** What stood there when it was begun. */
  readonly from: Written
}

const writtenIn = ({assignee, note}: Gap): Written => ({assignee: assignee ?? '', note: note ?? ''})

const isSame = (one: Written, other: Written): boolean =>
  one.assignee.trim() === other.assignee.trim() && one.note.trim() === other.note.trim()

/**
 * Who works on a gap, their note, and its state. What is written and not saved is kept in this tab with what stood there
 * before: what a colleague has written since is shown beside it, and not replaced unseen. Dispatches `changed` with the gap
 * as it was stored.
 */
export class GapWork extends LitElement {
  static override properties = {
    context: {attribute: false},
    gap: {attribute: false},
    me: {attribute: false},
    people: {attribute: false},
  }
  declare context: ConsoleContext
  declare gap: GapDetail
  declare me: string | null
  /** Suggested besides. */
  declare people: readonly string[]
  #shownFor: string | null = null
  /** Null where nothing is begun. */
  #draft: Draft | null = null
  #problem: string | null = null
  #isSending = false

  constructor() {
    super()
    new KeptFocus(this, 'h2')
  }

  protected override createRenderRoot(): HTMLElement {
    return this
  }

  get #isOvertaken(): boolean {
    return this.#draft !== null && !isSame(this.#draft.from, writtenIn(this.gap))
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('gap')) return
    const {id} = this.gap
    if (this.#shownFor !== id) {
      this.#shownFor = id
      this.#problem = null
      this.#draft = this.context.drafts.read<Draft>(`gap:${id}`)
    }
    // What somebody has saved in the same words is not to be saved again.
    if (this.#draft !== null && isSame(this.#draft, writtenIn(this.gap))) this.#keep(null)
  }

  #keep(draft: Draft | null): void {
    this.#draft = draft
    this.context.drafts.write(`gap:${this.gap.id}`, draft)
    this.requestUpdate()
  }

  protected override render(): TemplateResult {
    const {gap} = this
    if (!this.context.may(changesGaps)) return this.#readOnly()
    const draft = this.#draft ?? writtenIn(gap)
    const names = [...new Set([...(this.me === null ? [] : [this.me]), ...this.people])]
    return html`<section aria-labelledby="work"><h2 id="work" tabindex="-1">Work on it</h2>
      <form class="gap-work" @submit=${this.#submit} @input=${this.#written}>
        <label class="field"><span>Assigned to</span><input name="assignee" maxlength="100" autocomplete="off" spellcheck="false" list="assignees" placeholder="Nobody" .value=${draft.assignee}></label>
        <datalist id="assignees">${names.map((name) => html`<option value=${name}></option>`)}</datalist>
        ${this.me === null || draft.assignee.trim() === this.me ? nothing : html`<button class="link" type="button" @click=${this.#takeOn}>${icon('person')}Assign to me</button>`}
        <label class="field"><span>Note</span><textarea name="note" rows="3" maxlength="4000" dir="auto" .value=${draft.note}></textarea></label>
        ${this.#problem === null ? nothing : html`<p class="problem" role="alert">${this.#problem}</p>`}
        ${this.#isOvertaken ? this.#theirs() : this.#actions()}
      </form>
      <p class="actions states-of">${gap.state === 'open' ? html`${this.#button('Close', 'closed')}${this.#button('Dismiss', 'dismissed')}` : this.#button('Open again', 'open')}</p>
      <p class="quiet">${gap.state === 'open' ? 'Close it when the docs answer it now. Dismiss it when they never need to.' : gap.state === 'closed' ? 'Open it again when its questions are not answered after all.' : 'It stays dismissed when its questions are asked again.'}</p>
    </section>`
  }

  #readOnly(): TemplateResult {
    const {assignee, note} = this.gap
    return html`<section aria-labelledby="work"><h2 id="work">Work on it</h2><dl class="facts"><div><dt>Assigned to</dt><dd>${assignee === null ? 'nobody' : isolated(assignee)}</dd></div>
      ${note === null ? nothing : html`<div><dt>Note</dt><dd dir="auto" class="kept-lines">${isolated(note)}</dd></div>`}</dl>
      <p class="quiet">Docs staff assign, close and dismiss gaps.</p></section>`
  }

  #actions(): TemplateResult | typeof nothing {
    if (this.#draft === null) return nothing
    return html`<p class="actions"><button class="primary" type="submit" aria-disabled=${this.#isSending}>${this.#isSending ? 'Saving…' : 'Save'}</button>
      <button class="button" type="button" @click=${() => this.#keep(null)}>Discard changes</button><span class="unsaved">Not saved</span></p>`
  }

  #theirs(): TemplateResult {
    const {gap} = this
    const [last] = gap.history
    const theirs = {
      by: last?.by ?? null,
      at: last?.at ?? Date.now(),
      what: 'has changed this',
      fields: [
        ['Assigned to', gap.assignee ?? 'nobody'],
        ['Note', gap.note ?? 'none'],
        ['State', stateWords[gap.state].words],
      ] as const,
    }
    const save = (): void => {
      this.#keep({...this.#draft!, from: writtenIn(gap)})
      void this.#save()
    }
    return theirsBeside(theirs, {save, discard: () => this.#keep(null), isSending: this.#isSending})
  }

  #button(words: string, state: GapState): TemplateResult {
    return html`<button class="button" type="button" aria-disabled=${this.#isSending} @click=${() => void this.#setState(state)}>${words}</button>`
  }

  readonly #written = (): void => {
    const given = new FormData(this.querySelector('form')!)
    const written = {assignee: String(given.get('assignee') ?? ''), note: String(given.get('note') ?? '')}
    const saved = writtenIn(this.gap)
    const from = this.#draft?.from ?? saved
    const isSaved = written.assignee === saved.assignee && written.note === saved.note
    this.#keep(isSaved ? null : {...written, from})
  }

  readonly #submit = (event: SubmitEvent): void => {
    event.preventDefault()
    if (this.#draft !== null && !this.#isOvertaken) void this.#save()
  }

  /** At once: nothing else that is written is saved with it. */
  readonly #takeOn = async (): Promise<void> => {
    const {me} = this
    if (me === null) return
    const draft = this.#draft
    const saved = await this.#change({assignee: me}, (gap) => gap.assignee === this.gap.assignee)
    if (saved === null) return
    this.context.announce('Assigned to you')
    if (saved.id !== this.gap.id) return
    // A note that is begun goes on from here.
    if (draft !== null)
      this.#keep({...draft, assignee: me, from: {...draft.from, assignee: saved.assignee ?? ''}})
  }

  async #save(): Promise<void> {
    const draft = this.#draft
    if (draft === null) return
    const {assignee, note} = draft
    const change = {assignee: assignee.trim() || null, note: note.trim() || null}
    const saved = await this.#change(change, (gap) => isSame(writtenIn(gap), draft.from))
    if (saved === null) return
    this.context.announce('Saved')
    if (saved.id !== this.gap.id) return this.context.drafts.write(`gap:${saved.id}`, null)
    // What was written while it was being saved stays.
    const now = this.#draft
    if (now !== null) this.#keep(isSame(now, draft) ? null : {...now, from: writtenIn(saved)})
  }

  /** As its button does. */
  reopen(): Promise<void> {
    return this.#setState('open')
  }

  async #setState(state: GapState): Promise<void> {
    const before = this.gap.state
    const saved = await this.#change({state}, (gap) => gap.state === before)
    if (saved !== null) this.context.announce(state === 'open' ? 'Opened again' : stateWords[state].words)
  }

  /**
   * One change at a time. Where the gap has another revision by now, it is sent once more if what it changes is as it was
   * (`isAsBefore`); else the gap is shown as it is now, and what is written stays.
   * @returns null: not saved
   */
  async #change(change: object, isAsBefore: (gap: Gap) => boolean): Promise<Gap | null> {
    if (this.#isSending) return null
    this.#isSending = true
    this.#problem = null
    this.requestUpdate()
    try {
      const saved = await this.#send(change, this.gap.revision, isAsBefore)
      // What is written is shown beside theirs; a button has nothing to show.
      if (saved === null && !this.#isOvertaken)
        this.#problem = 'Somebody has changed this gap meanwhile. Look at it as it is now.'
      return saved
    } catch (error) {
      this.#problem = messageOf(error)
      return null
    } finally {
      this.#isSending = false
      this.requestUpdate()
    }
  }

  async #send(change: object, revision: number, isAsBefore: (gap: Gap) => boolean): Promise<Gap | null> {
    const {api} = this.context
    const path = `/gaps/${encodeURIComponent(this.gap.id)}`
    const patch = (revision: number): Promise<Gap> =>
      api.send<Gap>(path, {method: 'PATCH', body: {revision, ...change}})
    try {
      return this.#show(await patch(revision))
    } catch (error) {
      if (!(error instanceof ApiError && error.code === 'conflict')) throw error
    }
    const now = await api.send<GapDetail>(path)
    if (isAsBefore(now)) return this.#show(await patch(now.revision))
    this.#show(now)
    return null
  }

  #show(gap: Gap): Gap {
    // Somebody may have gone on to another one.
    if (this.gap.id === gap.id) this.gap = {...this.gap, ...gap}
    this.dispatchEvent(new CustomEvent('changed', {detail: gap}))
    return gap
  }
}
