import {html, nothing, type ReactiveController, type ReactiveControllerHost, type TemplateResult} from 'lit'
import type {Say} from '../locales/strings.ts'
import {type AnswerState, isEnded} from '../session/answer-state.ts'
import {maxQuestionChars} from '../session/passage.ts'
import type {Found} from '../session/search.ts'
import {BoxList, type BoxListOptions} from './box-list.ts'
import {icon} from './icons.ts'
import type {Option} from './options.ts'

export interface ComposerOptions extends Omit<BoxListOptions, 'text' | 'hasPassage' | 'onAsk'> {
  readonly placeholder: () => string
  /** Whether an answer is being written; the button is then Stop instead of Ask. */
  readonly isRunning: () => boolean
  /** Whether nothing was asked in this conversation, so that a list covers no answer. */
  readonly isFresh: () => boolean
  /** The last answer of the conversation; null where nothing was asked. */
  readonly last: () => AnswerState | null
  /** @param isWord whether the text is what the reader means, and not half a word of an input method. */
  readonly onType: (text: string, about: string, isWord: boolean) => void
  readonly onAsk: (question: string, about: string) => void
  readonly onStop: () => void
}

/** The box counts as full this close to its limit, since browsers cut a paste there and may leave out an emoji. */
const nearLimitChars = 20

/** The input box, for asking and for search as you type, with a list of what can be chosen. */
export class Composer implements ReactiveController {
  readonly #host: ReactiveControllerHost
  readonly #options: ComposerOptions
  readonly #list: BoxList
  #text = ''
  #about = ''
  #isFull = false
  /** Key of the answer at whose end the question in the box is asked; null where it waits for none. */
  #waitsFor: string | null = null
  /** The question to put into the box once it is rendered. */
  #draft: string | null = null

  constructor(host: ReactiveControllerHost, options: ComposerOptions) {
    this.#host = host
    this.#options = options
    this.#list = new BoxList(host, {
      ...options,
      text: () => this.#text,
      hasPassage: () => this.#about !== '',
      onAsk: (question) => this.#ask(question),
    })
    host.addController(this)
  }

  hostConnected(): void {
    visualViewport?.addEventListener('resize', this.#list.place)
  }

  hostDisconnected(): void {
    visualViewport?.removeEventListener('resize', this.#list.place)
    this.#list.close()
  }

  /** Returns false when the box is not rendered yet. */
  focus(): boolean {
    this.#box?.focus()
    return this.#box !== null
  }

  /** Shows what was found for the text in the box. */
  show(found: Found): void {
    this.#list.show(found)
  }

  /** The passage of the page to ask about; empty for none. */
  set about(passage: string) {
    this.#about = passage
    this.#host.requestUpdate()
  }

  hostUpdated(): void {
    if (this.#draft !== null && this.#box !== null) this.edit(this.#draft, this.#about)
    if (this.#waitsFor !== null) this.#endWait()
    this.#list.place()
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
    const {isRunning, placeholder} = this.#options
    const say = this.#options.say()
    const {options, chosen} = this.#list
    return html`<form class="ask" @submit=${(event: Event) => {
      event.preventDefault()
      this.#ask(this.#box?.value ?? '')
    }}>
      ${this.#about === '' ? nothing : this.#passage(say)}
      <div class="row">
        <textarea class="question" rows="1" dir="auto" maxlength=${maxQuestionChars} placeholder=${placeholder()} aria-label=${placeholder()}
          aria-describedby="hint" aria-autocomplete="list" aria-controls=${options.length > 0 ? 'options' : nothing} aria-activedescendant=${chosen?.id ?? nothing}
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
      ${this.#waitsFor === null ? nothing : html`<p class="waits">${icon('past')}${say('waits')}</p>`}
      ${this.#list.render()}
    </form>`
  }

  #passage(say: Say): TemplateResult {
    return html`<div class="about">${icon('quote')}<span class="passage" title=${say('about')}>${this.#about}</span>
      <button class="plain" type="button" aria-label=${say('removeAbout')} @click=${() => {
        this.about = ''
        this.focus()
      }}>${icon('close')}</button></div>`
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

  #ask(text: string): void {
    const box = this.#box
    const question = text.trim()
    if (box === null || question === '') return
    if (this.#options.isRunning()) {
      this.#wait()
      return
    }
    const about = this.#about
    box.value = ''
    this.#text = ''
    this.#about = ''
    this.#list.close()
    this.#resize(box)
    this.#options.onAsk(question, about)
  }

  #wait(): void {
    this.#list.close()
    this.#waitsFor = this.#options.last()!.key
    this.#options.announce(this.#options.say()('waits'))
    this.#host.requestUpdate()
  }

  /** Asks once the answer that the question waits for has ended; not after a refusal, or in another conversation. */
  #endWait(): void {
    const last = this.#options.last()
    const isSame = last !== null && last.key === this.#waitsFor
    if (isSame && !isEnded(last)) return
    this.#waitsFor = null
    if (isSame && last.phase !== 'refused') this.#ask(this.#box?.value ?? '')
    else this.#host.requestUpdate()
  }

  readonly #onInput = (event: Event): void => {
    const box = event.target as HTMLTextAreaElement
    this.#text = box.value
    this.#waitsFor = null
    this.#resize(box)
    this.#list.open()
    // What was chosen matches the text before: Enter asks what is typed now.
    this.#list.choose(-1)
    this.#options.onType(box.value, this.#about, (event as InputEvent).isComposing !== true)
  }

  readonly #onClick = (): void => {
    if (this.#text === '' && this.#options.isFresh()) this.#list.open()
  }

  readonly #onBlur = ({target}: Event): void => {
    const box = target as HTMLTextAreaElement
    // Another window may have the focus now; then the box has it again later.
    if ((box.getRootNode() as ShadowRoot).activeElement !== box && this.#list.isOpen) this.#list.close()
  }

  readonly #onKey = (event: KeyboardEvent): void => {
    // An input method takes Enter to confirm a word, and arrows to choose one.
    if (event.isComposing || event.keyCode === 229) return
    const {ctrlKey, metaKey, shiftKey, altKey} = event
    switch (event.key) {
      case 'Enter':
        if (shiftKey) return
        event.preventDefault()
        this.#take(this.#list.chosen, ctrlKey || metaKey)
        return
      case 'ArrowDown':
      case 'ArrowUp':
        if (ctrlKey || metaKey || shiftKey || altKey || !this.#isAtEdge(event.key)) return
        if (this.#step(event.key === 'ArrowDown')) event.preventDefault()
        return
      case 'Tab':
        if (this.#list.isOpen) this.#list.close()
        return
      case 'Escape':
        if (!this.#list.isShown) return
        event.preventDefault()
        event.stopPropagation()
        this.#list.close()
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
    if (box === null || this.#list.chosen !== undefined) return true
    if (!box.value.includes('\n') && box.clientHeight < 2 * oneLinePx) return true
    return key === 'ArrowDown' ? box.selectionStart === box.value.length : box.selectionEnd === 0
  }

  /** Opens the list if need be, and chooses an option. Returns false where there is none. */
  #step(isDown: boolean): boolean {
    const isNew = !this.#list.isOpen
    this.#list.open()
    if (isNew && this.#text.trim() !== '') this.#options.onType(this.#text, this.#about, true)
    return this.#list.step(isDown, isNew)
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
