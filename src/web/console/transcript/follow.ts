/** Keys that scroll the page. */
const scrolling = new Set(['PageUp', 'PageDown', 'Home', 'End', 'ArrowUp', 'ArrowDown'])
const marginPx = 16
/** So much of the end is to be seen. */
const lastLinesPx = 80

/**
 * Keeps what is written last in view, until the person scrolls.
 * @param place has the answer and its player
 */
export class Follower {
  /** Whether the page moves with what is written. */
  isFollowing = false
  readonly #place: HTMLElement

  constructor(place: HTMLElement) {
    this.#place = place
  }

  connect(): void {
    addEventListener('wheel', this.#stop, {passive: true})
    addEventListener('touchmove', this.#stop, {passive: true})
    addEventListener('keydown', this.#key)
    addEventListener('pointerdown', this.#scrollbar)
  }

  disconnect(): void {
    removeEventListener('wheel', this.#stop)
    removeEventListener('touchmove', this.#stop)
    removeEventListener('keydown', this.#key)
    removeEventListener('pointerdown', this.#scrollbar)
  }

  /** Brings what is shown last between the bar and the player: the end of the text, or of sources alone their beginning. */
  show(): void {
    const find = (selector: string): Element | null => this.#place.querySelector(selector)
    const text = find('.text')
    const last = find('.ending') ?? (text?.textContent?.trim() ? text : null)
    const edge = last ?? find('.found') ?? find('.asked')
    const player = find('.player')
    if (edge === null || player === null) return
    const top = stuckHeight(document.querySelector('.bar')) + marginPx
    const bottom = innerHeight - stuckHeight(player) - marginPx
    const rect = edge.getBoundingClientRect()
    if (last === null) {
      if (rect.top < top || rect.bottom > bottom) scrollBy({top: rect.top - top, behavior: 'instant'})
    } else if (rect.bottom > bottom || rect.bottom - lastLinesPx < top) {
      scrollBy({top: rect.bottom - bottom, behavior: 'instant'})
    }
  }

  readonly #stop = (): void => {
    this.isFollowing = false
  }

  readonly #key = (event: KeyboardEvent): void => {
    if (scrolling.has(event.key) && !(event.target as Element).matches('input, select, textarea'))
      this.#stop()
  }

  readonly #scrollbar = ({clientX}: PointerEvent): void => {
    if (clientX >= document.documentElement.clientWidth) this.#stop()
  }
}

/** How much of the window an element takes that stays in place; 0 for one that does not. */
function stuckHeight(element: Element | null): number {
  return element !== null && getComputedStyle(element).position === 'sticky'
    ? element.getBoundingClientRect().height
    : 0
}
