import {html, LitElement, type TemplateResult} from 'lit'
import {messageOf} from '../api.ts'
import type {ConsoleContext} from '../context.ts'

/** A part of a transcript that is read, and its reading noted in the audit log, when it is opened. */
export abstract class MaterialView<T> extends LitElement {
  static override properties = {context: {attribute: false}, answerId: {attribute: false}}
  declare context: ConsoleContext
  declare answerId: string
  #value: T | null = null
  #problem: unknown = null
  #leaving = new AbortController()

  protected abstract readonly heading: string
  /** Below the address of the transcript. */
  protected abstract readonly path: string
  protected abstract shown(value: T): TemplateResult

  protected override createRenderRoot(): HTMLElement {
    return this
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#leaving.abort()
  }

  protected override render(): TemplateResult {
    return html`<details class="raw" @toggle=${this.#toggled}><summary>${this.heading}</summary>${this.#content()}</details>`
  }

  #content(): TemplateResult {
    if (this.#problem !== null)
      return html`<div class="notice" role="alert"><p>${messageOf(this.#problem)}</p><p class="actions"><button class="button" type="button" @click=${() => void this.#load()}>Try again</button></p></div>`
    return this.#value === null
      ? html`<p class="quiet" role="status">Loading…</p>`
      : html`<div class="material">${this.shown(this.#value)}</div>`
  }

  readonly #toggled = (event: Event): void => {
    // Not of what is opened inside.
    const details = event.currentTarget as HTMLDetailsElement
    if (event.target === details && details.open && this.#value === null) void this.#load()
  }

  async #load(): Promise<void> {
    this.#leaving.abort()
    this.#leaving = new AbortController()
    const {signal} = this.#leaving
    this.#problem = null
    this.requestUpdate()
    try {
      this.#value = await this.context.api.send<T>(
        `/transcripts/${encodeURIComponent(this.answerId)}/${this.path}`,
        {signal},
      )
    } catch (error) {
      if (signal.aborted) return
      this.#problem = error
    }
    this.requestUpdate()
  }
}
