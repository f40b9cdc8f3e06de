import type {ReactiveControllerHost} from 'lit'
import type {Say} from '../locales/strings.ts'
import type {AnswerState} from '../session/answer-state.ts'
import type {KeyValueStore} from '../session/conversation-store.ts'
import {distinctQuotes} from '../session/quoted-text.ts'
import {AnswerBar} from './answer-bar.ts'
import type {Mode} from './attributes.ts'
import {citedBy} from './cited-links.ts'
import {Dock} from './dock.ts'
import {PageProof} from './page-proof.ts'

export interface PageAroundOptions {
  readonly root: () => ParentNode
  readonly say: () => Say
  readonly mode: () => Mode
  readonly isOpen: () => boolean
  readonly dock: () => 'auto' | 'on' | 'off'
  /** The side of the window that the panel is at. */
  readonly side: () => 'left' | 'right'
  readonly storage: () => KeyValueStore
  /** Lasts as long as the tab. */
  readonly tab: () => KeyValueStore
  readonly answers: () => readonly AnswerState[]
  readonly hide: () => void
}

/** What a link quotes that loaded another page of the site. */
const quotedEntry = 'docent:quoted'
/** Most characters of it that are kept. */
const maxKeptChars = 20_000

/** In narrower windows the panel covers the page. Same as in the styles. */
const smallPx = 520

/** The assistant and the page around it: beside it, out of its way, and marking what is quoted of it. */
export class PageAround {
  readonly dock: Dock
  readonly bar: AnswerBar
  readonly #proof: PageProof
  readonly #options: PageAroundOptions

  constructor(host: ReactiveControllerHost & Element, options: PageAroundOptions) {
    const {mode, isOpen, answers} = options
    this.#options = options
    this.bar = new AnswerBar(host, {...options, question: () => answers().at(-1)?.question ?? ''})
    this.dock = new Dock(host, {
      ...options,
      isWanted: () => mode() === 'panel' && isOpen() && !this.bar.isAway,
    })
    this.#proof = new PageProof(host, (range) => this.#uncover(range))
  }

  /** Whether an open panel or dialog covers the whole page. */
  get isCovered(): boolean {
    const {mode} = this.#options
    return mode() === 'modal' || (mode() === 'panel' && innerWidth <= smallPx)
  }

  /** Shows on the page what a link of the assistant quotes, which opened no page. */
  show(link: HTMLAnchorElement): void {
    this.#proof.show(link.href, this.#quotesOf(link))
    if (this.isCovered) this.bar.leave(link)
  }

  /** Keeps what a link quotes for the page that it loads. */
  keep(link: HTMLAnchorElement): void {
    const kept = JSON.stringify([link.href, ...this.#quotesOf(link)])
    try {
      if (kept.length <= maxKeptChars) this.#options.tab().setItem(quotedEntry, kept)
    } catch {
      // Storage is not allowed: the browser alone marks the words.
    }
  }

  /** Shows what was kept for this page, once, if the panel is open again; without it the browser's own mark is enough. */
  resume(): void {
    const {tab, mode, isOpen} = this.#options
    const kept = tab().getItem(quotedEntry)
    if (kept === null) return
    tab().removeItem(quotedEntry)
    if (mode() !== 'panel' || !isOpen()) return
    try {
      const [href, ...quotes] = JSON.parse(kept) as [string, ...string[]]
      this.#proof.show(href, quotes)
    } catch {
      // The site wrote something of its own there.
    }
  }

  #quotesOf(link: HTMLAnchorElement): readonly string[] {
    return distinctQuotes(citedBy(link, this.#options.answers())?.citations ?? [])
  }

  /** Makes way where the panel lies on words that were marked. */
  #uncover(range: Range): void {
    const panel = this.dock.isDocked ? null : this.#options.root().querySelector('.panel:not([hidden])')
    if (panel === null) return
    const [over, words] = [panel.getBoundingClientRect(), range.getBoundingClientRect()]
    const isOver =
      words.right > over.left && words.left < over.right && words.bottom > over.top && words.top < over.bottom
    if (isOver) this.bar.leave(null)
  }
}
