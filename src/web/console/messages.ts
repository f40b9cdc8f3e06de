import {html, nothing, type TemplateResult} from 'lit'
import type {Confirmation} from './context.ts'
import {confirmDialog} from './dialogs.ts'

const toastMs = 6_000

/** What is said for a moment, and what is asked before something is done. */
export class Messages {
  #toast = ''
  #timer: ReturnType<typeof setTimeout> | undefined
  #asked: (Confirmation & {readonly answer: (yes: boolean) => void}) | null = null
  readonly #changed: () => void

  /** @param changed called whenever there is something else to show */
  constructor(changed: () => void) {
    this.#changed = changed
  }

  announce(words: string): void {
    clearTimeout(this.#timer)
    this.#toast = words
    this.#changed()
    this.#timer = setTimeout(() => {
      this.#toast = ''
      this.#changed()
    }, toastMs)
  }

  /** An earlier question that is still open is answered with no. */
  confirm(question: Confirmation): Promise<boolean> {
    this.#asked?.answer(false)
    const {signal} = question
    if (signal?.aborted) return Promise.resolve(false)
    return new Promise((resolve) => {
      const end = (): void => answer(false)
      const answer = (yes: boolean): void => {
        signal?.removeEventListener('abort', end)
        this.#asked = null
        this.#changed()
        resolve(yes)
      }
      signal?.addEventListener('abort', end)
      this.#asked = {...question, answer}
      this.#changed()
    })
  }

  toast(): TemplateResult {
    return html`<p class="toast ${this.#toast === '' ? 'none' : ''}" role="status">${this.#toast}</p>`
  }

  dialog(): TemplateResult | typeof nothing {
    return this.#asked === null ? nothing : confirmDialog(this.#asked, this.#asked.answer)
  }
}
