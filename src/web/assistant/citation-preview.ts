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
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(host: ReactiveControllerHost, options: PreviewOptions) {
    this.#host = host
    this.#options = options
    host.addController(this)
  }

  hostDisconnected(): void {
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
    this.#host.requestUpdate()
    void this.#host.updateComplete.then(() => this.#place(chip))
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
        : html`<span class="path">${nameOf(source)}</span><span class="snippet">${source.snippet}</span>`
    }</div>`
  }

  get #element(): HTMLElement | null {
    return this.#options.root().querySelector<HTMLElement>('.preview')
  }

  #place(chip: HTMLElement): void {
    const preview = this.#element
    if (preview === null || !chip.isConnected || !this.isOpen) return
    if (!preview.matches(':popover-open')) preview.showPopover()
    const at = chip.getBoundingClientRect()
    const {width, height} = preview.getBoundingClientRect()
    const left = Math.max(8, Math.min(at.left + at.width / 2 - width / 2, innerWidth - width - 8))
    const isAbove = at.top - height - 8 > 8
    preview.style.setProperty('left', `${left}px`)
    preview.style.setProperty('top', `${isAbove ? at.top - height - 6 : at.bottom + 6}px`)
  }
}
