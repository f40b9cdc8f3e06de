import {html, nothing, type ReactiveController, type ReactiveControllerHost, type TemplateResult} from 'lit'
import type {Source} from '../../domain/index.ts'
import {nameOf} from '../client/markdown-copy.ts'

export interface PreviewOptions {
  readonly root: () => ParentNode
  /** The source that a citation in the answer of this key points to. */
  readonly sourceOf: (answerKey: string, n: string) => Source | undefined
}

/** So long a preview stays when the pointer leaves, so that one can go to it and read. */
const lingerMs = 140

/** What a citation rests on, shown beside it while the pointer or the focus is there. */
export class CitationPreview implements ReactiveController {
  readonly #host: ReactiveControllerHost
  readonly #options: PreviewOptions
  #source: Source | null = null
  #chip: HTMLElement | null = null
  #listeners = new AbortController()
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(host: ReactiveControllerHost, options: PreviewOptions) {
    this.#host = host
    this.#options = options
    host.addController(this)
  }

  hostConnected(): void {
    this.#listeners = new AbortController()
    const options = {capture: true, passive: true, signal: this.#listeners.signal}
    // Scrolling inside the assistant is not heard outside of it.
    for (const scrolled of [this.#options.root(), document])
      scrolled.addEventListener('scroll', () => this.#place(), options)
  }

  /** A citation may have gone with its conversation. */
  hostUpdated(): void {
    if (this.isOpen && this.#chip?.isConnected === false) this.hide()
  }

  hostDisconnected(): void {
    this.#listeners.abort()
    clearTimeout(this.#timer)
    this.#source = null
  }

  get isOpen(): boolean {
    return this.#source !== null
  }

  /** For `pointerover`, `pointerout`, `focusin` and `focusout` of the whole assistant. */
  readonly onPoint = (event: Event): void => {
    const target = event.target as Element
    clearTimeout(this.#timer)
    const isLeaving = event.type === 'pointerout' || event.type === 'focusout'
    const chip = isLeaving ? null : target.closest<HTMLElement>('a.cite')
    if (chip === null) {
      const isOnPreview = !isLeaving && target.closest('.preview') !== null
      if (this.isOpen && !isOnPreview) this.#timer = setTimeout(() => this.hide(), lingerMs)
      return
    }
    const answerKey = chip.closest<HTMLElement>('docs-assistant-text')?.dataset['key'] ?? ''
    const source = this.#options.sourceOf(answerKey, chip.dataset['n'] ?? '')
    if (source === undefined) return
    this.#source = source
    this.#chip = chip
    this.#host.requestUpdate()
    void this.#host.updateComplete.then(() => this.#place())
  }

  hide(): void {
    this.#source = null
    const preview = this.#element
    if (preview?.matches(':popover-open')) preview.hidePopover()
  }

  render(): TemplateResult {
    const source = this.#source
    return html`<div class="preview" popover="manual" role="tooltip">${
      source === null
        ? nothing
        : html`<span class="path" dir="auto">${nameOf(source)}</span><span class="snippet" dir="auto">${source.snippet}</span>`
    }</div>`
  }

  get #element(): HTMLElement | null {
    return this.#options.root().querySelector<HTMLElement>('.preview')
  }

  #place(): void {
    const preview = this.#element
    const chip = this.#chip
    if (preview === null || !chip?.isConnected || !this.isOpen) return
    const at = chip.getBoundingClientRect()
    const seen = chip.closest('.scroll')!.getBoundingClientRect()
    if (at.bottom < seen.top || at.top > seen.bottom) {
      this.hide()
      return
    }
    if (!preview.matches(':popover-open')) preview.showPopover()
    const {width, height} = preview.getBoundingClientRect()
    const left = Math.max(8, Math.min(at.left + at.width / 2 - width / 2, innerWidth - width - 8))
    const isAbove = at.top - height - 8 > 8
    preview.style.setProperty('left', `${left}px`)
    preview.style.setProperty('top', `${isAbove ? at.top - height - 6 : at.bottom + 6}px`)
  }
}
