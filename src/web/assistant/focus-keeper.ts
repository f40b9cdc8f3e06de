import type {LitElement, ReactiveController} from 'lit'

/**
 * Keeps the keyboard's place when what had the focus goes as it was pressed, "Try again", say: the focus goes to the
 * turn that is being written, else to the one it was in, else to the last. Where there is none it goes to the box.
 */
export class FocusKeeper implements ReactiveController {
  readonly #host: LitElement
  /** Puts the cursor into the box. */
  readonly #toBox: () => void
  #focused: Element | null = null
  #turn: HTMLElement | null = null

  constructor(host: LitElement, toBox: () => void) {
    this.#host = host
    this.#toBox = toBox
    host.addController(this)
  }

  hostUpdate(): void {
    this.#focused = this.#host.shadowRoot?.activeElement ?? null
    this.#turn = this.#focused?.closest<HTMLElement>('.turn') ?? null
  }

  hostUpdated(): void {
    const [focused, turn] = [this.#focused, this.#turn]
    if (focused === null || !hasGone(focused)) return
    // Whoever pressed it may know a better place.
    void this.#host.updateComplete.then(() => {
      const isLost =
        document.activeElement === document.body || this.#host.shadowRoot?.activeElement === focused
      if (isLost) this.#place(turn)
    })
  }

  #place(turn: HTMLElement | null): void {
    const turns = [...this.#host.renderRoot.querySelectorAll<HTMLElement>('.turn')]
    const place = turns.find(({ariaBusy}) => ariaBusy === 'true') ?? (turn?.isConnected ? turn : turns.at(-1))
    if (place === undefined) this.#toBox()
    else focusOnce(place)
  }
}

/** Whether it can have the focus no longer. */
function hasGone(element: Element): boolean {
  return !element.isConnected || element.matches(':disabled')
}

/** Focuses what is none of the keyboard's stops, and does not become one. */
function focusOnce(element: HTMLElement): void {
  element.tabIndex = -1
  element.addEventListener('blur', () => element.removeAttribute('tabindex'), {once: true})
  // Whoever reads on elsewhere is not torn away.
  element.focus({preventScroll: true})
}
