import {html, nothing, type ReactiveController, type ReactiveControllerHost, type TemplateResult} from 'lit'
import type {Feedback} from '../../../packages/client/src/index.ts'
import type {Say} from '../locales/strings.ts'
import type {NodeOptions} from '../render/nodes.ts'
import {type AnswerState, shownOf} from '../session/answer-state.ts'
import {copiedMarkdown} from '../session/markdown-copy.ts'
import type {Session} from '../session/session.ts'
import {type AnswerText, endsWithText} from './answer-text.ts'
import {copyText} from './browser.ts'
import {icon} from './icons.ts'
import {reasonText} from './refusal.ts'
import {type TurnView, turn} from './turn.ts'

export interface TurnListOptions {
  readonly root: () => ParentNode
  readonly say: () => Say
  readonly lang: () => string
  readonly session: () => Session
  readonly nodeOptions: () => NodeOptions
  readonly isNarrow: () => boolean
  readonly absolute: (href: string) => string
  readonly onAsk: (question: string) => void
  readonly onEdit: (question: string, about: string) => void
  /** Leads to a person, from an answer; null where the site offers none. */
  readonly handOver: (answer: AnswerState) => (() => void) | null
  readonly onRated: (answer: AnswerState, feedback: Feedback) => void
  readonly announce: (text: string) => void
}

/** The last question of a conversation, whichever it is. */
const lastTurn = ':last-child'
/** Closer to the end than this counts as being at it. */
const endPx = 40
/** How long a button shows that it has copied. */
const copiedForMs = 1_600

/**
 * The answers of a conversation. A question is scrolled to the top once, when it is asked or shown again, and its answer
 * grows below it. Text is followed only after the reader went to its end.
 */
export class TurnList implements ReactiveController {
  readonly #host: ReactiveControllerHost
  readonly #options: TurnListOptions
  readonly #views = new Map<string, TurnView>()
  readonly #texts = new Map<string, AnswerText>()
  /** Sources already marked as used, by answer and try. */
  readonly #marked = new Set<string>()
  /** Selects the turn that the next update scrolls to the top; null for none. */
  #toTop: string | null = lastTurn
  /** The turn that stays at the top while texts above it are still drawn, as after a reload. */
  #held: HTMLElement | null = null
  #follows = false
  #isAtEnd = true
  /** An answer is shown as finished only once its last words are on the screen. */
  #awaitsText = false
  /** How far the list was scrolled when the held turn was last brought to the top, or as near as there was room. */
  #heldAt = 0

  constructor(host: ReactiveControllerHost, options: TurnListOptions) {
    this.#host = host
    this.#options = options
    host.addController(this)
  }

  hostUpdated(): void {
    const {session, nodeOptions, say, root} = this.#options
    this.#texts.clear()
    for (const element of root().querySelectorAll<AnswerText>('docs-assistant-text')) {
      const answer = session().answers.find(({key}) => key === element.dataset['key'])
      if (answer === undefined) continue
      this.#texts.set(answer.key, element)
      element.show(shownOf(answer), nodeOptions(), say(), session().answers)
    }
    this.#scrollToTop()
    this.#hold()
  }

  /** Scrolls the question that is asked next, or is last when a conversation opens, to the top. */
  showLast(): void {
    this.#toTop = lastTurn
    this.#host.requestUpdate()
  }

  #scrollToTop(): void {
    const scroller = this.#scroller
    const turn = this.#toTop === null ? null : scroller?.querySelector<HTMLElement>(`.turn${this.#toTop}`)
    // While the panel is closed nothing has a place.
    if (scroller == null || turn == null || scroller.clientHeight === 0) return
    this.#toTop = null
    this.#follows = false
    this.#held = turn
    this.#holdIn(scroller, turn)
  }

  #holdIn(scroller: HTMLElement, turn: HTMLElement): void {
    scroller.scrollTop = topOf(turn, scroller)
    this.#heldAt = scroller.scrollTop
  }

  /**
   * Once every text is drawn and its ending shown, or the reader has moved, nothing is held: while an answer is still
   * written, as after a reload, what comes late above it must not push it down.
   */
  #hold(): void {
    const scroller = this.#scroller
    if (this.#held === null || scroller === null) return
    this.#holdIn(scroller, this.#held)
    const isDrawn = [...this.#texts.values()].every(({isCaughtUp}) => isCaughtUp)
    if (isDrawn && !this.#awaitsText && this.#options.session().running === null) this.#held = null
  }

  /** Draws new text; renders the rest only if a source is used for the first time. */
  showText(answer: AnswerState): void {
    const {nodeOptions, say} = this.#options
    this.#texts.get(answer.key)?.show(shownOf(answer), nodeOptions(), say(), this.#options.session().answers)
    const last = answer.citations.at(-1)
    const mark = last === undefined ? '' : `${answer.key}:${answer.attempt}:${last.n}`
    if (mark === '' || this.#marked.has(mark)) return
    this.#marked.add(mark)
    this.#host.requestUpdate()
  }

  #toEnd(): void {
    this.#held = null
    this.#follows = true
    this.#follow()
    this.#host.requestUpdate()
  }

  #follow(): void {
    const scroller = this.#scroller
    if (scroller !== null && this.#follows) scroller.scrollTop = scroller.scrollHeight
  }

  get #scroller(): HTMLElement | null {
    return this.#options.root().querySelector('.scroll')
  }

  readonly onDrawn = ({target}: Event): void => {
    this.#hold()
    if (this.#options.session().running !== null) this.#follow()
    this.#look()
    if (!this.#awaitsText || !(target as AnswerText).isCaughtUp) return
    this.#awaitsText = false
    this.#host.requestUpdate()
  }

  /** Finds out whether the end is on the screen: of the words while they come, else of everything. */
  #look(): void {
    const scroller = this.#scroller
    if (scroller === null) return
    const end = scroller.querySelector('.turn[aria-busy="true"] .end')?.getBoundingClientRect().top
    const below =
      end === undefined
        ? scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight
        : end - scroller.getBoundingClientRect().bottom
    const isAtEnd = below < endPx
    if (isAtEnd === this.#isAtEnd) return
    this.#isAtEnd = isAtEnd
    this.#host.requestUpdate()
  }

  /** Copies a code block when its button is pressed. */
  readonly onClick = async (event: Event): Promise<void> => {
    const button = (event.target as Element).closest<HTMLElement>('[data-action="copy-code"]')
    const code = button?.closest('figure')?.querySelector('code')
    if (button == null || code == null) return
    const {say, announce} = this.#options
    await copyText(code.textContent ?? '')
    button.textContent = say()('copied')
    announce(say()('copied'))
    setTimeout(() => {
      button.textContent = say()('copy')
    }, copiedForMs)
  }

  /** The reader takes the list into their own hands: a wheel, a finger, a press. Keys scroll further than what is held back. */
  readonly onMove = {
    passive: true,
    handleEvent: (): void => {
      this.#held = null
    },
  }

  readonly onScroll = (): void => {
    const scroller = this.#scroller
    const last = scroller?.querySelector<HTMLElement>('.turn:last-child')
    if (scroller == null || last == null) return
    const toEnd = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight
    // With the question still at the top the reader has not gone anywhere, though all may be on the screen. Nor where the
    // list is still as it was scrolled from here, though something above has grown, or there was no room for more.
    const {scrollTop} = scroller
    const isAway = (place: number): boolean => Math.abs(place - scrollTop) > endPx
    if (this.#held !== null && isAway(topOf(this.#held, scroller)) && isAway(this.#heldAt)) this.#held = null
    this.#follows = toEnd < endPx && scroller.scrollTop > topOf(last, scroller) + 1
    this.#look()
  }

  render(): TemplateResult[] {
    const {answers} = this.#options.session()
    return answers.map((answer) => this.#turn(answer, answer === answers.at(-1)))
  }

  /** The button that scrolls to the end; nothing while the reader is there. */
  jump(): TemplateResult | typeof nothing {
    const {say, session} = this.#options
    if (this.#isAtEnd || session().answers.length === 0) return nothing
    return html`<button class="jump" type="button" aria-label=${say()('latest')} @click=${() => this.#toEnd()}>${icon('down')}</button>`
  }

  #viewOf(key: string): TurnView {
    let view = this.#views.get(key)
    if (view === undefined) {
      view = {showsAll: false, rates: false, ratesAbove: false, reasons: new Set(), note: '', isCopied: false}
      this.#views.set(key, view)
    }
    return view
  }

  /** Whether a later question was refused for the same reason. */
  #isRefusedAgain(answer: AnswerState): boolean {
    if (answer.phase !== 'refused') return false
    const {session, say} = this.#options
    const reason = reasonText(answer, say())
    const last = session().answers.findLast(
      (other) => other.phase === 'refused' && reasonText(other, say()) === reason,
    )
    return last?.key !== answer.key
  }

  #turn(answer: AnswerState, isLast: boolean): TemplateResult {
    const {session, say, announce} = this.#options
    const view = this.#viewOf(answer.key)
    const change = (to: Partial<TurnView>): void => {
      Object.assign(view, to)
      this.#host.requestUpdate()
    }
    let shown = shownOf(answer)
    if (endsWithText(shown) && this.#texts.get(answer.key)?.isCaughtUp === false) {
      this.#awaitsText = true
      shown = {...shown, phase: 'writing'}
    }
    return turn(shown, view, {
      say: say(),
      lang: this.#options.lang(),
      now: Date.now(),
      isRefusedAgain: this.#isRefusedAgain(answer),
      isNarrow: this.#options.isNarrow(),
      isBusy: session().running !== null,
      isLast,
      absolute: this.#options.absolute,
      change,
      retry: () => {
        this.#toTop = `[data-key="${CSS.escape(answer.key)}"]`
        session().retry(answer.key)
      },
      goOn: () => session().goOn(answer.key),
      ask: this.#options.onAsk,
      handOver: this.#options.handOver(answer),
      edit: () => this.#options.onEdit(answer.question, answer.about),
      copy: async () => {
        await copyText(copiedMarkdown(shownOf(answer), this.#options.nodeOptions().links.base))
        announce(say()('copied'))
        change({isCopied: true})
        setTimeout(() => change({isCopied: false}), copiedForMs)
      },
      rate: async (feedback) => {
        try {
          await session().rate(answer.key, feedback)
          this.#options.onRated(answer, feedback)
          change({rates: false, note: say()('thanks')})
          announce(say()('thanks'))
        } catch {
          change({note: say()('notSent')})
        }
      },
    })
  }
}

/** How far the list is scrolled when a turn is at its top. */
function topOf(turn: HTMLElement, scroller: HTMLElement): number {
  const border = turn.clientTop
  return Math.round(
    scroller.scrollTop + turn.getBoundingClientRect().top - scroller.getBoundingClientRect().top + border,
  )
}
