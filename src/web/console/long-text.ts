import {html, LitElement, nothing, type TemplateResult} from 'lit'
import {isolated} from './visible.ts'

const maxChars = 280
const maxLines = 4

/** Whether a text is shown cut to some lines at first. */
export function isLong(text: string): boolean {
  return text.length > maxChars || text.split('\n', maxLines + 1).length > maxLines
}

/** The button that shows the whole of a text, and cuts it again. */
export function wholeButton(isWhole: boolean, toggle: () => void): TemplateResult {
  return html`<button class="link" type="button" aria-expanded=${isWhole} @click=${toggle}>${isWhole ? 'Show less' : 'Show all'}</button>`
}

/** Text of somebody else: if it is long, its first lines and a button for the rest. */
export class LongText extends LitElement {
  static override properties = {text: {attribute: false}}
  declare text: string
  #isWhole = false

  protected override createRenderRoot(): HTMLElement {
    return this
  }

  protected override render(): TemplateResult {
    if (!isLong(this.text)) return isolated(this.text)
    return html`<span class=${this.#isWhole ? nothing : 'clamped'}>${isolated(this.text)}</span>${wholeButton(this.#isWhole, this.#toggle)}`
  }

  readonly #toggle = (): void => {
    this.#isWhole = !this.#isWhole
    this.requestUpdate()
  }
}
