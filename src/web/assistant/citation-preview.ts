import {html, nothing, type ReactiveController, type ReactiveControllerHost, type TemplateResult} from 'lit'
import {pathOf} from '../session/markdown-copy.ts'
import {quotedText} from '../session/quoted-text.ts'
import type {AnswerText, CitedSource} from './answer-text.ts'

/** Delay before the preview closes when the pointer leaves, so that it can move into the preview. */
const hideDelayMs = 140
const id = 'citation-preview'

/**
 * Shows what a citation quotes while the pointer or the focus is on it. On touch the first tap shows it and the second
 * follows the link. Escape closes it, wherever the focus is.
 */
export class CitationPreview implements ReactiveController {
  readonly #host: ReactiveControllerHost
  readonly #root: () => ParentNode
  /** Updated each time the answer is drawn: the chip may then stand for another citation. */
  #cited: CitedSource | null = null
  #chip: HTMLElement | null = null
  #tapped: HTMLElement | null = null
  /** Whether the last press was by touch: not all browsers report this for clicks. */
  #isTouched = false
  #listeners = new AbortController()
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(host: ReactiveControllerHost, root: () => ParentNode) {
    this.#host = host
    this.#root = root
    host.addController(this)
  }

  hostConnected(): void {
    this.#listeners = new AbortController()
    const {signal} = this.#listeners
    const root = this.#root()
    for (const type of ['pointerover', 'pointerout', 'focusin', 'focusout'])
      root.addEventListener(type, this.#onPoint, {signal})
    root.addEventListener('click', this.#onClick, {signal})
    root.addEventListener('drawn', () => this.#refresh(), {signal})
    // Keys in the assistant's own fields do not reach the document.
    for (const heard of [root, document])
      heard.addEventListener('keydown', this.#onKey, {capture: true, signal})
    document.addEventListener('pointerdown', this.#onPress, {capture: true, passive: true, signal})
    // Scroll events inside the shadow root do not reach the document.
    for (const scrolled of [root, document])
      scrolled.addEventListener('scroll', () => this.#position(), {capture: true, passive: true, signal})
  }

  /** The citation may have been removed with its conversation. */
  hostUpdated(): void {
    if (this.#chip?.isConnected === false) this.#hide()
  }

  hostDisconnected(): void {
    this.#listeners.abort()
    this.#hide()
  }

  /** Rendered inside the frame: outside of an open dialog it could be neither pointed at nor read aloud. */
  render(): TemplateResult {
    return html`<div class="preview" id=${id} popover="manual" role="tooltip">${
      this.#cited === null ? nothing : contentOf(this.#cited)
    }</div>`
  }

  readonly #onPoint = (event: Event): void => {
    // On touch, lifting the finger counts as leaving; taps are handled as clicks.
    if (isTouch(event)) return
    const target = event.target as Element
    clearTimeout(this.#timer)
    const isLeaving = event.type === 'pointerout' || event.type === 'focusout'
    const chip = isLeaving ? null : chipAt(target)
    if (chip !== null) this.#show(chip)
    else if (this.#chip !== null && (isLeaving || target.closest('.preview') === null))
      this.#timer = setTimeout(() => this.#hide(), hideDelayMs)
  }

  readonly #onClick = (event: Event): void => {
    const chip = chipAt(event.target as Element)
    const isKey = (event as MouseEvent).detail === 0
    if (chip === null || isKey || !this.#isTouched || chip === this.#tapped) return
    event.preventDefault()
    this.#show(chip)
    this.#tapped = chip
  }

  readonly #onKey = (event: Event): void => {
    if ((event as KeyboardEvent).key !== 'Escape' || this.#chip === null) return
    event.preventDefault()
    this.#hide()
  }

  readonly #onPress = (event: Event): void => {
    this.#isTouched = isTouch(event)
    const path = event.composedPath()
    const isHere = [this.#chip, this.#element].some((mine) => mine !== null && path.includes(mine))
    if (!isHere) this.#hide()
  }

  #show(chip: HTMLElement): void {
    if (chip !== this.#chip) this.#detach()
    this.#chip = chip
    this.#refresh()
  }

  /** Shows what the chip stands for now; hides the preview if it is no longer a citation. */
  #refresh(): void {
    const chip = this.#chip
    if (chip === null) return
    const cited = chip.closest<AnswerText>('docs-assistant-text')?.citationAt(chip) ?? null
    if (cited === null) this.#hide()
    else if (isSame(cited, this.#cited)) this.#position()
    else {
      this.#cited = cited
      this.#host.requestUpdate()
      void this.#host.updateComplete.then(() => this.#position())
    }
  }

  #detach(): void {
    this.#chip?.removeAttribute('aria-describedby')
    this.#chip = null
    this.#tapped = null
  }

  #hide(): void {
    clearTimeout(this.#timer)
    this.#detach()
    const preview = this.#element
    if (preview?.matches(':popover-open')) preview.hidePopover()
  }

  get #element(): HTMLElement | null {
    return this.#root().querySelector<HTMLElement>('.preview')
  }

  #position(): void {
    const preview = this.#element
    const chip = this.#chip
    if (preview === null || !chip?.isConnected) return
    const at = chip.getBoundingClientRect()
    const visible = chip.closest('.scroll')!.getBoundingClientRect()
    if (at.bottom < visible.top || at.top > visible.bottom) {
      this.#hide()
      return
    }
    chip.setAttribute('aria-describedby', id)
    if (!preview.matches(':popover-open')) preview.showPopover()
    const {width, height} = preview.getBoundingClientRect()
    const left = Math.max(8, Math.min(at.left + at.width / 2 - width / 2, innerWidth - width - 8))
    const isAbove = at.top > height + 16 || at.top > innerHeight - at.bottom
    preview.style.setProperty('left', `${left}px`)
    preview.style.setProperty('top', `${isAbove ? at.top - height - 6 : at.bottom + 6}px`)
  }
}

const chipAt = (target: Element): HTMLElement | null => target.closest<HTMLElement>('a.cite')

const isTouch = (event: Event): boolean => (event as PointerEvent).pointerType === 'touch'

function isSame(cited: CitedSource, other: CitedSource | null): boolean {
  return (
    cited.source === other?.source &&
    cited.citations.length === other.citations.length &&
    cited.citations.every((citation, i) => citation === other.citations[i])
  )
}

function contentOf({source, citations}: CitedSource): TemplateResult {
  const path = pathOf(source)
  const above = path.slice(0, -1).map((part) => `${part} › `)
  const words = quotedText(citations)
  return html`<div class="path" dir="auto"><span class="above">${above.join('')}</span><span class="nearest">${path.at(-1)}</span></div>${
    words === ''
      ? html`<div class="snippet" dir="auto">${source.snippet}</div>`
      : html`<blockquote dir="auto">${words}</blockquote>`
  }`
}
