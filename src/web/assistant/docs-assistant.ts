import {html, LitElement, nothing, type PropertyValues, type TemplateResult} from 'lit'
import {type AnswerState, isEnded} from '../client/answer-state.ts'
import {browserNetwork} from '../client/answer-stream.ts'
import {createConversationStore, type KeyValueStore, memoryStorage} from '../client/conversation-store.ts'
import {copiedMarkdown, hrefOf, nameOf} from '../client/markdown-copy.ts'
import {createLiveSearch, type LiveSearch, type SearchResult} from '../client/search.ts'
import {type Change, openSession, type Session} from '../client/session.ts'
import {english, type Locale, loadLocale, localeNames, localeTagFor} from '../locales/index.ts'
import {safeHref} from '../render/links.ts'
import type {NodeOptions} from '../render/nodes.ts'
import type {AnswerText} from './answer-text.ts'
import {icon} from './icons.ts'
import {offerOnSelection} from './page-selection.ts'
import {styles} from './styles.ts'
import {type TurnView, turn} from './turn.ts'

export type Mode = 'panel' | 'modal' | 'inline' | 'page'

/** Where the widget's script came from, which is where its server is; set by the script itself. */
let scriptBase = ''
export function setScriptBase(url: string): void {
  scriptBase = url
}

/**
 * The assistant, as a button with a panel, a dialog, a part of a page, or a page of its own.
 *
 * Events, none of which bubble: `opened`, `closed`, `asked`, `sources`, `answered` (first words), `ended`, `rated`.
 * Their `detail` never holds the question's or the answer's text, unless the attribute `share-text` is there.
 */
export class DocsAssistant extends LitElement {
  static override styles = styles
  static override properties = {
    endpoint: {},
    mode: {reflect: true},
    opened: {type: Boolean, reflect: true},
    version: {},
    locale: {},
    theme: {reflect: true},
    position: {reflect: true},
    heading: {},
    placeholder: {},
    questions: {},
    pages: {},
    shortcut: {},
    keep: {},
    selection: {},
    imageHosts: {attribute: 'image-hosts'},
    shareText: {type: Boolean, attribute: 'share-text'},
    launcher: {},
  }

  /** Address of the Docent server; default: where the script came from. */
  declare endpoint: string | null
  declare mode: Mode
  declare opened: boolean
  declare version: string | null
  /** BCP 47; default: the page's, then the browser's. */
  declare locale: string | null
  declare theme: 'auto' | 'light' | 'dark'
  /** `end` (default) or `start`: the corner of the button and its panel. */
  declare position: 'end' | 'start'
  declare heading: string | null
  declare placeholder: string | null
  /** Suggested questions, separated by `|`. */
  declare questions: string | null
  /** Titles of pages to suggest questions about, separated by `|`; where `questions` are not given. */
  declare pages: string | null
  /** As `mod+k` (default; Ctrl, or Cmd on a Mac) or `ctrl+/`; `none` for none. */
  declare shortcut: string | null
  /** `browser` (default): conversations survive; `none`: they end with the page. */
  declare keep: 'browser' | 'none'
  /** CSS selector of the part of the page where a selection or a code block can be asked about. */
  declare selection: string | null
  declare imageHosts: string | null
  declare shareText: boolean
  /** `none`: no button; the page opens the assistant itself. */
  declare launcher: string | null

  #session: Session | null = null
  #search: LiveSearch | null = null
  #listeners = new AbortController()
  #results: readonly SearchResult[] = []
  #active = -1
  #about = ''
  #said = ''
  #isAtEnd = true
  #isHistoryOpen = false
  #deleting: string | null = null
  #note = ''
  #turnViews = new Map<string, TurnView>()
  #opener: HTMLElement | null = null
  #locale: Locale = english
  /** Nothing is said before the language is there. */
  #isReady = false
  #speaking = 0
  #nodeOptions: NodeOptions | null = null
  #preview: AnswerState['sources'][number] | null = null
  #previewTimer: ReturnType<typeof setTimeout> | undefined

  constructor() {
    super()
    this.mode = 'panel'
    this.opened = false
    this.theme = 'auto'
    this.position = 'end'
    this.keep = 'browser'
    this.shareText = false
    for (const name of [
      'endpoint',
      'version',
      'locale',
      'heading',
      'placeholder',
      'questions',
      'pages',
    ] as const)
      this[name] = null
    this.shortcut = null
    this.selection = null
    this.imageHosts = null
    this.launcher = null
  }

  // The page's side of it

  /** Opens the panel or the dialog, and puts the cursor into the box. */
  show(): void {
    if (!this.opened) {
      const focused = document.activeElement
      this.#opener = focused instanceof HTMLElement && focused !== this ? focused : null
      this.opened = true
      this.#tell('opened')
    }
    void this.updateComplete.then(() => this.focus())
  }

  hide(): void {
    if (!this.opened) return
    this.opened = false
    this.#tell('closed')
    void this.updateComplete.then(() => {
      const launcher = this.renderRoot.querySelector<HTMLElement>('.launcher')
      ;(this.#opener?.isConnected && this.#opener !== document.body ? this.#opener : launcher)?.focus()
    })
  }

  toggle(): void {
    if (this.opened) this.hide()
    else this.show()
  }

  /** Asks, and opens if need be. Nothing happens while an answer is being written. */
  ask(question: string, options: {readonly about?: string} = {}): void {
    if (this.#session === null || this.#session.running !== null) return
    if (this.#floats) this.show()
    this.#isAtEnd = true
    this.#session.ask(question, options.about ?? '')
  }

  /** Opens with a passage of the page to ask about. */
  askAbout(passage: string): void {
    this.#about = passage.trim()
    this.requestUpdate()
    if (this.#floats) this.show()
    else this.focus()
  }

  stop(): void {
    this.#session?.stop()
  }

  /** Begins a new conversation; the one before stays in the history. */
  reset(): void {
    this.#session?.startNew()
  }

  override focus(): void {
    this.#box?.focus()
  }

  // Life

  override connectedCallback(): void {
    super.connectedCallback()
    this.#listeners = new AbortController()
    const {signal} = this.#listeners
    document.addEventListener('keydown', (event) => this.#onShortcut(event), {signal})
    addEventListener('pagehide', () => this.#session?.save(), {signal})
    if (this.selection !== null) {
      offerOnSelection({
        scope: this.selection,
        host: this,
        signal,
        button: () => this.renderRoot.querySelector<HTMLElement>('.offer'),
        onAsk: (passage) => this.askAbout(passage),
      })
    }
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#listeners.abort()
    this.#search?.cancel()
    this.#session?.close()
    this.#session = null
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('locale') || !this.hasUpdated) void this.#speak()
    if (this.#session === null || changed.has('endpoint') || changed.has('keep')) this.#begin()
    this.#nodeOptions ??= {
      links: {
        base: `${new URL(this.#server || '/', location.href).href.replace(/\/$/, '')}/docs/`,
        imageHosts: (this.imageHosts ?? '').split(/[\s,]+/).filter(Boolean),
      },
      labels: {copy: this.#say('copy'), code: this.#say('code'), table: this.#say('table')},
    }
  }

  protected override firstUpdated(): void {
    const url = new URL(location.href)
    const question = url.searchParams.get('assistant')
    if (question !== null && question.trim() !== '') {
      // Asked once: neither a reload nor another assistant on the page asks again.
      url.searchParams.delete('assistant')
      history.replaceState(history.state, '', url)
      this.#session!.startNew()
      this.ask(question)
    }
  }

  protected override updated(changed: PropertyValues): void {
    const dialog = this.renderRoot.querySelector('dialog')
    if (dialog !== null && dialog.open !== this.opened) {
      if (this.opened) dialog.showModal()
      else dialog.close()
    }
    for (const element of this.renderRoot.querySelectorAll<AnswerText>('docs-assistant-text')) {
      const answer = this.#session?.answers.find(({key}) => key === element.dataset['key'])
      if (answer !== undefined) element.show(answer, this.#nodeOptions!, this.#say)
    }
    if (changed.has('opened') && this.opened) this.#follow()
  }

  async #speak(): Promise<void> {
    const around = this.closest('[lang]')?.getAttribute('lang')
    const wanted = [this.locale, around, ...navigator.languages].filter((tag) => typeof tag === 'string')
    const mine = ++this.#speaking
    const locale = await loadLocale(localeTagFor(wanted), this.#server)
    // Another language was chosen meanwhile.
    if (mine !== this.#speaking) return
    this.#locale = locale
    this.#isReady = true
    this.#nodeOptions = null
    this.requestUpdate()
    await this.updateComplete
    if (this.opened) this.focus()
  }

  get #server(): string {
    return (this.endpoint ?? scriptBase).replace(/\/+$/, '')
  }

  get #floats(): boolean {
    return this.mode === 'panel' || this.mode === 'modal'
  }

  get #say(): Locale['say'] {
    return this.#locale.say
  }

  get #box(): HTMLTextAreaElement | null {
    return this.renderRoot.querySelector('textarea.question')
  }

  #begin(): void {
    this.#session?.close()
    const endpoint = this.#server
    const fetcher = (url: string, init?: RequestInit): Promise<Response> => fetch(url, init)
    const kept = this.keep === 'browser'
    this.#session = openSession({
      endpoint,
      fetch: fetcher,
      network: browserNetwork,
      store: createConversationStore(kept ? storageOf('localStorage') : memoryStorage(), endpoint || 'here'),
      tab: kept ? storageOf('sessionStorage') : memoryStorage(),
      version: () => this.version,
      onChange: (change) => this.#onChange(change),
    })
    this.#search = createLiveSearch({
      endpoint,
      fetch: fetcher,
      version: () => this.version,
      onResults: (_query, results) => {
        this.#results = results
        this.#active = -1
        if (results.length > 0) this.#announce(this.#say('matches', {n: results.length}))
        this.requestUpdate()
      },
    })
  }

  // What happens

  #onChange(change: Change): void {
    if (change.type === 'text') {
      const element = this.renderRoot.querySelector<AnswerText>(
        `docs-assistant-text[data-key="${change.answer.key}"]`,
      )
      element?.show(change.answer, this.#nodeOptions!, this.#say)
      // A chip may have marked another source as used.
      if (change.answer.citations.length !== this.#citationsDrawn) this.requestUpdate()
      this.#citationsDrawn = change.answer.citations.length
      return
    }
    if (change.type === 'answer') this.#onAnswer(change.answer, change.before)
    else if (this.#session?.running != null) {
      const {key, question} = this.#session.running
      this.#tell('asked', {key}, {question})
    }
    this.requestUpdate()
    void this.updateComplete.then(() => this.#follow())
  }
  #citationsDrawn = 0

  #onAnswer(answer: AnswerState, before: AnswerState): void {
    const {answerId, phase} = answer
    if (before.sources.length === 0 && answer.sources.length > 0) {
      this.#announce(this.#say('announceSources', {n: answer.sources.length}))
      void this.updateComplete.then(() => {
        // Painted with the next frame: that is when the reader has something useful.
        requestAnimationFrame(() => {
          const firstUsefulMs = Math.max(0, Date.now() - answer.askedAt)
          performance.mark('docs-assistant:first-useful', {detail: {answerId, firstUsefulMs}})
          this.#tell('sources', {answerId, count: answer.sources.length, firstUsefulMs})
        })
      })
    }
    if (before.phase !== 'writing' && phase === 'writing') this.#tell('answered', {answerId})
    if (isEnded(before) || !isEnded(answer)) return
    this.#tell('ended', {answerId, ending: phase, timings: answer.timings}, {text: answer.text})
    const words = {
      complete: 'announceDone',
      quoted: 'announceDone',
      abstained: 'notInDocsText',
      stopped: 'announceStopped',
      'broke-off': 'announceBroke',
      refused: 'refusedText',
    } as const
    this.#announce(this.#say(words[phase as keyof typeof words]))
  }

  #tell(name: string, detail: Record<string, unknown> = {}, text: Record<string, unknown> = {}): void {
    this.dispatchEvent(new CustomEvent(name, {detail: {...detail, ...(this.shareText ? text : {})}}))
  }

  #announce(words: string): void {
    this.#said = words
    this.requestUpdate()
  }

  #onShortcut(event: KeyboardEvent): void {
    const keys = (this.shortcut ?? (this.mode === 'inline' ? 'none' : 'mod+k')).toLowerCase().split('+')
    const key = keys.pop()
    if (key === undefined || key === 'none' || event.key.toLowerCase() !== key) return
    const isMac = /mac|iphone|ipad/i.test(navigator.platform)
    const wanted = (name: string): boolean =>
      keys.includes(name) || (keys.includes('mod') && name === (isMac ? 'meta' : 'ctrl'))
    if (
      event.ctrlKey !== wanted('ctrl') ||
      event.metaKey !== wanted('meta') ||
      event.altKey !== wanted('alt')
    )
      return
    if (key !== '/' && key !== '?' && event.shiftKey !== wanted('shift')) return
    event.preventDefault()
    if (this.#floats) this.toggle()
    else this.focus()
  }

  #submit(): void {
    const box = this.#box!
    const active = this.#results[this.#active]
    if (active !== undefined) {
      location.assign(this.#absolute(hrefOf(active)))
      return
    }
    const question = box.value.trim()
    if (question === '' || this.#session?.running != null) return
    const about = this.#about
    this.#clearBox()
    this.ask(question, {about})
  }

  #clearBox(): void {
    const box = this.#box!
    box.value = ''
    this.#about = ''
    this.#closeResults()
    growToFit(box)
  }

  #closeResults(): void {
    this.#search?.cancel()
    this.#results = []
    this.#active = -1
    this.requestUpdate()
  }

  #onKey(event: KeyboardEvent): void {
    const count = this.#results.length
    switch (event.key) {
      case 'Enter':
        // Enter within an input method chooses a word, it does not send.
        if (event.shiftKey || event.isComposing) return
        event.preventDefault()
        this.#submit()
        return
      case 'ArrowDown':
      case 'ArrowUp':
        if (count === 0) return
        event.preventDefault()
        this.#active =
          event.key === 'ArrowDown'
            ? this.#active >= count - 1
              ? -1
              : this.#active + 1
            : (this.#active < 0 ? count : this.#active) - 1
        this.requestUpdate()
        return
      case 'Escape':
        if (count === 0) return
        event.preventDefault()
        event.stopPropagation()
        this.#closeResults()
    }
  }

  #onInput(event: Event): void {
    const box = event.target as HTMLTextAreaElement
    growToFit(box)
    this.#search?.type(box.value)
  }

  #follow(): void {
    const scroller = this.#scroller
    if (scroller !== null && this.#isAtEnd) scroller.scrollTop = scroller.scrollHeight
  }

  get #scroller(): HTMLElement | null {
    return this.mode === 'inline' ? null : this.renderRoot.querySelector('.scroll')
  }

  #onScroll(event: Event): void {
    const scroller = event.currentTarget as HTMLElement
    const isAtEnd = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 40
    if (isAtEnd === this.#isAtEnd) return
    this.#isAtEnd = isAtEnd
    this.requestUpdate()
  }

  #absolute(href: string): string {
    const {base} = this.#nodeOptions!.links
    return safeHref(href, base) ?? base
  }

  async #onClick(event: Event): Promise<void> {
    const button = (event.target as Element).closest<HTMLElement>('[data-action="copy-code"]')
    const code = button?.closest('figure')?.querySelector('code')
    if (button == null || code == null) return
    await copyText(code.textContent ?? '')
    button.textContent = this.#say('copied')
    this.#announce(this.#say('copied'))
    setTimeout(() => {
      button.textContent = this.#say('copy')
    }, 1_600)
  }

  // Previews of citations

  #onChip(event: Event): void {
    const chip = (event.target as Element).closest<HTMLElement>('a.cite')
    clearTimeout(this.#previewTimer)
    const isLeaving = event.type === 'pointerout' || event.type === 'focusout'
    if (chip === null || isLeaving) {
      const isOnPreview = (event.target as Element).closest('.preview') !== null && !isLeaving
      if (!isOnPreview) this.#previewTimer = setTimeout(() => this.#hidePreview(), 140)
      return
    }
    const key = chip.closest<HTMLElement>('docs-assistant-text')?.dataset['key']
    const answer = this.#session?.answers.find((known) => known.key === key)
    const source = answer?.sources.find(({n}) => String(n) === chip.dataset['n'])
    if (source === undefined) return
    this.#preview = source
    this.requestUpdate()
    void this.updateComplete.then(() => {
      const preview = this.renderRoot.querySelector<HTMLElement>('.preview')!
      if (!preview.matches(':popover-open')) preview.showPopover()
      const at = chip.getBoundingClientRect()
      const {width, height} = preview.getBoundingClientRect()
      const left = Math.max(8, Math.min(at.left + at.width / 2 - width / 2, innerWidth - width - 8))
      const isAbove = at.top - height - 8 > 8
      preview.style.setProperty('left', `${left}px`)
      preview.style.setProperty('top', `${isAbove ? at.top - height - 6 : at.bottom + 6}px`)
    })
  }

  #hidePreview(): void {
    this.#preview = null
    const preview = this.renderRoot.querySelector<HTMLElement>('.preview')
    if (preview?.matches(':popover-open')) preview.hidePopover()
  }

  #onFrameKey(event: KeyboardEvent): void {
    if (event.key !== 'Escape' || event.defaultPrevented) return
    if (this.#preview !== null) {
      event.preventDefault()
      this.#hidePreview()
    } else if (this.#isHistoryOpen) {
      this.#isHistoryOpen = false
      this.requestUpdate()
    } else if (this.mode === 'panel') this.hide()
  }

  // What it looks like

  protected override render(): TemplateResult | typeof nothing {
    if (!this.#isReady) return nothing
    const say = this.#say
    const frame = this.#frame()
    const body =
      this.mode === 'modal'
        ? html`<dialog aria-label=${say('name')} @cancel=${(event: Event) => {
            event.preventDefault()
            this.hide()
          }}
            @click=${(event: Event) => {
              if (event.target === event.currentTarget) this.hide()
            }}>${frame}</dialog>`
        : this.mode === 'panel'
          ? html`<div class="panel" role="dialog" aria-label=${say('name')} ?hidden=${!this.opened}>${frame}</div>`
          : this.mode === 'page'
            ? html`<div class="page">${this.#side()}${frame}</div>`
            : frame
    return html`
      <div class="root" lang=${this.#locale.lang} dir=${this.#locale.dir} @keydown=${this.#onFrameKey} @click=${this.#onClick}
        @pointerover=${this.#onChip} @pointerout=${this.#onChip} @focusin=${this.#onChip} @focusout=${this.#onChip} @drawn=${this.#follow}>
        ${
          this.#floats && this.launcher !== 'none'
            ? html`<button class="launcher" type="button" aria-haspopup="dialog" aria-expanded=${this.opened} @click=${this.toggle}>
              ${icon('spark')}<span>${say('open')}</span></button>`
            : nothing
        }
        ${body}
        ${this.selection === null ? nothing : html`<button class="offer" type="button" hidden>${icon('spark')}${say('askAboutSelection')}</button>`}
        <div class="preview" popover="manual" role="tooltip">${this.#preview === null ? nothing : this.#previewCard()}</div>
        <div class="sr" role="status">${this.#said}</div>
      </div>`
  }

  #previewCard(): TemplateResult {
    const source = this.#preview!
    return html`<span class="path">${nameOf(source)}</span><span class="snippet">${source.snippet}</span>`
  }

  #frame(): TemplateResult {
    const say = this.#say
    const session = this.#session!
    const isEmpty = session.answers.length === 0
    return html`
      <section class="frame ${isEmpty ? 'empty' : ''}" role=${this.mode === 'page' ? 'main' : nothing} aria-label=${say('name')}>
        ${this.mode === 'inline' && isEmpty ? nothing : this.#bar(isEmpty)}
        <div class="scroll" @scroll=${this.#onScroll} tabindex=${isEmpty || this.mode === 'inline' ? nothing : '0'} role=${isEmpty ? nothing : 'region'} aria-label=${isEmpty ? nothing : say('name')}>
          <div class="column">
            ${
              isEmpty
                ? html`<div class="hero">${icon('spark')}<h2>${this.heading ?? say('heading')}</h2><p>${say('intro')}</p></div>`
                : session.answers.map((answer) => this.#turn(answer))
            }
          </div>
        </div>
        <div class="dock"><div class="column">
          ${
            !isEmpty && !this.#isAtEnd && this.mode !== 'inline'
              ? html`<button class="jump" type="button" aria-label=${say('latest')} @click=${() => {
                  this.#isAtEnd = true
                  this.#follow()
                  this.requestUpdate()
                }}>${icon('down')}</button>`
              : nothing
          }
          ${this.#ask()}
        </div></div>
        ${isEmpty ? html`<div class="after"><div class="column">${this.#suggestions()}</div></div>` : nothing}
      </section>`
  }

  #bar(isEmpty: boolean): TemplateResult {
    const say = this.#say
    const isPage = this.mode === 'page'
    const key = this.#session!.conversationKey
    return html`<header class="bar">
      ${
        this.mode === 'page'
          ? html`<button class="plain menu" type="button" aria-label=${say('menu')} aria-expanded=${this.#isHistoryOpen}
            @click=${() => {
              this.#isHistoryOpen = !this.#isHistoryOpen
              this.requestUpdate()
            }}>${icon('menu')}</button>`
          : html`<span class="mark">${icon('spark')}</span>`
      }
      <span class="title">${this.mode === 'page' ? nothing : (this.heading ?? say('heading'))}</span>
      ${isEmpty || isPage ? nothing : html`<button class="plain" type="button" title=${say('deleteConversation')} aria-label=${say('deleteConversation')} @click=${() => this.#askToDelete(key)}>${icon('trash')}</button>`}
      ${isEmpty ? nothing : html`<button class="plain new" type="button" title=${say('newConversation')} aria-label=${say('newConversation')} @click=${this.#new}>${icon('plus')}</button>`}
      ${this.#floats ? html`<button class="plain" type="button" title=${say('close')} aria-label=${say('close')} @click=${this.hide}>${icon('close')}</button>` : nothing}
    </header>
    ${!isEmpty && !isPage && this.#deleting === key ? this.#sure(key) : nothing}`
  }

  /** Asks once more before a conversation is deleted. */
  #sure(key: string): TemplateResult {
    const say = this.#say
    return html`<div class="sure"><p>${say('deleteSure')}</p>
      <button type="button" class="danger" @click=${() => void this.#delete(key)}>${say('deleteConversation')}</button>
      <button type="button" @click=${() => this.#askToDelete(null)}>${say('cancel')}</button></div>`
  }

  #askToDelete(key: string | null): void {
    this.#deleting = key
    this.requestUpdate()
  }

  #new(): void {
    this.reset()
    this.#isHistoryOpen = false
    this.#note = ''
    void this.updateComplete.then(() => this.focus())
  }

  #turn(answer: AnswerState): TemplateResult {
    let view = this.#turnViews.get(answer.key)
    if (view === undefined) {
      view = {showsAll: false, rates: false, reasons: new Set(), note: '', isCopied: false}
      this.#turnViews.set(answer.key, view)
    }
    const mine = view
    const change = (to: Partial<TurnView>): void => {
      Object.assign(mine, to)
      this.requestUpdate()
    }
    return turn(answer, mine, {
      say: this.#say,
      isNarrow: this.#floats || innerWidth < 560,
      isBusy: this.#session!.running !== null,
      absolute: (href) => this.#absolute(href),
      change,
      retry: () => this.#session!.retry(answer.key),
      goOn: () => this.#session!.goOn(answer.key),
      ask: (question) => this.ask(question),
      edit: () => {
        const box = this.#box!
        box.value = answer.question
        this.#about = answer.about
        growToFit(box)
        box.focus()
        this.requestUpdate()
      },
      copy: async () => {
        await copyText(copiedMarkdown(answer, this.#nodeOptions!.links.base))
        this.#announce(this.#say('copied'))
        change({isCopied: true})
        setTimeout(() => change({isCopied: false}), 1_600)
      },
      rate: async (feedback) => {
        try {
          await this.#session!.rate(answer.key, feedback)
          this.#tell(
            'rated',
            {answerId: answer.answerId, rating: feedback.rating, reasons: feedback.reasons ?? []},
            {comment: feedback.comment},
          )
          change({rates: false, note: this.#say('thanks')})
          this.#announce(this.#say('thanks'))
        } catch {
          change({note: this.#say('notSent')})
        }
      },
    })
  }

  #ask(): TemplateResult {
    const say = this.#say
    const isRunning = this.#session!.running !== null
    const hasResults = this.#results.length > 0
    return html`<form class="ask" @submit=${(event: Event) => {
      event.preventDefault()
      this.#submit()
    }}>
      ${
        this.#about === ''
          ? nothing
          : html`<div class="about">${icon('quote')}<span class="passage" title=${say('about')}>${this.#about}</span>
            <button class="plain" type="button" aria-label=${say('removeAbout')} @click=${() => {
              this.#about = ''
              this.requestUpdate()
              this.focus()
            }}>${icon('close')}</button></div>`
      }
      <div class="row">
        <textarea class="question" rows="1" maxlength="2000" placeholder=${this.placeholder ?? say('placeholder')} aria-label=${this.placeholder ?? say('placeholder')}
          aria-describedby="hint" aria-autocomplete="list" aria-controls=${hasResults ? 'results' : nothing}
          aria-activedescendant=${this.#active >= 0 ? `result-${this.#active}` : nothing}
          autocomplete="off" autocapitalize="sentences" enterkeyhint="send"
          @keydown=${this.#onKey} @input=${this.#onInput}
          @blur=${() =>
            setTimeout(() => {
              if (this.#results.length > 0 && this.shadowRoot?.activeElement !== this.#box)
                this.#closeResults()
            }, 150)}></textarea>
        <span id="hint" class="sr">${say('askHint')}</span>
        ${
          isRunning
            ? html`<button class="primary stop" type="button" aria-label=${say('stop')} title=${say('stop')} @click=${() => {
                this.stop()
                this.focus()
              }}>${icon('stop')}</button>`
            : html`<button class="primary send" type="submit" aria-label=${say('ask')} title=${say('ask')}>${icon('up')}</button>`
        }
      </div>
      ${
        hasResults
          ? html`<div class="results" id="results" role="listbox" aria-label=${say('sources')}>
            ${this.#results.map(
              (
                result,
                i,
              ) => html`<a class="result" id="result-${i}" role="option" tabindex="-1" aria-selected=${i === this.#active} href=${this.#absolute(hrefOf(result))}>
              <span class="path">${nameOf(result)}</span><span class="snippet">${result.text.slice(0, 180)}</span></a>`,
            )}
          </div>`
          : nothing
      }
    </form>`
  }

  #suggestions(): TemplateResult | typeof nothing {
    const questions = listOf(this.questions)
    const titles = questions.length > 0 ? [] : listOf(this.pages)
    if (questions.length + titles.length === 0) return nothing
    const offer = (words: string, question: string): TemplateResult =>
      html`<li><button type="button" dir="auto" @click=${() => this.ask(question)}>${words}</button></li>`
    return html`<h2 class="label">${this.#say(questions.length > 0 ? 'suggestions' : 'topics')}</h2>
      <ul class="suggestions">
        ${questions.map((question) => offer(question, question))}
        ${titles.map((title) => offer(title, isQuestion(title) ? title : this.#say('aboutPage', {title})))}
      </ul>`
  }

  #side(): TemplateResult {
    const say = this.#say
    const session = this.#session!
    const conversations = session.conversations()
    return html`<nav class="side ${this.#isHistoryOpen ? 'open' : ''}" aria-label=${say('menu')}>
      <h1 class="brand">${icon('spark')}<span>${this.heading ?? say('name')}</span></h1>
      <button class="new" type="button" @click=${this.#new}>${icon('plus')}${say('newConversation')}</button>
      <h2 class="label">${say('history')}</h2>
      ${
        conversations.length === 0
          ? html`<p class="quiet">${say('noHistory')}</p>`
          : html`<ul class="conversations">${conversations.map(
              ({key, answers}) => html`<li class=${key === session.conversationKey ? 'current' : ''}>
            ${
              this.#deleting === key
                ? this.#sure(key)
                : html`<button class="entry" type="button" dir="auto" aria-current=${key === session.conversationKey ? 'true' : nothing}
                    @click=${() => {
                      this.#isAtEnd = true
                      this.#isHistoryOpen = false
                      session.open(key)
                    }}>${answers[0]?.question}</button>
                  <button class="plain" type="button" aria-label="${say('deleteConversation')}: ${answers[0]?.question ?? ''}" @click=${() => {
                    this.#deleting = key
                    this.requestUpdate()
                  }}>${icon('trash')}</button>`
            }
          </li>`,
            )}</ul>`
      }
      <p class="quiet">${this.#note}</p>
      <div class="foot">
        <a class="docs" href="${this.#server}/docs/">${icon('book')}${say('browse')}</a>
        <label class="language"><span class="sr">${say('language')}</span>
          <select @change=${(event: Event) => this.#choose('locale', (event.target as HTMLSelectElement).value)}>
            ${Object.entries(localeNames).map(([lang, name]) => html`<option value=${lang} lang=${lang} ?selected=${lang === this.#locale.lang}>${name}</option>`)}
          </select></label>
        <button class="plain" type="button" title=${say('theme')} aria-label=${say('theme')} @click=${() => this.#choose('theme', this.#isDark ? 'light' : 'dark')}>${icon('contrast')}</button>
      </div>
    </nav>`
  }

  get #isDark(): boolean {
    return (
      this.theme === 'dark' || (this.theme === 'auto' && matchMedia('(prefers-color-scheme: dark)').matches)
    )
  }

  #choose(name: 'locale' | 'theme', value: string): void {
    if (name === 'theme') this.theme = value === 'dark' ? 'dark' : 'light'
    else this.locale = value
    this.dispatchEvent(new CustomEvent('chosen', {detail: {name, value}}))
  }

  async #delete(key: string): Promise<void> {
    try {
      await this.#session!.remove(key)
      this.#note = this.#say('deleted')
    } catch {
      this.#note = this.#say('deleteFailed')
    }
    this.#deleting = null
    this.#announce(this.#note)
    await this.updateComplete
    this.focus()
  }
}

/** Some headings are questions already. */
const isQuestion = (words: string): boolean => /[?？؟]\s*$/.test(words)

function listOf(attribute: string | null): string[] {
  return (attribute ?? '')
    .split('|')
    .map((item) => item.trim())
    .filter(Boolean)
}

/** As tall as its text, within what the styles allow. */
function growToFit(box: HTMLTextAreaElement): void {
  box.style.setProperty('height', 'auto')
  box.style.setProperty('height', `${box.scrollHeight}px`)
}

async function copyText(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text)
  } catch {
    // Not allowed, or not https: the old way, which needs a selection.
    const area = document.createElement('textarea')
    area.value = text
    document.body.append(area)
    area.select()
    document.execCommand('copy')
    area.remove()
  }
}

/** A storage that browsers may forbid even to look at. */
function storageOf(name: 'localStorage' | 'sessionStorage'): KeyValueStore {
  try {
    const storage = window[name]
    storage.getItem('docent')
    return storage
  } catch {
    return memoryStorage()
  }
}
