import type {ReactiveController, ReactiveControllerHost} from 'lit'

/**
 * Where an update takes away what has the focus, as a button that has done its work, the heading gets it: whoever has no
 * mouse goes on from there, and not from the top of the page. The heading can be focused, with `tabindex="-1"`.
 */
export class KeptFocus implements ReactiveController {
  readonly #host: ReactiveControllerHost & HTMLElement
  readonly #heading: string
  #had = false

  /** @param heading CSS selector */
  constructor(host: ReactiveControllerHost & HTMLElement, heading = 'h1') {
    this.#host = host
    this.#heading = heading
    host.addController(this)
  }

  hostUpdate(): void {
    this.#had = this.#host.contains(document.activeElement)
  }

  hostUpdated(): void {
    if (!this.#had || document.activeElement !== document.body) return
    this.#host.querySelector<HTMLElement>(this.#heading)?.focus({preventScroll: true})
  }
}
