import {html, LitElement, type PropertyValues, type TemplateResult} from 'lit'
import {withoutTurns} from '../../../lib/invisible.ts'
import type {AnswerText} from '../../assistant/answer-text.ts'
import type {NodeOptions} from '../../render/nodes.ts'
import {newAnswer} from '../../session/answer-state.ts'
import {clickedInText, say, textOptions} from '../answer-markdown.ts'

/** Markdown as a visitor gets it. */
export class Preview extends LitElement {
  static override properties = {text: {attribute: false}, imageHosts: {attribute: false}}
  declare text: string
  declare imageHosts: readonly string[]
  #options: NodeOptions | null = null
  /** Each change is drawn from the start: in an answer of its own. */
  #changes = 0

  protected override createRenderRoot(): HTMLElement {
    return this
  }

  protected override render(): TemplateResult {
    return html`<docs-assistant-text class="text" dir="auto" @click=${clickedInText}></docs-assistant-text>`
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (!changed.has('text')) return
    this.#options ??= textOptions(this.imageHosts)
    const answer = newAnswer(`preview-${this.#changes++}`, '', {askedAt: 0})
    const text = withoutTurns(this.text)
    this.querySelector<AnswerText>('docs-assistant-text')?.show(
      {...answer, phase: 'complete', text},
      this.#options,
      say,
      [],
    )
  }
}
