import {html, LitElement, nothing, type TemplateResult} from 'lit'
import {ApiError, messageOf, send} from './api.ts'

interface Joined {
  readonly token: string
  readonly person: {readonly name: string}
}

/**
 * Takes up an invitation, by a button: opening the link does not use it up, since previews in chats and mail scanners
 * open links too. Shows the token once.
 */
export class Join extends LitElement {
  static override properties = {invitation: {attribute: false}}
  declare invitation: string
  #joined: Joined | null = null
  #problem: string | null = null
  #isSending = false

  protected override createRenderRoot(): HTMLElement {
    return this
  }

  protected override render(): TemplateResult {
    return html`<main class="alone" id="main"><div class="card-of-one">${this.#joined === null ? this.#offer() : this.#welcome(this.#joined)}</div></main>`
  }

  #offer(): TemplateResult {
    return html`<h1 tabindex="-1">You are invited to the Docent console</h1>
      ${this.#problem === null ? nothing : html`<p class="problem" role="alert">${this.#problem}</p>`}
      <p>You get a token of your own, which is shown once. Keep it as you keep a password.</p>
      <button class="primary" type="button" aria-disabled=${this.#isSending} @click=${this.#takeUp}>Take up the invitation</button>`
  }

  #welcome({person, token}: Joined): TemplateResult {
    return html`<h1 tabindex="-1">Welcome, <bdi>${person.name}</bdi></h1>
      <p>This is your token. It is not shown again: put it into your password manager now.</p>
      <docent-secret .value=${token} .next=${html`<a class="primary" href="/console">To the console</a>`}></docent-secret>`
  }

  readonly #takeUp = async (): Promise<void> => {
    if (this.#isSending) return
    this.#isSending = true
    try {
      this.#joined = await send<Joined>('/invitations', {method: 'POST', body: {token: this.invitation}})
      // A reload would show a form that cannot work any more.
      history.replaceState(null, '', '/console/join')
      this.dispatchEvent(new CustomEvent('signed-in'))
    } catch (error) {
      const isOver = error instanceof ApiError && (error.status === 401 || error.status === 400)
      this.#problem = isOver
        ? 'This invitation has been taken up or withdrawn, or it has expired. Ask whoever invited you for a new one.'
        : messageOf(error)
    }
    this.#isSending = false
    this.requestUpdate()
    await this.updateComplete
    this.querySelector('h1')?.focus()
  }
}
