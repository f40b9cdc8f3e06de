import {LitElement} from 'lit'

/** How long something has run; counts on by itself. */
export class Clock extends LitElement {
  static override properties = {since: {attribute: false}, format: {attribute: false}}
  /** Milliseconds since the epoch. */
  declare since: number
  declare format: (ms: number) => string
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
    return this.format(1_000 * Math.max(0, Math.floor((Date.now() - this.since) / 1_000)))
  }
}
