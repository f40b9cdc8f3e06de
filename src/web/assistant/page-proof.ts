import type {ReactiveController, ReactiveControllerHost} from 'lit'
import {pause} from '../../lib/pause.ts'
import {decodedPath} from '../../lib/url-path.ts'
import {renderer} from '../pieces/pieces.ts'
import {withoutQuotes} from '../proof/without-quotes.ts'
import {isThisPage} from './site-links.ts'

/** How long a router of the site may take to show another page. */
const maxRouteMs = 6_000
/** Time between two looks at a page that is changing. */
const lookMs = 100
/** Routers scroll to the section themselves, some a moment later. */
const settleMs = 350

/**
 * Marks what a link quotes on the page around, where a link opens no page: browsers mark only when they load one. The marks
 * go with the next ones, and with Escape.
 */
export class PageProof implements ReactiveController {
  /** Called with the words that were marked, once they are on the screen. */
  readonly #onMarked: (range: Range) => void
  readonly #host: ReactiveControllerHost & Element
  #listeners = new AbortController()
  #latest = new AbortController()

  constructor(host: ReactiveControllerHost & Element, onMarked: (range: Range) => void) {
    this.#onMarked = onMarked
    this.#host = host
    host.addController(this)
  }

  hostConnected(): void {
    this.#listeners = new AbortController()
    const onKey = (event: KeyboardEvent): void => {
      if (event.key === 'Escape') this.#clear()
    }
    addEventListener('keydown', onKey, {capture: true, signal: this.#listeners.signal})
  }

  hostDisconnected(): void {
    this.#listeners.abort()
    // Routers such as Astro's move the element into the next page.
    queueMicrotask(() => {
      if (!this.#host.isConnected) this.#clear()
    })
  }

  /** Marks what a link quotes, as soon as its page is shown. */
  show(href: string, quotes: readonly string[]): void {
    this.#clear()
    if (quotes.length === 0) return
    const anchor = decodedPath(new URL(withoutQuotes(href)).hash.slice(1))
    this.#latest = new AbortController()
    void this.#whenShown(href, anchor, quotes, this.#latest.signal)
  }

  async #whenShown(
    href: string,
    anchor: string,
    quotes: readonly string[],
    signal: AbortSignal,
  ): Promise<void> {
    const piece = await renderer.load()
    const until = performance.now() + maxRouteMs
    while (!signal.aborted && performance.now() < until) {
      await pause(lookMs)
      // Another page may have the same words.
      const range = signal.aborted || !isThisPage(href) ? null : (piece?.markOnPage?.(anchor, quotes) ?? null)
      if (range === null) continue
      bringToView(range)
      await pause(settleMs)
      if (signal.aborted) return
      bringToView(range)
      this.#onMarked(range)
      return
    }
  }

  #clear(): void {
    this.#latest.abort()
    renderer.loaded?.clearPageMarks?.()
  }
}

/** Scrolls the page so that the words can be seen; leaves it where they can be. */
function bringToView(range: Range): void {
  const {top, bottom} = range.getBoundingClientRect()
  // A header of the site may stand at the top.
  if (top >= innerHeight * 0.15 && bottom <= innerHeight * 0.85) return
  range.startContainer.parentElement?.scrollIntoView({block: 'center'})
  const now = range.getBoundingClientRect()
  if (now.top < 0 || now.top > innerHeight * 0.8) scrollBy({top: now.top - innerHeight / 3})
}
