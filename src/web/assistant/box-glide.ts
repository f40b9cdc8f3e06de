import type {LitElement, ReactiveController} from 'lit'

const glideMs = 220

/** Lets the box glide from the middle to the end when the first question is asked, unless less motion is wanted. */
export class BoxGlide implements ReactiveController {
  readonly #host: LitElement
  #top: number | null = null

  constructor(host: LitElement) {
    this.#host = host
    host.addController(this)
  }

  hostUpdate(): void {
    this.#top = this.#boxIn('.frame.empty')?.getBoundingClientRect().top ?? null
  }

  hostUpdated(): void {
    const box = this.#top === null ? null : this.#boxIn('.frame:not(.empty)')
    if (box == null || matchMedia('(prefers-reduced-motion: reduce)').matches) return
    const from = this.#top! - box.getBoundingClientRect().top
    box.animate([{transform: `translateY(${from}px)`}, {transform: 'none'}], {
      duration: glideMs,
      easing: 'ease-out',
    })
  }

  #boxIn(frame: string): Element | null {
    return this.#host.shadowRoot?.querySelector(`${frame} .dock .ask`) ?? null
  }
}
