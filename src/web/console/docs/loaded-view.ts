import {LitElement} from 'lit'
import type {ConsoleContext} from '../context.ts'
import {KeptFocus} from '../kept-focus.ts'
import type {Arrival} from '../router.ts'

/** A view that reads something whenever its address asks for something else. */
export abstract class LoadedView<T> extends LitElement {
  static override properties = {
    context: {attribute: false},
    query: {attribute: false},
    arrival: {attribute: false},
    rest: {attribute: false},
  }
  declare context: ConsoleContext
  declare query: string
  declare arrival: Arrival
  /** What follows the name of the section in the address. */
  declare rest: readonly string[]
  protected value: T | null = null
  protected problem: unknown = null
  protected isLoading = false
  #loadedFor: string | null = null
  #leaving = new AbortController()

  constructor() {
    super()
    new KeptFocus(this)
  }

  protected override createRenderRoot(): HTMLElement {
    return this
  }

  override connectedCallback(): void {
    super.connectedCallback()
    this.#loadedFor = null
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#leaving.abort()
  }

  /** What the address asks for; null to read nothing. Another one is read anew. */
  protected abstract wanted(): string | null

  protected abstract read(wanted: string, signal: AbortSignal): Promise<T>

  protected get parameters(): URLSearchParams {
    return new URLSearchParams(this.query)
  }

  protected override willUpdate(): void {
    const wanted = this.wanted()
    if (this.#loadedFor === wanted) return
    this.#loadedFor = wanted
    this.#leaving.abort()
    if (wanted === null) {
      this.value = null
      this.isLoading = false
      this.problem = null
      void this.updateComplete.then(() => this.context.settled())
    } else void this.#load(wanted)
  }

  /** Reads again what is shown. */
  protected readonly reload = (): void => {
    this.#loadedFor = null
    this.requestUpdate()
  }

  async #load(wanted: string): Promise<void> {
    const leaving = new AbortController()
    this.#leaving = leaving
    this.isLoading = true
    this.problem = null
    try {
      this.value = await this.read(wanted, leaving.signal)
    } catch (error) {
      if (leaving.signal.aborted) return
      this.value = null
      this.problem = error
    }
    if (leaving.signal.aborted) return
    this.isLoading = false
    this.requestUpdate()
    await this.updateComplete
    this.context.settled()
  }

  /** Changes the query of the address; empty values go. */
  protected go(values: Readonly<Record<string, string>>): void {
    const query = this.parameters
    for (const [name, value] of Object.entries(values)) {
      if (value === '') query.delete(name)
      else query.set(name, value)
    }
    this.context.router.go(`${location.pathname}${query.size === 0 ? '' : `?${query}`}`)
  }
}
