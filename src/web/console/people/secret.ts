import {html, LitElement, type TemplateResult} from 'lit'
import {copyText} from '../../assistant/browser.ts'
import {icon} from '../icons.ts'

/** A secret that is shown once, with a button that copies it. */
export class Secret extends LitElement {
  static override properties = {value: {attribute: false}, next: {attribute: false}}
  declare value: string
  /** What stands beside the button. */
  declare next: TemplateResult
  /** The one that was copied: a new one has not been. */
  #copied: string | null = null

  protected override createRenderRoot(): HTMLElement {
    return this
  }

  protected override render(): TemplateResult {
    const isCopied = this.#copied === this.value
    return html`<p class="token"><code>${this.value}</code></p>
      <p class="actions"><button class="button" type="button" @click=${this.#copy}>${icon(isCopied ? 'check' : 'copy')}<span role="status">${isCopied ? 'Copied' : 'Copy'}</span></button>${this.next}</p>`
  }

  readonly #copy = async (): Promise<void> => {
    await copyText(this.value)
    this.#copied = this.value
    this.requestUpdate()
  }
}
