import {html, nothing, type TemplateResult} from 'lit'
import {messageOf} from '../api.ts'
import {loadFailed, loading} from '../docs/frame.ts'
import {LoadedView} from '../docs/loaded-view.ts'
import {counted, exactTime, timeAgo} from '../format.ts'
import {icon} from '../icons.ts'
import {pathOfList, pathOfTranscript} from '../router.ts'
import {isolated} from '../visible.ts'
import type {HandoverItem, HandoverPage} from './wire.ts'

/** The links that hand conversations over, the newest first. */
export class HandoversView extends LoadedView<HandoverPage> {
  #isLoadingMore = false

  protected wanted(): string {
    return '/handovers'
  }

  protected read(path: string, signal: AbortSignal): Promise<HandoverPage> {
    return this.context.api.send<HandoverPage>(path, {signal})
  }

  protected override render(): TemplateResult {
    this.context.title('Hand-over links')
    return html`<div class="view">
      <nav class="steps" aria-label="Hand-over links"><a class="back" href=${pathOfList('')}>${icon('back')}All transcripts</a></nav>
      <div class="head"><h1 tabindex="-1">Hand-over links</h1></div>
      <p class="quiet lead">Each shows one conversation, redacted, to whoever has its address. Those that have ended are listed for 30 days more.</p>
      ${this.#content()}</div>`
  }

  #content(): TemplateResult {
    if (this.problem !== null) return loadFailed('The links could not be loaded', this.problem, this.reload)
    if (this.value === null) return loading('hand-over links')
    const {items, nextCursor} = this.value
    if (items.length === 0)
      return html`<div class="notice"><h2>No hand-over links</h2><p>Open a transcript and choose “Hand over…” to make one.</p></div>`
    return html`<ol class="golden-list" aria-label="Hand-over links">${items.map((item) => this.#item(item))}</ol>
      ${nextCursor === null ? nothing : html`<p class="more"><button class="button" type="button" aria-disabled=${this.#isLoadingMore} @click=${() => void this.#loadMore(nextCursor)}>Show more</button></p>`}`
  }

  #item(item: HandoverItem): TemplateResult {
    const {ref, question, madeBy, madeAt, note, openings, openedAt, isOpen, mayWithdraw} = item
    const words =
      question === null
        ? 'Its transcript was deleted: it shows nothing'
        : question || 'A question whose words are not kept'
    return html`<li>
      <div><p class="strong">${question === null ? html`<span class="quiet">${words}</span>` : html`<a href=${pathOfTranscript(ref)}><bdi>${isolated(words)}</bdi></a>`} ${note === null ? nothing : html`<span class="chip"><bdi>${isolated(note)}</bdi></span>`}</p>
        <p class="quiet">By ${isolated(madeBy)}, ${timeAgo(madeAt)} · ${openings === 0 ? 'not opened yet' : html`opened ${counted(openings, 'time')}, last ${timeAgo(openedAt!)}`}</p>
        <p class="quiet">${stateOf(item)}</p></div>
      ${isOpen && mayWithdraw ? html`<button class="button" type="button" @click=${() => void this.#withdraw(item)}>${icon('close')}Withdraw…<span class="sr"> ${words}</span></button>` : nothing}</li>`
  }

  async #loadMore(cursor: string): Promise<void> {
    const shown = this.value!
    if (this.#isLoadingMore) return
    this.#isLoadingMore = true
    this.requestUpdate()
    try {
      const next = await this.context.api.send<HandoverPage>(
        `/handovers?cursor=${encodeURIComponent(cursor)}`,
      )
      // It was read again meanwhile.
      if (this.value === shown) this.value = {...next, items: [...shown.items, ...next.items]}
    } catch (error) {
      this.context.announce(messageOf(error))
    }
    this.#isLoadingMore = false
    this.requestUpdate()
  }

  async #withdraw(item: HandoverItem): Promise<void> {
    const {id, question} = item
    const {confirm, api, announce} = this.context
    const text = `${!question ? 'The link' : `The link to “${question.slice(0, 200)}”`} stops working at once, for everybody.`
    if (!(await confirm({title: 'Withdraw this link?', text, action: 'Withdraw'}))) return
    try {
      await api.send(`/handovers/${encodeURIComponent(id)}`, {method: 'DELETE'})
      this.#replace({...item, isOpen: false, withdrawnAt: Date.now()})
      announce('Withdrawn')
    } catch (error) {
      announce(messageOf(error))
    }
  }

  #replace(changed: HandoverItem): void {
    if (this.value === null) return
    const items = this.value.items.map((item) => (item.id === changed.id ? changed : item))
    this.value = {...this.value, items}
    this.requestUpdate()
  }
}

function stateOf({withdrawnAt, question, isOpen, expiresAt}: HandoverItem): TemplateResult {
  if (question === null && withdrawnAt === null) return html`Ended with its transcript`
  if (withdrawnAt !== null) return html`Withdrawn ${timeAgo(withdrawnAt)}`
  return html`${isOpen ? 'Works until' : 'Ended on'} ${exactTime(expiresAt)}`
}
