import {html, type TemplateResult} from 'lit'
import type {Confirmation} from './context.ts'

/** A form over what is on the screen, which only a sign-in closes. */
export function signInAgainDialog(signedIn: () => void, reopen: () => void): TemplateResult {
  return html`<dialog class="dialog" aria-labelledby="again" @cancel=${(event: Event) => event.preventDefault()} @close=${reopen}>
    <h2 id="again">Your session has ended</h2>
    <p>Sign in again to go on. Nothing on this page is lost.</p>
    <docent-sign-in @signed-in=${signedIn}></docent-sign-in></dialog>`
}

export function confirmDialog(
  {title, text, action}: Confirmation,
  answer: (yes: boolean) => void,
): TemplateResult {
  return html`<dialog class="dialog" aria-labelledby="confirm" aria-describedby="confirm-text" @cancel=${() => answer(false)}>
    <h2 id="confirm">${title}</h2>
    <p id="confirm-text">${text}</p>
    <p class="actions"><button class="button" type="button" autofocus @click=${() => answer(false)}>Cancel</button>
      <button class="primary danger" type="button" @click=${() => answer(true)}>${action}</button></p></dialog>`
}
