import {html, nothing, type ReactiveController, type ReactiveControllerHost, type TemplateResult} from 'lit'
import type {Say, StringKey} from '../locales/strings.ts'
import {renderer} from '../pieces/pieces.ts'
import {withoutQuotes} from '../proof/without-quotes.ts'
import {pathOf} from '../session/markdown-copy.ts'
import {distinctQuotes, quotedText} from '../session/quoted-text.ts'
import type {SectionReading, Sections} from '../session/sections.ts'
import type {AnswerText, CitedSource} from './answer-text.ts'
import {marked} from './marked.ts'
import {plainTextIn} from './section-text.ts'

export interface CitationPreviewOptions {
  readonly root: () => ParentNode
  readonly say: () => Say
  readonly sections: () => Sections
}

/** How long a citation is pointed at before its section is loaded: pointers cross many. */
const restMs = 120
/** Delay before the preview closes when the pointer leaves, so that it can move into the preview. */
const hideDelayMs = 140
const id = 'citation-preview'

/**
 * Shows what a citation quotes while the pointer or the focus is on it. On touch the first tap shows it and the second
 * follows the link. Escape closes it, wherever the focus is.
 */
export class CitationPreview implements ReactiveController {
  readonly #host: ReactiveControllerHost
  readonly #options: CitationPreviewOptions
  /** Updated each time the answer is drawn: the chip may then stand for another citation. */
  #cited: CitedSource | null = null
  #chip: HTMLElement | null = null
  #tapped: HTMLElement | null = null
  /** Whether the last press was by touch: not all browsers report this for clicks. */
  #isTouched = false
  #listeners = new AbortController()
  #timer: ReturnType<typeof setTimeout> | undefined
  #rest: ReturnType<typeof setTimeout> | undefined
  /** Whether the section is wanted, with what is around the quote. */
  #isResting = false

  constructor(host: ReactiveControllerHost, options: CitationPreviewOptions) {
    this.#host = host
    this.#options = options
    host.addController(this)
  }

  hostConnected(): void {
    this.#listeners = new AbortController()
    const {signal} = this.#listeners
    const root = this.#options.root()
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
    if (this.#chip?.isConnected === false) this.hide()
    else if (this.#chip !== null) this.#position()
  }

  hostDisconnected(): void {
    this.#listeners.abort()
    this.hide()
  }

  /** Rendered inside the frame: outside of an open dialog it could be neither pointed at nor read aloud. */
  render(): TemplateResult {
    return html`<div class="preview" id=${id} popover="manual" role="tooltip">${
      this.#cited === null ? nothing : this.#content(this.#cited)
    }</div>`
  }

  readonly #onPoint = (event: Event): void => {
    // On touch, lifting the finger counts as leaving; taps are handled as clicks.
    if (isTouch(event)) return
    const target = event.target as Element
    clearTimeout(this.#timer)
    const isLeaving = event.type === 'pointerout' || event.type === 'focusout'
    const chip = isLeaving ? null : chipAt(target)
    // The focus that a section gives back when it is closed.
    const isGivenBack =
      ((event as FocusEvent).relatedTarget as Element | null)?.closest?.('.section-pane') != null
    if (chip !== null && isGivenBack) return
    if (chip !== null) this.#show(chip)
    else if (this.#chip !== null && (isLeaving || target.closest('.preview') === null))
      this.#timer = setTimeout(() => this.hide(), hideDelayMs)
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
    this.hide()
  }

  readonly #onPress = (event: Event): void => {
    this.#isTouched = isTouch(event)
    const path = event.composedPath()
    const isHere = [this.#chip, this.#element].some((mine) => mine !== null && path.includes(mine))
    if (!isHere) this.hide()
  }

  #show(chip: HTMLElement): void {
    if (chip !== this.#chip) {
      this.#detach()
      this.#rest = setTimeout(() => {
        this.#isResting = true
        this.#host.requestUpdate()
      }, restMs)
    }
    this.#chip = chip
    this.#refresh()
  }

  #content({source, citations}: CitedSource): TemplateResult {
    const path = pathOf(source)
    const above = path.slice(0, -1).map((part) => `${part} › `)
    const words = quotedText(citations)
    const name = html`<div class="path" dir="auto"><span class="above">${above.join('')}</span><span class="nearest">${path.at(-1)}</span></div>`
    if (words === '') return html`${name}<div class="snippet" dir="auto">${source.snippet}</div>`
    const reading = this.#isResting ? this.#options.sections().read(source) : null
    const quotes = distinctQuotes(citations)
    const text = reading?.status === 'found' ? plainTextIn(reading.section) : null
    const excerpts = text === null ? null : renderer.loaded!.surroundings(text, quotes)
    if (excerpts !== null) this.#refineLink(quotes, text!)
    const isCode = this.#chip?.closest('.code') != null
    // A verified answer rests on its section, and is not in its words.
    const note = source.verified ? 'verified' : noteOn(reading, text !== null && excerpts === null)
    return html`${name}${
      excerpts === null
        ? html`<blockquote class=${isCode ? 'of-code' : ''} dir="auto">${words}</blockquote>`
        : html`<blockquote class="around ${isCode ? 'of-code' : ''}" dir="auto">${excerpts.map(({text, quoted}) => html`<p>${marked(text, quoted)}</p>`)}</blockquote>`
    }${note === null ? nothing : html`<p class="changed">${this.#options.say()(note)}</p>`}`
  }

  /** Once the section is known, the link says which of the same words it means. */
  #refineLink(quotes: readonly string[], section: string): void {
    if (this.#chip instanceof HTMLAnchorElement)
      this.#chip.href = renderer.loaded!.withQuotes(withoutQuotes(this.#chip.href), quotes, section)
  }

  /** Shows what the chip stands for now; hides the preview if it is no longer a citation. */
  #refresh(): void {
    const chip = this.#chip
    if (chip === null) return
    const cited = chip.closest<AnswerText>('docs-assistant-text')?.citationAt(chip) ?? null
    if (cited === null) this.hide()
    else if (isSame(cited, this.#cited)) this.#position()
    else {
      this.#cited = cited
      this.#host.requestUpdate()
      void this.#host.updateComplete.then(() => this.#position())
    }
  }

  #detach(): void {
    clearTimeout(this.#rest)
    this.#isResting = false
    this.#chip?.removeAttribute('aria-describedby')
    this.#chip = null
    this.#tapped = null
  }

  hide(): void {
    clearTimeout(this.#timer)
    this.#detach()
    const preview = this.#element
    if (preview?.matches(':popover-open')) preview.hidePopover()
  }

  get #element(): HTMLElement | null {
    return this.#options.root().querySelector<HTMLElement>('.preview')
  }

  #position(): void {
    const preview = this.#element
    const chip = this.#chip
    if (preview === null || !chip?.isConnected) return
    const at = chip.getBoundingClientRect()
    const visible = chip.closest('.scroll')!.getBoundingClientRect()
    if (at.bottom < visible.top || at.top > visible.bottom) {
      this.hide()
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

/** What is said below the quote, where the docs have changed since. */
function noteOn(reading: SectionReading | null, isChanged: boolean): StringKey | null {
  if (isChanged) return 'quoteGone'
  return reading?.status === 'gone' ? 'sectionGone' : null
}
