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
  readonly answers: () => readonly AnswerState[]
  readonly hide: () => void
}

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
    const {citations} = citedBy(link, this.#options.answers()) ?? {citations: []}
    this.#proof.show(link.href, distinctQuotes(citations))
    if (this.isCovered) this.bar.leave(link)
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
