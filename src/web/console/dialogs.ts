import {html, type TemplateResult} from 'lit'
import type {Confirmation} from './context.ts'

/** A form over what is on the screen, which only a sign-in closes. */
export function signInAgainDialog(name: string, signedIn: () => void, reopen: () => void): TemplateResult {
  return html`<dialog class="dialog" aria-labelledby="again" @cancel=${(event: Event) => event.preventDefault()} @close=${reopen}>
    <h2 id="again">Your session has ended</h2>
    <p>Sign in again as <bdi>${name}</bdi> to go on: nothing on this page is lost. For anybody else the page opens anew, and
      what you have begun is kept for you in this tab.</p>
    <docent-sign-in @signed-in=${signedIn}></docent-sign-in></dialog>`
}

export function confirmDialog(
  {title, text, action, otherwise = 'Cancel'}: Confirmation,
  answer: (yes: boolean) => void,
): TemplateResult {
  return html`<dialog class="dialog" aria-labelledby="confirm" aria-describedby="confirm-text" @cancel=${() => answer(false)}>
    <h2 id="confirm">${title}</h2>
    <p id="confirm-text">${text}</p>
    <p class="actions"><button class="button" type="button" autofocus @click=${() => answer(false)}>${otherwise}</button>
      <button class="primary danger" type="button" @click=${() => answer(true)}>${action}</button></p></dialog>`
}

/** Opens dialogs, and gives the focus back to what had it: a dialog that is removed takes the focus with it. */
export class DialogFocus {
  #before: Element | null = null

  /** Call it after each update of the page. */
  update(page: Element): void {
    for (const dialog of page.querySelectorAll<HTMLDialogElement>('dialog:not([open])')) {
      this.#before ??= document.activeElement
      dialog.showModal()
    }
    if (this.#before === null || page.querySelector('dialog') !== null) return
    const before = this.#before
    this.#before = null
    // Whoever has gone on meanwhile stays where they are.
    if (document.activeElement === document.body && before instanceof HTMLElement) before.focus()
  }
}
