import {html, nothing, type ReactiveController, type ReactiveControllerHost, type TemplateResult} from 'lit'
import type {Say} from '../locales/strings.ts'
import type {KeyValueStore} from '../session/conversation-store.ts'
import {breaksUnder, headerBottomAt, isInTransition, keepsPlace, type Zone} from './page-room.ts'

export interface DockOptions {
  readonly root: () => ParentNode
  readonly say: () => Say
  /** Whether an open panel may dock at all. */
  readonly isWanted: () => boolean
  /** `on` docks wherever the window is wide enough, `auto` where the page keeps its shape. */
  readonly dock: () => 'auto' | 'on' | 'off'
  /** The side of the window that the panel is at. */
  readonly side: () => 'left' | 'right'
  readonly storage: () => KeyValueStore
  /** Lasts as long as the tab. */
  readonly tab: () => KeyValueStore
}

const widthEntry = 'docent:dock-width'
/** Side and width while it is docked, as `right 400`: pages of the server keep the room before this script has started. */
const dockedEntry = 'docent:docked'
const minPx = 320
const maxPx = 640
const defaultPx = 400
const stepPx = 16
/** Text of the page that ends so near to the panel looks cut. */
const gapPx = 4
/** How long the head of the page must be left alone until the page is taken as changed. */
const settledMs = 300
/** What must be left for the page. */
const minPagePx = {auto: 760, on: 480, off: Number.POSITIVE_INFINITY}

/**
 * Docks the panel into the page: gives the page a margin, so that nothing of it is covered, and takes it back when the
 * panel closes. The margin is in a style sheet of its own: no attribute of the page changes. Sites find its width as
 * `--docs-assistant-dock`, for what they fix to the window.
 */
export class Dock implements ReactiveController {
  readonly #host: ReactiveControllerHost & Element
  readonly #options: DockOptions
  #sheet: CSSStyleSheet | null = null
  /** What the place of the panel was found for. */
  #foundFor = ''
  #hasStarted = false
  #widthPx: number | null = null
  /** The widest that leaves this page its shape. */
  #mostHerePx = maxPx
  #listeners = new AbortController()

  constructor(host: ReactiveControllerHost & Element, options: DockOptions) {
    this.#host = host
    this.#options = options
    host.addController(this)
  }

  get isDocked(): boolean {
    return this.#sheet !== null
  }

  hostConnected(): void {
    this.#listeners = new AbortController()
    const {signal} = this.#listeners
    addEventListener('resize', () => this.#host.requestUpdate(), {signal})
    let timer = 0
    const judgeAnew = (): void => {
      clearTimeout(timer)
      timer = window.setTimeout(() => {
        if (isInTransition()) return judgeAnew()
        this.#foundFor = 'changed'
        this.#host.requestUpdate()
      }, settledMs)
    }
    // Routers change the title with the page; styles that come late change its shape as well.
    const observer = new MutationObserver(judgeAnew)
    observer.observe(document.head, {childList: true, characterData: true, subtree: true})
    // A router has moved the element into another page.
    if (this.#hasStarted) judgeAnew()
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      observer.disconnect()
    })
  }

  hostDisconnected(): void {
    this.#listeners.abort()
    // Routers such as Astro's move the element into the next page, in a transition in which nothing can be hit.
    queueMicrotask(() => {
      if (this.#host.isConnected) return
      this.#foundFor = ''
      this.#undock()
    })
  }

  hostUpdate(): void {
    if (!this.#hasStarted) this.#sheet ??= keptSheet()
    const {isWanted, dock, side} = this.#options
    const facts = isWanted() ? `${dock()} ${side()} ${innerWidth}` : ''
    if (facts === this.#foundFor) return
    this.#foundFor = facts
    const wasDocked = this.isDocked
    const place = (): void => {
      this.#undock()
      this.#mostHerePx = maxPx
      if (facts === '' || this.#most < minPx) return
      // Narrower than it was left rather than on the text.
      for (const most of [maxPx, defaultPx, 360, minPx]) {
        this.#mostHerePx = most
        const breaks = breaksUnder(() => this.#dock())
        if (!breaks || dock() === 'on') return
        this.#undock()
      }
    }
    if (facts === '' && !wasDocked) return
    keepsPlace(place)
    this.#remember()
  }

  /** Whether the panel is open again is known after the first update: then room that was kept is measured, or given back. */
  hostUpdated(): void {
    if (this.#hasStarted) return
    this.#hasStarted = true
    if (this.#foundFor !== '' || !this.isDocked) return
    this.#foundFor = 'kept'
    this.#host.requestUpdate()
  }

  /** The handle at the inner edge. */
  grip(): TemplateResult | typeof nothing {
    if (!this.isDocked) return nothing
    return html`<div class="grip" role="separator" tabindex="0" aria-orientation="vertical" aria-label=${this.#options.say()('panelWidth')}
      aria-valuemin=${minPx} aria-valuemax=${this.#most} aria-valuenow=${this.#width}
      @pointerdown=${this.#onGrip} @keydown=${this.#onKey} @dblclick=${() => this.#resize(defaultPx)}></div>`
  }

  /** Width of the widest panel beside which the page has room, in pixels. */
  get #most(): number {
    return Math.min(this.#mostHerePx, innerWidth - minPagePx[this.#options.dock()])
  }

  get #width(): number {
    this.#widthPx ??= Number(this.#options.storage().getItem(widthEntry)) || defaultPx
    return Math.round(Math.max(minPx, Math.min(this.#most, this.#widthPx)))
  }

  /** Returns the place of the panel. */
  #dock(): Zone {
    this.#sheet ??= new CSSStyleSheet()
    const margin = `margin-${this.#options.side()}: ${this.#width}px !important`
    const rule = (top: number): string =>
      `:root { ${margin}; --docs-assistant-dock: ${this.#width}px; --docs-assistant-dock-top: ${top}px }`
    this.#sheet.replaceSync(rule(0))
    if (!document.adoptedStyleSheets.includes(this.#sheet)) document.adoptedStyleSheets.push(this.#sheet)
    const left = this.#options.side() === 'left' ? 0 : innerWidth - this.#width
    const top = headerBottomAt(left + this.#width / 2)
    if (top > 0) this.#sheet.replaceSync(rule(top))
    return {left: left - gapPx, right: left + this.#width + gapPx, top}
  }

  #undock(): void {
    const sheets = document.adoptedStyleSheets
    if (this.#sheet !== null) document.adoptedStyleSheets = sheets.filter((sheet) => sheet !== this.#sheet)
    this.#sheet = null
  }

  #resize(widthPx: number): void {
    this.#widthPx = Math.max(minPx, Math.min(this.#most, widthPx))
    this.#dock()
    try {
      this.#options.storage().setItem(widthEntry, String(this.#width))
    } catch {
      // Storage is not allowed: the width lasts as long as the page.
    }
    this.#remember()
    this.#host.requestUpdate()
  }

  #remember(): void {
    const tab = this.#options.tab()
    try {
      if (this.isDocked) tab.setItem(dockedEntry, `${this.#options.side()} ${this.#width}`)
      else tab.removeItem(dockedEntry)
    } catch {
      // Storage is not allowed: the room is made when this script has started.
    }
  }

  readonly #onGrip = (event: PointerEvent): void => {
    if (event.button !== 0) return
    const grip = event.currentTarget as HTMLElement
    const from = event.clientX
    const width = this.#width
    const away = this.#options.side() === 'left' ? 1 : -1
    const dragged = new AbortController()
    const {signal} = dragged
    // Else text is selected on the way.
    event.preventDefault()
    grip.focus()
    grip.setPointerCapture(event.pointerId)
    grip.addEventListener('pointermove', (move) => this.#resize(width + away * (move.clientX - from)), {
      signal,
    })
    // Follows pointerup and pointercancel too.
    grip.addEventListener('lostpointercapture', () => dragged.abort(), {signal})
  }

  readonly #onKey = (event: KeyboardEvent): void => {
    const wider = this.#options.side() === 'left' ? 'ArrowRight' : 'ArrowLeft'
    const to =
      event.key === 'Home'
        ? minPx
        : event.key === 'End'
          ? maxPx
          : event.key === 'ArrowLeft' || event.key === 'ArrowRight'
            ? this.#width + (event.key === wider ? stepPx : -stepPx)
            : null
    if (to === null) return
    event.preventDefault()
    this.#resize(to)
  }
}

/** The sheet by which a page of the server has kept the room; null for none. */
function keptSheet(): CSSStyleSheet | null {
  const isKept = ({cssRules}: CSSStyleSheet): boolean =>
    cssRules[0]?.cssText.includes('--docs-assistant-dock:') === true
  return document.adoptedStyleSheets.find(isKept) ?? null
}
