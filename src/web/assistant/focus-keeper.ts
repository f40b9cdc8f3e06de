import type {LitElement, ReactiveController} from 'lit'

/**
 * Keeps the focus when the focused element disappears as it is pressed, such as "Try again": moves it to the turn that
 * is being written, else to the turn it was in, else to the last; without any turn, to the box.
 */
export class FocusKeeper implements ReactiveController {
  readonly #host: LitElement
  /** Focuses the box. */
  readonly #focusBox: () => void
  #focused: Element | null = null
  #turn: HTMLElement | null = null

  constructor(host: LitElement, focusBox: () => void) {
    this.#host = host
    this.#focusBox = focusBox
    host.addController(this)
  }

  hostUpdate(): void {
    this.#focused = this.#host.shadowRoot?.activeElement ?? null
    this.#turn = this.#focused?.closest<HTMLElement>('.turn') ?? null
  }

  hostUpdated(): void {
    const [focused, turn] = [this.#focused, this.#turn]
    if (focused === null || !cannotHaveFocus(focused)) return
    // The handler of the press may have moved the focus itself.
    void this.#host.updateComplete.then(() => {
      const isLost =
        document.activeElement === document.body || this.#host.shadowRoot?.activeElement === focused
      if (isLost) this.#restore(turn)
    })
  }

  #restore(turn: HTMLElement | null): void {
    const turns = [...this.#host.renderRoot.querySelectorAll<HTMLElement>('.turn')]
    const target =
      turns.find(({ariaBusy}) => ariaBusy === 'true') ?? (turn?.isConnected ? turn : turns.at(-1))
    if (target === undefined) this.#focusBox()
    else focusOnce(target)
  }
}

/** Whether the element can no longer have the focus. */
function cannotHaveFocus(element: Element): boolean {
  return !element.isConnected || element.matches(':disabled')
}

/** Focuses an element that is not a tab stop, without making it one. */
function focusOnce(element: HTMLElement): void {
  element.tabIndex = -1
  element.addEventListener('blur', () => element.removeAttribute('tabindex'), {once: true})
  // Must not scroll away from what the reader is looking at.
  element.focus({preventScroll: true})
}
