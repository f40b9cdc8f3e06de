import {LitElement} from 'lit'

/** How long something has run, in whole seconds; counts on by itself. */
export class Clock extends LitElement {
  static override properties = {since: {attribute: false}}
  /** Milliseconds since the epoch. */
  declare since: number
  #timer: ReturnType<typeof setInterval> | undefined

  protected override createRenderRoot(): HTMLElement {
    return this
  }

  override connectedCallback(): void {
    super.connectedCallback()
    this.#timer = setInterval(() => this.requestUpdate(), 1_000)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    clearInterval(this.#timer)
  }

  protected override render(): string {
    const seconds = Math.max(0, Math.floor((Date.now() - this.since) / 1_000))
    return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`
  }
}
