import {nothing, type ReactiveControllerHost, type TemplateResult} from 'lit'
import type {Say} from '../locales/strings.ts'
import type {Conversation} from '../session/conversation-store.ts'
import {recentQuestions} from '../session/recent-questions.ts'
import {type Found, nothingFound} from '../session/search.ts'
import {placeList} from './list-place.ts'
import {type Offered, type Option, optionList, optionsOf, searchNote} from './options.ts'

export interface BoxListOptions {
  readonly root: () => ParentNode
  readonly say: () => Say
  /** What is in the box. */
  readonly text: () => string
  /** Whether the question is about a passage, so that no other one can be taken. */
  readonly hasPassage: () => boolean
  readonly isRunning: () => boolean
  /** Whether results can be found while typing. */
  readonly canSearch: () => boolean
  readonly absolute: (href: string) => string
  /** The conversations to offer questions from, newest first; none where they are not kept. */
  readonly conversations: () => readonly Conversation[]
  /** Cancels the search in progress. */
  readonly onCancel: () => void
  readonly onAsk: (question: string) => void
  readonly announce: (text: string) => void
}

/** What was found is announced when it has not changed for so long. */
const announceAfterMs = 500

/** The list of the box: whether it is open, what it holds, and which option is chosen. */
export class BoxList {
  readonly #host: ReactiveControllerHost
  readonly #options: BoxListOptions
  #found = nothingFound
  #isOpen = false
  /** Index of the option that was chosen with the keys; -1 for none. */
  #index = -1
  /** As they were when the list was opened: reading them with every key takes too long. */
  #conversations: readonly Conversation[] = []
  #announcing: ReturnType<typeof setTimeout> | undefined

  constructor(host: ReactiveControllerHost, options: BoxListOptions) {
    this.#host = host
    this.#options = options
  }

  get isOpen(): boolean {
    return this.#isOpen
  }

  /** Whether it is on the screen: it is open and has something to show. */
  get isShown(): boolean {
    return this.options.length > 0 || searchNote(this.#offered.found, this.#options.say()) !== ''
  }

  get options(): readonly Option[] {
    return optionsOf(this.#offered, this.#options.absolute)
  }

  /** The option that was chosen with the keys. */
  get chosen(): Option | undefined {
    return this.options[this.#index]
  }

  open(): void {
    if (this.#isOpen) return
    this.#isOpen = true
    this.#conversations = this.#options.conversations()
    this.#host.requestUpdate()
  }

  close(): void {
    clearTimeout(this.#announcing)
    this.#options.onCancel()
    this.#found = nothingFound
    this.#conversations = []
    this.#isOpen = false
    this.choose(-1)
  }

  /** Shows what was found for the text in the box. What was chosen stays chosen where it is still offered. */
  show(found: Found): void {
    const {chosen} = this
    this.#found = found
    this.#index = chosen === undefined ? -1 : this.options.findIndex((option) => isSame(option, chosen))
    this.#announceFound()
    this.#host.requestUpdate()
  }

  /** @param index of an option; -1 for none. */
  choose(index: number): void {
    this.#index = index
    this.#host.requestUpdate()
    void this.#host.updateComplete.then(() => {
      const id = this.chosen?.id
      if (id !== undefined) this.#options.root().querySelector(`#${id}`)?.scrollIntoView({block: 'nearest'})
    })
  }

  /**
   * Chooses the next option, and returns false where there is none. Enter in the box does what the first row says, so from
   * there it is the second or the last. In a list without that row that was just opened, it is the first.
   */
  step(isDown: boolean, isNew: boolean): boolean {
    const {options} = this
    const count = options.length
    if (count === 0) return false
    const from = this.#index < 0 && options[0]!.type === 'ask' ? 0 : this.#index
    if (from < 0) this.choose(isDown || isNew ? 0 : count - 1)
    else this.choose((from + (isDown ? 1 : count - 1)) % count)
    return true
  }

  /** Fits it to the room on the screen. */
  readonly place = (): void => {
    const list = this.#isOpen ? this.#options.root().querySelector<HTMLElement>('.options') : null
    if (list !== null) placeList(list)
  }

  render(): TemplateResult | typeof nothing {
    if (!this.isShown) return nothing
    const {say, absolute, onAsk} = this.#options
    const opened = ({ctrlKey, metaKey, shiftKey}: MouseEvent): void => {
      // After the link was followed. A new tab or window leaves the list as it is.
      if (!ctrlKey && !metaKey && !shiftKey) setTimeout(() => this.close())
    }
    const chosen = this.chosen?.id ?? null
    return optionList(this.#offered, {say: say(), absolute, chosen, ask: onAsk, opened})
  }

  get #offered(): Offered {
    if (!this.#isOpen) return {question: '', recent: [], found: nothingFound}
    const {isRunning, canSearch, hasPassage, text} = this.#options
    const typed = text().trim()
    const recent = isRunning() || hasPassage() ? [] : recentQuestions(this.#conversations, typed)
    // Where there is nothing else to choose, the button says enough.
    const isList = canSearch() || recent.length > 0
    return {question: isList ? typed : '', recent, found: this.#found}
  }

  #announceFound(): void {
    clearTimeout(this.#announcing)
    this.#announcing = setTimeout(() => {
      const say = this.#options.say()
      const {results} = this.#found
      const words =
        searchNote(this.#found, say) || (results.length > 0 && say('matches', {n: results.length}))
      if (words && this.#isOpen) this.#options.announce(words)
    }, announceAfterMs)
  }
}

/** Ids of results count them anew for each search. */
function isSame(one: Option, other: Option): boolean {
  return one.type === 'result' && other.type === 'result' ? one.href === other.href : one.id === other.id
}
