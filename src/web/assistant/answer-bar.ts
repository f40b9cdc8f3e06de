import {html, type ReactiveController, type ReactiveControllerHost, type TemplateResult} from 'lit'
import type {Say} from '../locales/strings.ts'
import {icon} from './icons.ts'

export interface AnswerBarOptions {
  readonly root: () => ParentNode
  readonly say: () => Say
  /** The last question; empty for none. */
  readonly question: () => string
  readonly hide: () => void
}

/**
 * The panel or dialog as a bar at the bottom while the reader looks at the page that it covers. A press on the bar, or
 * Escape, brings it back as it was; answers go on meanwhile.
 */
export class AnswerBar implements ReactiveController {
  readonly #host: ReactiveControllerHost
  readonly #options: AnswerBarOptions
  #isAway = false
  /** Has the focus again when the panel is back. */
  #focused: HTMLElement | null = null
  #scrollTop = 0
  #listeners = new AbortController()

  constructor(host: ReactiveControllerHost, options: AnswerBarOptions) {
    this.#host = host
    this.#options = options
    host.addController(this)
  }

  get isAway(): boolean {
    return this.#isAway
  }

  hostConnected(): void {
    this.#listeners = new AbortController()
    const onKey = (event: KeyboardEvent): void => {
      if (event.key === 'Escape' && this.#isAway && !event.defaultPrevented) this.back()
    }
    document.addEventListener('keydown', onKey, {signal: this.#listeners.signal})
  }

  hostDisconnected(): void {
    this.#listeners.abort()
    this.#isAway = false
  }

  /** Makes way for the page. @param focused What the reader pressed; null leaves the focus with the page. */
  leave(focused: HTMLElement | null): void {
    if (this.#isAway) return
    this.#scrollTop = this.#scroller?.scrollTop ?? 0
    this.#focused = focused
    this.#isAway = true
    this.#host.requestUpdate()
    if (focused !== null)
      void this.#host.updateComplete.then(() =>
        this.#options.root().querySelector<HTMLElement>('.answer-bar .back')?.focus({preventScroll: true}),
      )
  }

  back(): void {
    if (!this.#isAway) return
    this.#isAway = false
    this.#host.requestUpdate()
    void this.#host.updateComplete.then(() => {
      const scroller = this.#scroller
      // A dialog that was closed may have forgotten it.
      if (scroller !== null) scroller.scrollTop = this.#scrollTop
      if (this.#focused?.isConnected) this.#focused.focus({preventScroll: true})
    })
  }

  /** The panel is closed, or opened anew. */
  reset(): void {
    this.#isAway = false
  }

  render(): TemplateResult {
    const {say, question, hide} = this.#options
    const [back, close] = [say()('backToAnswer'), say()('close')]
    return html`<div class="answer-bar" role="region" aria-label=${say()('name')}>
      <button class="back" type="button" @click=${() => this.back()}>${icon('fewer')}<span class="words">${back}</span><span class="question" dir="auto">${question()}</span></button>
      <button class="plain" type="button" title=${close} aria-label=${close} @click=${hide}>${icon('close')}</button>
    </div>`
  }

  get #scroller(): HTMLElement | null {
    return this.#options.root().querySelector('.scroll')
  }
}
