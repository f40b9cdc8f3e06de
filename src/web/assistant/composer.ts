import {html, nothing, type ReactiveController, type ReactiveControllerHost, type TemplateResult} from 'lit'
import type {SearchResult} from '../../../packages/client/src/index.ts'
import {headOf} from '../../lib/cut.ts'
import {sectionAddress} from '../../lib/section-address.ts'
import type {Say} from '../locales/strings.ts'
import {maxQuestionChars} from '../session/passage.ts'
import {icon} from './icons.ts'
import {marked} from './marked.ts'

export interface ComposerOptions {
  readonly root: () => ParentNode
  readonly say: () => Say
  readonly placeholder: () => string
  /** Whether an answer is being written; the button is then Stop instead of Ask. */
  readonly isRunning: () => boolean
  readonly absolute: (href: string) => string
  readonly onType: (text: string, about: string) => void
  /** Cancels the search in progress. */
  readonly onCancel: () => void
  readonly onAsk: (question: string, about: string) => void
  readonly onStop: () => void
  readonly announce: (text: string) => void
}

const maxSnippetChars = 180
/** The box counts as full this close to its limit, since browsers cut a paste there and may leave out an emoji. */
const nearLimitChars = 20

/** The input box, for asking and for search as you type, with the matching sections below it. */
export class Composer implements ReactiveController {
  readonly #host: ReactiveControllerHost
  readonly #options: ComposerOptions
  #results: readonly SearchResult[] = []
  #active = -1
  #about = ''
  #isFull = false
  /** The question to put into the box once it is rendered. */
  #draft: string | null = null

  constructor(host: ReactiveControllerHost, options: ComposerOptions) {
    this.#host = host
    this.#options = options
    host.addController(this)
  }

  hostDisconnected(): void {
    this.#options.onCancel()
  }

  /** Returns false when the box is not rendered yet. */
  focus(): boolean {
    this.#box?.focus()
    return this.#box !== null
  }

  show(results: readonly SearchResult[]): void {
    this.#results = results
    this.#choose(-1)
  }

  /** @param active index of a result; -1 for none. */
  #choose(active: number): void {
    this.#active = active
    this.#host.requestUpdate()
  }

  /** The passage of the page to ask about; empty for none. */
  set about(passage: string) {
    this.#about = passage
    this.#host.requestUpdate()
  }

  hostUpdated(): void {
    if (this.#draft !== null && this.#box !== null) this.edit(this.#draft, this.#about)
  }

  /** Puts a question into the box for the reader to change or send. */
  edit(question: string, about: string): void {
    const box = this.#box
    this.#draft = box === null ? question : null
    this.about = about
    if (box === null) return
    box.value = question
    this.#resize(box)
    box.focus()
  }

  /** Sends a question that was put into the box, unless the reader has changed it in the meantime. */
  submitUnchanged(question: string): void {
    if (this.#draft === question) {
      this.#draft = null
      this.#options.onAsk(question, this.#about)
    } else if (this.#box?.value === question) this.#submit()
  }

  render(): TemplateResult {
    const {isRunning, placeholder} = this.#options
    const say = this.#options.say()
    const hasResults = this.#results.length > 0
    return html`<form class="ask" @submit=${(event: Event) => {
      event.preventDefault()
      this.#submit()
    }}>
      ${this.#about === '' ? nothing : this.#passage(say)}
      <div class="row">
        <textarea class="question" rows="1" dir="auto" maxlength=${maxQuestionChars} placeholder=${placeholder()} aria-label=${placeholder()}
          aria-describedby="hint" aria-autocomplete="list" aria-controls=${hasResults ? 'results' : nothing}
          aria-activedescendant=${this.#active >= 0 ? `result-${this.#active}` : nothing}
          autocomplete="off" autocapitalize="sentences" enterkeyhint="send"
          @keydown=${this.#onKey} @input=${this.#onInput} @blur=${this.#onBlur}></textarea>
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
      ${hasResults ? this.#list(say) : nothing}
    </form>`
  }

  #passage(say: Say): TemplateResult {
    return html`<div class="about">${icon('quote')}<span class="passage" title=${say('about')}>${this.#about}</span>
      <button class="plain" type="button" aria-label=${say('removeAbout')} @click=${() => {
        this.about = ''
        this.focus()
      }}>${icon('close')}</button></div>`
  }

  #list(say: Say): TemplateResult {
    return html`<div class="results" id="results" role="listbox" aria-label=${say('sources')}>
      ${this.#results.map(
        (
          result,
          i,
        ) => html`<a class="result" id="result-${i}" role="option" tabindex="-1" aria-selected=${i === this.#active} href=${this.#options.absolute(sectionAddress(result))}>
        <span class="path" dir="auto">${markedName(result)}</span><span class="snippet" dir="auto">${marked(headOf(result.text, maxSnippetChars), result.highlights?.text)}</span></a>`,
      )}
    </div>`
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

  #submit(): void {
    const box = this.#box
    if (box === null) return
    const active = this.#results[this.#active]
    if (active !== undefined) {
      this.#options.root().querySelector<HTMLElement>(`#result-${this.#active}`)?.click()
      return
    }
    const question = box.value.trim()
    if (question === '' || this.#options.isRunning()) return
    const about = this.#about
    box.value = ''
    this.#about = ''
    this.#close()
    this.#resize(box)
    this.#options.onAsk(question, about)
  }

  #close(): void {
    this.#options.onCancel()
    this.show([])
  }

  readonly #onInput = (event: Event): void => {
    const box = event.target as HTMLTextAreaElement
    this.#resize(box)
    // What was chosen matches the text before: Enter asks what is typed now.
    this.#choose(-1)
    this.#options.onType(box.value, this.#about)
  }

  readonly #onBlur = (): void => {
    const box = this.#box
    // A click on a result moves the focus before it is handled.
    setTimeout(() => {
      const root = box?.getRootNode()
      const isFocused = root instanceof ShadowRoot && root.activeElement === box
      if (this.#results.length > 0 && !isFocused) this.#close()
    }, 150)
  }

  readonly #onKey = (event: KeyboardEvent): void => {
    const count = this.#results.length
    switch (event.key) {
      case 'Enter':
        // In an input method, Enter confirms a word and does not send.
        if (event.shiftKey || event.isComposing) return
        event.preventDefault()
        this.#submit()
        return
      case 'ArrowDown':
      case 'ArrowUp': {
        if (count === 0) return
        event.preventDefault()
        // The positions are the results and the box itself.
        const step = event.key === 'ArrowDown' ? 1 : count
        this.#choose(((this.#active + 1 + step) % (count + 1)) - 1)
        return
      }
      case 'Escape':
        if (count === 0) return
        event.preventDefault()
        event.stopPropagation()
        this.#close()
    }
  }
}

/** The name of a result as `nameOf` has it, with what was typed marked. */
function markedName({title, headings, highlights}: SearchResult): (string | TemplateResult)[] {
  const marks = [highlights?.title, ...(highlights?.headings ?? [])]
  return [title, ...headings].flatMap((name, i) =>
    i === 1 && name === title ? [] : [i > 0 ? ' › ' : '', ...marked(name, marks[i])],
  )
}

/** Makes the box as tall as its text, within the limits of the styles. */
function growToFit(box: HTMLTextAreaElement): void {
  box.style.setProperty('height', 'auto')
  // An empty box has one line, however long its placeholder is.
  if (box.value !== '') box.style.setProperty('height', `${box.scrollHeight}px`)
}
