import {html, LitElement, nothing, type TemplateResult} from 'lit'
import {ApiError, messageOf, send} from './api.ts'

/** A form for a staff token. Dispatches `signed-in`. */
export class SignIn extends LitElement {
  static override properties = {problem: {attribute: false}}
  declare problem: string | null
  #isSending = false

  constructor() {
    super()
    this.problem = null
  }

  protected override createRenderRoot(): HTMLElement {
    return this
  }

  override focus(): void {
    this.querySelector('input')?.focus()
  }

  protected override render(): TemplateResult {
    return html`<form class="sign-in" @submit=${this.#submit}>
      ${this.problem === null ? nothing : html`<p class="problem" role="alert">${this.problem}</p>`}
      <label class="field"><span>Staff token</span>
        <input type="password" name="token" autocomplete="current-password" required autofocus></label>
      <button class="primary" type="submit" aria-disabled=${this.#isSending}>${this.#isSending ? 'Signing in…' : 'Sign in'}</button>
    </form>`
  }

  readonly #submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault()
    const field = this.querySelector('input')!
    if (this.#isSending) return
    this.#isSending = true
    this.requestUpdate()
    try {
      await send('/session', {method: 'POST', body: {token: field.value.trim()}})
      field.value = ''
      this.problem = null
      this.dispatchEvent(new CustomEvent('signed-in'))
    } catch (error) {
      this.problem = problemOf(error)
      field.select()
      field.focus()
    } finally {
      this.#isSending = false
      this.requestUpdate()
    }
  }
}

function problemOf(error: unknown): string {
  if (!(error instanceof ApiError)) return messageOf(error)
  if (error.status === 401) return 'This token is not valid.'
  if (error.status !== 429) return error.message
  const minutes = Math.max(1, Math.ceil((error.retryAfterMs ?? 60_000) / 60_000))
  return `Too many wrong tokens came from your address. Another wrong one is refused for ${minutes} min; the right one is always accepted.`
}
