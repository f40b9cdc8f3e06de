import {html, nothing, type ReactiveController, type ReactiveControllerHost, type TemplateResult} from 'lit'
import type {Say} from '../locales/strings.ts'
import type {Conversation} from '../session/conversation-store.ts'
import {maxQuestionChars} from '../session/passage.ts'
import {recentQuestions} from '../session/recent-questions.ts'
import {type Found, nothingFound} from '../session/search.ts'
import {icon} from './icons.ts'
import {placeList} from './list-place.ts'
import {type Offered, type Option, optionList, optionsOf, searchNote} from './options.ts'

export interface ComposerOptions {
  readonly root: () => ParentNode
  readonly say: () => Say
  readonly placeholder: () => string
  /** Whether an answer is being written; the button is then Stop instead of Ask. */
  readonly isRunning: () => boolean
  /** Whether nothing was asked in this conversation, so that a list covers no answer. */
  readonly isFresh: () => boolean
  /** Whether results can be found while typing. */
  readonly canSearch: () => boolean
  readonly absolute: (href: string) => string
  /** The conversations to offer questions from, newest first; none where they are not kept. */
  readonly conversations: () => readonly Conversation[]
  /** @param isWord whether the text is what the reader means, and not half a word of an input method. */
  readonly onType: (text: string, about: string, isWord: boolean) => void
  /** Cancels the search in progress. */
  readonly onCancel: () => void
  readonly onAsk: (question: string, about: string) => void
  readonly onStop: () => void
  readonly announce: (text: string) => void
}

/** The box counts as full this close to its limit, since browsers cut a paste there and may leave out an emoji. */
const nearLimitChars = 20
/** What was found is announced when it has not changed for so long. */
const announceAfterMs = 500

/** The input box, for asking and for search as you type, with a list of what can be chosen. */
export class Composer implements ReactiveController {
  readonly #host: ReactiveControllerHost
  readonly #options: ComposerOptions
  #text = ''
  #found = nothingFound
  #isOpen = false
  /** Index of the option that was chosen with the keys; -1 for none. */
  #chosen = -1
  /** As they were when the list was opened: reading them with every key takes too long. */
  #conversations: readonly Conversation[] = []
  #announcing: ReturnType<typeof setTimeout> | undefined
  #about = ''
  #isFull = false
  /** The question to put into the box once it is rendered. */
  #draft: string | null = null

  constructor(host: ReactiveControllerHost, options: ComposerOptions) {
    this.#host = host
    this.#options = options
    host.addController(this)
  }

  hostConnected(): void {
    visualViewport?.addEventListener('resize', this.#place)
  }

  hostDisconnected(): void {
    visualViewport?.removeEventListener('resize', this.#place)
    this.#close()
  }

  /** Returns false when the box is not rendered yet. */
  focus(): boolean {
    this.#box?.focus()
    return this.#box !== null
  }

  /** Shows what was found for the text in the box. */
  show(found: Found): void {
    const isSame = found.results === this.#found.results
    this.#found = found
    if (!isSame) this.#chosen = -1
    this.#announceFound()
    this.#host.requestUpdate()
  }

  /** The passage of the page to ask about; empty for none. */
  set about(passage: string) {
    this.#about = passage
    this.#host.requestUpdate()
  }

  hostUpdated(): void {
    if (this.#draft !== null && this.#box !== null) this.edit(this.#draft, this.#about)
    this.#place()
  }

  /** Puts a question into the box for the reader to change or send. */
  edit(question: string, about: string): void {
    const box = this.#box
    this.#draft = box === null ? question : null
    this.about = about
    if (box === null) return
    box.value = question
    this.#text = question
    this.#resize(box)
    box.focus()
  }

  /** Sends a question that was put into the box, unless the reader has changed it in the meantime. */
  submitUnchanged(question: string): void {
    if (this.#draft === question) {
      this.#draft = null
      this.#options.onAsk(question, this.#about)
    } else if (this.#box?.value === question) this.#ask(question)
  }

  render(): TemplateResult {
    const {isRunning, placeholder, absolute} = this.#options
    const say = this.#options.say()
    const offered = this.#offered
    const options = optionsOf(offered, absolute)
    const hasList = options.length > 0 || searchNote(offered.found, say) !== ''
    const chosen = options[this.#chosen]?.id ?? null
    return html`<form class="ask" @submit=${(event: Event) => {
      event.preventDefault()
      this.#ask(this.#box?.value ?? '')
    }}>
      ${this.#about === '' ? nothing : this.#passage(say)}
      <div class="row">
        <textarea class="question" rows="1" maxlength=${maxQuestionChars} placeholder=${placeholder()} aria-label=${placeholder()}
          role="combobox" aria-describedby="hint" aria-autocomplete="list" aria-haspopup="listbox"
          aria-expanded=${options.length > 0} aria-controls=${hasList ? 'options' : nothing} aria-activedescendant=${chosen ?? nothing}
          autocomplete="off" autocapitalize="sentences" enterkeyhint="send"
          @keydown=${this.#onKey} @input=${this.#onInput} @compositionend=${this.#onInput} @click=${this.#onClick} @blur=${this.#onBlur}></textarea>
        <span id="hint" class="sr">${say('askHint')}</span>
        ${
          isRunning()
            ? html`<button class="primary stop" type="button" aria-label=${say('stop')} title=${say('stop')} @click=${() => {
                this.#options.onStop()
                this.focus()
              }}>${icon('stop')}</button>`
            : html`<button class="primary send" type="submit" aria-label=${say('ask')} title=${say('ask')}>${icon('up')}</button>`
        }
      </div>
      ${this.#isFull ? html`<p class="full">${this.#fullText}</p>` : nothing}
      ${
        hasList
          ? optionList(offered, {
              say,
              absolute,
              chosen,
              ask: (question) => this.#ask(question),
              opened: this.#onOpened,
            })
          : nothing
      }
    </form>`
  }

  #passage(say: Say): TemplateResult {
    return html`<div class="about">${icon('quote')}<span class="passage" title=${say('about')}>${this.#about}</span>
      <button class="plain" type="button" aria-label=${say('removeAbout')} @click=${() => {
        this.about = ''
        this.focus()
      }}>${icon('close')}</button></div>`
  }

  /** What the list holds; nothing while it is closed. */
  get #offered(): Offered {
    if (!this.#isOpen) return {question: '', recent: [], found: nothingFound}
    const {isRunning, canSearch} = this.#options
    const typed = this.#text.trim()
    const recent = isRunning() || this.#about !== '' ? [] : recentQuestions(this.#conversations, typed)
    // Where there is nothing else to choose, the button says enough.
    const isList = canSearch() || recent.length > 0
    return {question: isList && !isRunning() ? typed : '', recent, found: this.#found}
  }

  get #choices(): readonly Option[] {
    return optionsOf(this.#offered, this.#options.absolute)
  }

  get #isListed(): boolean {
    return this.#choices.length > 0 || searchNote(this.#offered.found, this.#options.say()) !== ''
  }

  get #box(): HTMLTextAreaElement | null {
    return this.#options.root().querySelector('textarea.question')
  }

  get #fullText(): string {
    return this.#options.say()('longestQuestion', {n: maxQuestionChars})
  }

  /** Fits the box to its text, and shows a message when it is full. */
  #resize(box: HTMLTextAreaElement): void {
    growToFit(box)
    const isFull = box.value.length > maxQuestionChars - nearLimitChars
    if (isFull === this.#isFull) return
    this.#isFull = isFull
    if (isFull) this.#options.announce(this.#fullText)
    this.#host.requestUpdate()
  }

  readonly #place = (): void => {
    const list = this.#isOpen ? this.#options.root().querySelector<HTMLElement>('.options') : null
    if (list !== null) placeList(list)
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

  #ask(text: string): void {
    const box = this.#box
    const question = text.trim()
    if (box === null || question === '' || this.#options.isRunning()) return
    const about = this.#about
    box.value = ''
    this.#text = ''
    this.#about = ''
    this.#close()
    this.#resize(box)
    this.#options.onAsk(question, about)
  }

  #open(): void {
    if (this.#isOpen) return
    this.#isOpen = true
    this.#conversations = this.#options.conversations()
  }

  #close(): void {
    clearTimeout(this.#announcing)
    this.#options.onCancel()
    this.#found = nothingFound
    this.#conversations = []
    this.#isOpen = false
    this.#choose(-1)
  }

  /** @param index of an option; -1 for none. */
  #choose(index: number): void {
    this.#chosen = index
    this.#host.requestUpdate()
    if (index < 0) return
    const {id} = this.#choices[index]!
    void this.#host.updateComplete.then(() => {
      this.#options.root().querySelector(`#${id}`)?.scrollIntoView({block: 'nearest'})
    })
  }

  readonly #onInput = (event: Event): void => {
    const box = event.target as HTMLTextAreaElement
    this.#text = box.value
    this.#resize(box)
    this.#open()
    // What was chosen matches the text before: Enter asks what is typed now.
    this.#choose(-1)
    this.#options.onType(box.value, this.#about, (event as InputEvent).isComposing !== true)
  }

  readonly #onClick = (): void => {
    if (this.#text !== '' || !this.#options.isFresh()) return
    this.#open()
    this.#host.requestUpdate()
  }

  readonly #onBlur = ({target}: Event): void => {
    const box = target as HTMLTextAreaElement
    // Another window may have the focus now; then the box has it again later.
    if ((box.getRootNode() as ShadowRoot).activeElement !== box && this.#isOpen) this.#close()
  }

  readonly #onOpened = ({ctrlKey, metaKey, shiftKey}: MouseEvent): void => {
    // After the link was followed, which a new tab or window leaves the list for.
    if (!ctrlKey && !metaKey && !shiftKey) setTimeout(() => this.#close())
  }

  readonly #onKey = (event: KeyboardEvent): void => {
    // An input method takes Enter to confirm a word, and arrows to choose one.
    if (event.isComposing || event.keyCode === 229) return
    const {ctrlKey, metaKey, shiftKey, altKey} = event
    switch (event.key) {
      case 'Enter':
        if (shiftKey) return
        event.preventDefault()
        this.#take(this.#choices[this.#chosen], ctrlKey || metaKey)
        return
      case 'ArrowDown':
      case 'ArrowUp':
        if (ctrlKey || metaKey || shiftKey || altKey || !this.#isAtEdge(event.key)) return
        if (this.#step(event.key === 'ArrowDown')) event.preventDefault()
        return
      case 'Tab':
        if (this.#isOpen) this.#close()
        return
      case 'Escape':
        if (!this.#isListed) return
        event.preventDefault()
        event.stopPropagation()
        this.#close()
    }
  }

  #take(option: Option | undefined, inNewTab: boolean): void {
    if (option?.type === 'result') {
      if (inNewTab) open(option.href, '_blank', 'noopener')
      else this.#options.root().querySelector<HTMLElement>(`#${option.id}`)?.click()
    } else this.#ask(option?.question ?? this.#box?.value ?? '')
  }

  /** Whether an arrow key would leave the text, or an option is chosen already. */
  #isAtEdge(key: 'ArrowDown' | 'ArrowUp'): boolean {
    const box = this.#box
    if (box === null || this.#chosen >= 0) return true
    if (!box.value.includes('\n') && box.clientHeight < 2 * oneLinePx) return true
    return key === 'ArrowDown' ? box.selectionStart === box.value.length : box.selectionEnd === 0
  }

  /** Chooses the option after or before; from the box, whose own comes first, the second or the last. */
  #step(isDown: boolean): boolean {
    if (!this.#isOpen) {
      this.#open()
      if (this.#text.trim() !== '') this.#options.onType(this.#text, this.#about, true)
    }
    const options = this.#choices
    const count = options.length
    if (count === 0) return false
    const from = this.#chosen < 0 && options[0]!.type === 'ask' ? 0 : this.#chosen
    this.#choose(from < 0 ? (isDown ? 0 : count - 1) : (from + (isDown ? 1 : count - 1)) % count)
    return true
  }
}

/** Height of a box with one line, at most. */
const oneLinePx = 30

/** Makes the box as tall as its text, within the limits of the styles. */
function growToFit(box: HTMLTextAreaElement): void {
  box.style.setProperty('height', 'auto')
  // An empty box has one line, however long its placeholder is.
  if (box.value !== '') box.style.setProperty('height', `${box.scrollHeight}px`)
}
