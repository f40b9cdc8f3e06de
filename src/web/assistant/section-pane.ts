import {html, nothing, type ReactiveController, type ReactiveControllerHost, type TemplateResult} from 'lit'
import type {SectionText} from '../../../packages/client/src/index.ts'
import {sectionAddress} from '../../lib/section-address.ts'
import type {Say} from '../locales/strings.ts'
import {highlighter, renderer} from '../pieces/pieces.ts'
import type {NodeOptions} from '../render/nodes.ts'
import {patch} from '../render/patch.ts'
import {createPlainStream} from '../render/plain-stream.ts'
import type {AnswerState} from '../session/answer-state.ts'
import {pathOf} from '../session/markdown-copy.ts'
import {distinctQuotes} from '../session/quoted-text.ts'
import type {SectionReading, Sections} from '../session/sections.ts'
import type {CitedSource} from './answer-text.ts'
import type {Mode} from './attributes.ts'
import {citedBy, citedLinkAt, linksAlong} from './cited-links.ts'
import {icon} from './icons.ts'
import {quotingLink} from './quoting-link.ts'
import {isPlain} from './site-links.ts'

export interface SectionPaneOptions {
  readonly root: () => ParentNode
  readonly say: () => Say
  readonly mode: () => Mode
  readonly answers: () => readonly AnswerState[]
  readonly sections: () => Sections
  readonly nodeOptions: () => NodeOptions
  readonly absolute: (href: string) => string
  /** Called with the number of a source that is opened, here or in a tab, and the key of its answer. */
  readonly onOpen: (n: number, answerKey: string | undefined) => void
  readonly announce: (words: string) => void
}

/** In narrower windows there is no room beside the answer. Same as in the styles. */
const roomQuery = '(min-width: 1180px)'

/**
 * The section that a citation or a source is of, beside the answer, with the quoted words marked. On the page and in the
 * dialog, where the window is wide; elsewhere links open their page.
 */
export class SectionPane implements ReactiveController {
  readonly #host: ReactiveControllerHost
  readonly #options: SectionPaneOptions
  readonly #room = matchMedia(roomQuery)
  /** The link that was followed; the focus returns to it. */
  #link: HTMLElement | null = null
  #cited: CitedSource | null = null
  /** What is drawn now. */
  #drawn: CitedSource | SectionText | null = null
  /** Whether the words were looked for and are gone from the section. */
  #isQuoteGone = false
  #listeners = new AbortController()

  constructor(host: ReactiveControllerHost, options: SectionPaneOptions) {
    this.#host = host
    this.#options = options
    host.addController(this)
  }

  get isOpen(): boolean {
    return this.#cited !== null
  }

  hostConnected(): void {
    this.#listeners = new AbortController()
    this.#room.addEventListener('change', () => this.close(), {signal: this.#listeners.signal})
  }

  hostDisconnected(): void {
    this.#listeners.abort()
    this.#show(null, null)
  }

  hostUpdated(): void {
    const reading = this.#reading
    if (this.#link !== null && !this.#link.closest('.frame')?.isConnected) this.close()
    else if (reading?.status === 'found') void this.#draw(reading.section)
  }

  /** Opens the section of a link, by a plain press where there is room; returns whether it did. Others open it in a tab. */
  take(event: MouseEvent): boolean {
    const link = citedLinkAt(event.target as Element)
    if (link === null || event.defaultPrevented || event.button > 1) return false
    const mode = this.#options.mode()
    const isHere = isPlain(event) && this.#room.matches && (mode === 'page' || mode === 'modal')
    if (!this.#opened(link, isHere)) return false
    event.preventDefault()
    void this.#host.updateComplete.then(() => this.#element?.focus({preventScroll: true}))
    return true
  }

  /** The focus goes back to the link, or to one like it if the answer was drawn anew. */
  close(): void {
    if (!this.isOpen) return
    const link = this.#link
    const hadFocus = this.#element?.matches(':focus-within') ?? false
    this.#show(null, null)
    if (hadFocus && link?.isConnected) link.focus({preventScroll: true})
  }

  render(): TemplateResult | typeof nothing {
    const cited = this.#cited
    if (cited === null) return nothing
    const say = this.#options.say()
    const {source, citations} = cited
    const path = pathOf(source)
    const links = this.#link === null ? [] : linksAlong(this.#link)
    const at = links.indexOf(this.#link!)
    const href = quotingLink(this.#options.absolute(sectionAddress(source)), distinctQuotes(citations))
    const turn = (by: number, name: 'previous' | 'next', picture: 'back' | 'forth'): TemplateResult =>
      html`<button class="plain" type="button" title=${say(name)} aria-label=${say(name)} ?disabled=${links[at + by] === undefined}
        @click=${() => this.#turnTo(links[at + by])}>${icon(picture)}</button>`
    return html`<aside class="section-pane" tabindex="-1" aria-label="${say('section')}: ${path.at(-1)}">
      <header class="pane-bar">
        ${
          links.length < 2 || at < 0
            ? nothing
            : html`${turn(-1, 'previous', 'back')}<span class="quiet">${say('place', {n: at + 1, count: links.length})}</span>${turn(1, 'next', 'forth')}`
        }
        <span class="title"></span>
        <a class="action" href=${href}>${icon('book')}${say('openPage')}</a>
        <button class="plain" type="button" title=${say('close')} aria-label=${say('close')} @click=${() => this.close()}>${icon('close')}</button>
      </header>
      <div class="pane-scroll" tabindex="0" role="group" aria-label=${path.at(-1)!}>
        <div class="pane-head" dir="auto">
          ${path.length === 1 ? nothing : html`<p class="path">${path.slice(0, -1).join(' › ')}</p>`}
          <h2>${path.at(-1)}</h2>
        </div>
        ${this.#state(this.#reading!, source)}
        <div class="text" dir="auto"></div>
      </div>
    </aside>`
  }

  /** What is said where there is no section to read, or not the one that was quoted. */
  #state({status}: SectionReading, source: CitedSource['source']): TemplateResult | typeof nothing {
    const say = this.#options.say()
    const quote = distinctQuotes(this.#cited!.citations).join(' … ')
    const quoted = quote === '' ? nothing : html`<blockquote dir="auto">${quote}</blockquote>`
    switch (status) {
      case 'loading':
        return html`<p class="state live"><span class="dot" aria-hidden="true"></span>${say('sectionLoading')}</p>`
      case 'gone':
        return html`<div class="notice"><p>${say('sectionGone')}</p>${quoted}</div>`
      case 'failed':
        return html`<div class="notice warn"><p>${say('sectionFailed')}</p>
          <div class="buttons"><button class="action" type="button" @click=${() => this.#options.sections().retry(source)}>${icon('retry')}${say('retry')}</button></div></div>`
      case 'found':
        return this.#isQuoteGone
          ? html`<div class="notice"><p>${say(source.verified ? 'verified' : 'quoteGone')}</p>${quoted}</div>`
          : nothing
    }
  }

  get #reading(): SectionReading | null {
    return this.#cited === null ? null : this.#options.sections().read(this.#cited.source)
  }

  get #element(): HTMLElement | null {
    return this.#options.root().querySelector<HTMLElement>('.section-pane')
  }

  /** Tells that a section is opened, and shows it, if it is to be shown here. Null if it is not. */
  #opened(link: HTMLElement, isHere: boolean): CitedSource | null {
    const cited = citedBy(link, this.#options.answers())
    if (cited === null) return null
    this.#options.onOpen(cited.source.n, link.closest<HTMLElement>('.turn')?.dataset['key'])
    if (!isHere) return null
    this.#show(link, cited)
    return cited
  }

  #turnTo(link: HTMLElement | undefined): void {
    const cited = link && this.#opened(link, true)
    if (!link || !cited) return
    // The claim is read together with its proof.
    link.scrollIntoView({block: 'nearest'})
    this.#options.announce(pathOf(cited.source).at(-1)!)
  }

  #show(link: HTMLElement | null, cited: CitedSource | null): void {
    this.#link?.removeAttribute('aria-current')
    link?.setAttribute('aria-current', 'true')
    this.#link = link
    this.#cited = cited
    this.#drawn = null
    this.#isQuoteGone = false
    this.#host.requestUpdate()
  }

  /** Draws the section once, then marks what is quoted and shows it. */
  async #draw(section: SectionText): Promise<void> {
    const cited = this.#cited
    if (this.#drawn === cited || cited === null) return
    this.#drawn = cited
    const piece = await renderer.load()
    const colours = section.text.includes('```') ? await highlighter.load() : null
    const body = this.#element?.querySelector<HTMLElement>('.text')
    if (this.#cited !== cited || body == null) return
    const {links, labels} = this.#options.nodeOptions()
    const base = this.#options.absolute(section.url)
    const stream = piece?.createMarkdownStream({links: {...links, base}, labels}) ?? createPlainStream()
    if (colours !== null) {
      stream.colour(colours.highlightPrepared)
      stream.update(section.text, [], true)
      await colours.whenPrepared()
      if (this.#cited !== cited) return
    }
    body.replaceChildren(
      ...stream.update(section.text, [], true).map(({nodes}) => {
        const block = document.createElement('div')
        block.className = 'block'
        patch(block, [], nodes)
        return block
      }),
    )
    const quotes = distinctQuotes(cited.citations)
    const ranges = piece?.rangesOf?.(body, quotes) ?? []
    for (const range of ranges) piece!.wrapInMarks(range)
    const scroller = body.parentElement!
    const first = body.querySelector('mark.quoted')
    scroller.scrollTop = 0
    if (first !== null) scroller.scrollTop = placeIn(scroller, first) - scroller.clientHeight / 3
    this.#isQuoteGone = piece !== null && ranges.length < quotes.length
    if (this.#isQuoteGone) this.#host.requestUpdate()
  }
}

/** How far an element is from the beginning of what scrolls, in pixels. */
function placeIn(scroller: Element, element: Element): number {
  return scroller.scrollTop + element.getBoundingClientRect().top - scroller.getBoundingClientRect().top
}
