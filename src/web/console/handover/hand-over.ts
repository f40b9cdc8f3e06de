import {html, LitElement, nothing, type PropertyValues, type TemplateResult} from 'lit'
import {copyText} from '../../assistant/browser.ts'
import {messageOf} from '../api.ts'
import type {ConsoleContext} from '../context.ts'
import {exactTime} from '../format.ts'
import {icon} from '../icons.ts'
import {type MadeHandover, pathOfHandovers} from './wire.ts'

const choices = [7, 30, 90]
const defaultDays = 30

/** A button that makes a link to hand one conversation over, and the dialog in which it does. */
export class HandOver extends LitElement {
  static override properties = {context: {attribute: false}, answerId: {attribute: false}}
  declare context: ConsoleContext
  declare answerId: string
  #shownFor: string | null = null
  #isOpen = false
  #isSending = false
  #problem: string | null = null
  #made: MadeHandover | null = null
  #isCopied = false

  protected override createRenderRoot(): HTMLElement {
    return this
  }

  protected override willUpdate(): void {
    if (this.#shownFor === this.answerId) return
    this.#shownFor = this.answerId
    this.#isOpen = false
  }

  protected override updated(_changed: PropertyValues): void {
    const dialog = this.querySelector('dialog')
    if (dialog !== null && !dialog.open) dialog.showModal()
  }

  protected override render(): TemplateResult {
    return html`<button class="button" type="button" aria-label="Hand over…" aria-haspopup="dialog" title="A link that shows this conversation, redacted, without an account" @click=${this.#open}>${icon('leave')}<span class="if-wide">Hand over…</span></button>${this.#isOpen ? this.#dialog() : nothing}`
  }

  #dialog(): TemplateResult {
    return html`<dialog class="dialog" aria-labelledby="hand-over" @close=${this.#closed}>
      <h2 id="hand-over">Hand this conversation over</h2>
      ${this.#made === null ? this.#form() : this.#link(this.#made)}</dialog>`
  }

  #form(): TemplateResult {
    return html`<p>Whoever has the link can read the conversation as it is now, without an account. E-mail addresses, keys, passwords, card and phone numbers are left out.</p>
      <form class="hand-over" @submit=${this.#make}>
        <label class="field"><span>Works for</span><select name="days">${choices.map((days) => html`<option value=${days} ?selected=${days === defaultDays}>${days} days</option>`)}</select></label>
        <label class="field"><span>Note for colleagues <span class="quiet">(optional)</span></span><input type="text" name="note" maxlength="200" dir="auto" autocomplete="off" placeholder="Ticket 4711"></label>
        ${this.#problem === null ? nothing : html`<p class="problem" role="alert">${this.#problem}</p>`}
        <p class="actions"><button class="button" type="button" @click=${this.#close}>Cancel</button>
          <button class="primary" type="submit" aria-disabled=${this.#isSending}>${this.#isSending ? 'Making the link…' : 'Make the link'}</button></p></form>`
  }

  #link({url, expiresAt}: MadeHandover): TemplateResult {
    return html`<p>Copy the link now: it is not shown again. It works until ${exactTime(expiresAt)}, and can be withdrawn at <a href=${pathOfHandovers} @click=${this.#close}>Hand-over links</a>.</p>
      <p class="token"><code>${url}</code></p>
      <p class="actions"><button class="button" type="button" @click=${this.#close}>Close</button>
        <button class="primary" type="button" autofocus @click=${this.#copy}>${icon(this.#isCopied ? 'check' : 'copy')}<span role="status">${this.#isCopied ? 'Copied' : 'Copy the link'}</span></button></p>`
  }

  readonly #open = (): void => {
    this.#isOpen = true
    this.#made = null
    this.#problem = null
    this.#isCopied = false
    this.requestUpdate()
  }

  /** The browser gives the focus back to the button. */
  readonly #close = (): void => this.querySelector('dialog')?.close()

  readonly #closed = (): void => {
    this.#isOpen = false
    this.#made = null
    this.requestUpdate()
  }

  readonly #make = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault()
    if (this.#isSending) return
    const {answerId} = this
    const form = new FormData(event.target as HTMLFormElement)
    const note = String(form.get('note') ?? '').trim()
    const body = {days: Number(form.get('days')), ...(note === '' ? {} : {note})}
    this.#isSending = true
    this.#problem = null
    this.requestUpdate()
    try {
      const path = `/transcripts/${encodeURIComponent(answerId)}/handover`
      const made = await this.context.api.send<MadeHandover>(path, {method: 'POST', body})
      if (this.answerId === answerId && this.#isOpen) this.#made = made
    } catch (error) {
      this.#problem = messageOf(error)
    }
    this.#isSending = false
    this.requestUpdate()
    await this.updateComplete
    this.querySelector<HTMLElement>('dialog .primary')?.focus()
  }

  readonly #copy = async (): Promise<void> => {
    try {
      await copyText(this.#made!.url)
      this.#isCopied = true
      this.requestUpdate()
    } catch {
      this.context.announce('The browser did not allow to copy it')
    }
  }
}
