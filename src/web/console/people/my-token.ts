import {html, LitElement, nothing, type TemplateResult} from 'lit'
import {type Api, messageOf} from '../api.ts'

/** Changes one's own token: asks first, then shows the new one, once. Dispatches `closed`. */
export class MyToken extends LitElement {
  static override properties = {api: {attribute: false}}
  declare api: Api
  #token: string | null = null
  #problem: string | null = null
  #isSending = false

  protected override createRenderRoot(): HTMLElement {
    return this
  }

  protected override firstUpdated(): void {
    this.querySelector('dialog')!.showModal()
  }

  protected override render(): TemplateResult {
    return html`<dialog class="dialog" aria-labelledby="my-token" @cancel=${this.#cancelled} @close=${this.#closed}>
      ${this.#token === null ? this.#question() : this.#answer(this.#token)}</dialog>`
  }

  #question(): TemplateResult {
    return html`<h2 id="my-token">Change your token?</h2>
      <p>The one you have stops working at once, and all your other sessions end. You stay signed in here.</p>
      ${this.#problem === null ? nothing : html`<p class="problem" role="alert">${this.#problem}</p>`}
      <p class="actions"><button class="button" type="button" autofocus @click=${this.#close}>Cancel</button>
        <button class="primary" type="button" aria-disabled=${this.#isSending} @click=${this.#change}>Change it</button></p>`
  }

  #answer(token: string): TemplateResult {
    return html`<h2 id="my-token" tabindex="-1">Your new token</h2>
      <p>It is not shown again: put it into your password manager now.</p>
      <docent-secret .value=${token} .next=${html`<button class="button" type="button" @click=${this.#close}>Done</button>`}></docent-secret>`
  }

  readonly #change = async (): Promise<void> => {
    if (this.#isSending) return
    this.#isSending = true
    this.#problem = null
    this.requestUpdate()
    try {
      this.#token = (await this.api.send<{token: string}>('/me/token', {method: 'POST'})).token
    } catch (error) {
      this.#problem = messageOf(error)
    }
    this.#isSending = false
    this.requestUpdate()
    await this.updateComplete
    if (this.#token !== null) this.querySelector('h2')!.focus()
  }

  /** Escape does not lose a token that is shown once. */
  readonly #cancelled = (event: Event): void => {
    if (this.#token !== null || this.#isSending) event.preventDefault()
  }

  readonly #close = (): void => {
    this.querySelector('dialog')!.close()
  }

  /** Escape, pressed twice, closes any dialog. */
  readonly #closed = (): void => {
    if (this.#isSending) this.querySelector('dialog')!.showModal()
    else this.dispatchEvent(new CustomEvent('closed'))
  }
}
