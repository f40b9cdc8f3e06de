import {html, LitElement, nothing, type PropertyValues, type TemplateResult} from 'lit'
import {type AnswerState, isEnded} from '../client/answer-state.ts'
import {browserNetwork} from '../client/answer-stream.ts'
import {createConversationStore, memoryStorage} from '../client/conversation-store.ts'
import {createLiveSearch, type LiveSearch} from '../client/search.ts'
import {type Change, openSession, type Session} from '../client/session.ts'
import {english, type Locale, loadLocale, localeTagFor} from '../locales/index.ts'
import {scriptFolder} from '../own-script.ts'
import {safeHref} from '../render/links.ts'
import type {NodeOptions} from '../render/nodes.ts'
import {copyText, isShortcut, storageOf} from './browser.ts'
import {CitationPreview} from './citation-preview.ts'
import {Composer} from './composer.ts'
import {deletion, type HistoryHandlers, history as historySide} from './history.ts'
import {icon} from './icons.ts'
import {offerOnSelection} from './page-selection.ts'
import {isPageDark, onPageTheme} from './page-theme.ts'
import {styles} from './styles.ts'
import {copiedForMs, TurnList} from './turn-list.ts'

export type Mode = 'panel' | 'modal' | 'inline' | 'page'

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
  /** `auto` (default) is as dark as the page behind. */
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
  #said = ''
  #isHistoryOpen = false
  #deleting: string | null = null
  #note = ''
  #opener: HTMLElement | null = null
  #isPageDark = false
  #locale: Locale = english
  /** Nothing is said before the language is there. */
  #isReady = false
  #speaking = 0
  #wantsFocus = false
  #nodeOptions: NodeOptions | null = null
  readonly #absolute = (href: string): string => {
    const {base} = this.#nodeOptions!.links
    return safeHref(href, base) ?? base
  }
  readonly #composer = new Composer(this, {
    root: () => this.renderRoot,
    say: () => this.#say,
    placeholder: () => this.placeholder ?? this.#say('placeholder'),
    isRunning: () => this.#session?.running != null,
    absolute: this.#absolute,
    onType: (text) => this.#search?.type(text),
    onLeave: () => this.#search?.cancel(),
    onAsk: (question, about) => this.ask(question, {about}),
    onStop: () => this.stop(),
  })
  readonly #turns = new TurnList(this, {
    root: () => this.renderRoot,
    say: () => this.#say,
    session: () => this.#session!,
    nodeOptions: () => this.#nodeOptions!,
    isNarrow: () => this.#floats || innerWidth < 560,
    scrolls: () => this.mode !== 'inline',
    absolute: this.#absolute,
    onAsk: (question) => this.ask(question),
    onEdit: (question, about) => this.#composer.edit(question, about),
    onRated: ({answerId}, {rating, reasons = [], comment}) =>
      this.#tell('rated', {answerId, rating, reasons}, {comment}),
    announce: (words) => this.#announce(words),
  })
  readonly #preview = new CitationPreview(this, {
    root: () => this.renderRoot,
    sourceOf: (answerKey, n) =>
      this.#session?.answers
        .find(({key}) => key === answerKey)
        ?.sources.find((source) => String(source.n) === n),
  })

  constructor() {
    super()
    this.mode = 'panel'
    this.opened = false
    this.theme = 'auto'
    this.position = 'end'
    this.keep = 'browser'
    this.shareText = false
    this.endpoint = null
    this.version = null
    this.locale = null
    this.heading = null
    this.placeholder = null
    this.questions = null
    this.pages = null
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
      this.#setOpened(true)
      this.#tell('opened')
    }
    void this.updateComplete.then(() => this.focus())
  }

  hide(): void {
    if (!this.opened) return
    this.#setOpened(false)
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
    this.#turns.toEnd()
    this.#session.ask(question, options.about ?? '')
  }

  /** Opens with a passage of the page to ask about. */
  askAbout(passage: string): void {
    this.#composer.about = passage.trim()
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
    // Before the language is there, there is no box.
    this.#wantsFocus = !this.#composer.focus()
  }

  // Life

  override connectedCallback(): void {
    super.connectedCallback()
    this.#listeners = new AbortController()
    const {signal} = this.#listeners
    // Put elsewhere in the page, it goes on where it was.
    this.requestUpdate()
    document.addEventListener('keydown', (event) => this.#onShortcut(event), {signal})
    addEventListener('pagehide', () => this.#session?.save(), {signal})
    this.#isPageDark = isPageDark(this)
    onPageTheme(() => {
      const isDark = isPageDark(this)
      if (isDark === this.#isPageDark) return
      this.#isPageDark = isDark
      this.requestUpdate()
    }, signal)
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
    this.#session?.close()
    this.#session = null
  }

  protected override shouldUpdate(): boolean {
    return this.isConnected
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('locale') || !this.hasUpdated) void this.#speak()
    if (this.#session === null || changed.has('endpoint') || changed.has('keep')) this.#begin()
    if (changed.has('endpoint') || changed.has('imageHosts')) this.#nodeOptions = null
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
    } else if (this.mode === 'panel' && this.#tab.getItem(openEntry) === '1' && innerWidth > smallPx) {
      // The reader followed a source to this page: the answer is still beside it. The focus stays with the page.
      this.opened = true
    }
  }

  protected override updated(changed: PropertyValues): void {
    const dialog = this.renderRoot.querySelector('dialog')
    if (dialog !== null && dialog.open !== this.opened) {
      if (this.opened) dialog.showModal()
      else dialog.close()
    }
    if (changed.has('opened') && this.opened) this.#turns.follow()
    this.#alignBox()
  }

  /** The box stands as wide as the text above it, whatever the scroll bar takes. Measured once: measuring is layout. */
  #alignBox(): void {
    if (this.#gutterPx === null) {
      const scroller = this.renderRoot.querySelector<HTMLElement>('.scroll')
      if (scroller === null || scroller.offsetWidth === 0) return
      this.#gutterPx = (scroller.offsetWidth - scroller.clientWidth) / 2
    }
    for (const part of this.renderRoot.querySelectorAll<HTMLElement>('.dock, .after')) {
      if (part.style.getPropertyValue('--gutter') === '')
        part.style.setProperty('--gutter', `${this.#gutterPx}px`)
    }
  }
  #gutterPx: number | null = null

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
    if (this.#wantsFocus) this.focus()
    this.#turns.follow()
  }

  get #server(): string {
    return (this.endpoint ?? scriptFolder).replace(/\/+$/, '')
  }

  get #floats(): boolean {
    return this.mode === 'panel' || this.mode === 'modal'
  }

  get #say(): Locale['say'] {
    return this.#locale.say
  }

  get #isDark(): boolean {
    return this.theme === 'auto' ? this.#isPageDark : this.theme === 'dark'
  }

  get #tab(): ReturnType<typeof storageOf> {
    return this.keep === 'browser' ? storageOf('sessionStorage') : memoryStorage()
  }

  #setOpened(isOpen: boolean): void {
    this.opened = isOpen
    try {
      this.#tab.setItem(openEntry, isOpen ? '1' : '0')
    } catch {
      // Forbidden: the next page begins closed.
    }
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
      tab: this.#tab,
      version: () => this.version,
      onChange: (change) => this.#onChange(change),
    })
    this.#search = createLiveSearch({
      endpoint,
      fetch: fetcher,
      version: () => this.version,
      onResults: (_query, results) => {
        if (results.length > 0) this.#announce(this.#say('matches', {n: results.length}))
        this.#composer.show(results)
      },
    })
  }

  // What happens

  #onChange(change: Change): void {
    if (change.type !== 'conversation') this.#turns.showText(change.answer)
    if (change.type === 'text') return
    if (change.type === 'answer') this.#onAnswer(change.answer, change.before)
    else if (this.#session?.running != null) {
      const {key, question} = this.#session.running
      this.#tell('asked', {key}, {question})
    }
    this.requestUpdate()
    void this.updateComplete.then(this.#turns.follow)
  }

  #onAnswer(answer: AnswerState, before: AnswerState): void {
    const {answerId, phase} = answer
    if (before.sources.length === 0 && answer.sources.length > 0) {
      this.#announce(this.#say('announceSources', {n: answer.sources.length}))
      void this.updateComplete.then(() => {
        // Painted with the next frame: that is when the reader has something useful.
        requestAnimationFrame(() => this.#onFirstUseful(answer))
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

  #onFirstUseful({answerId, askedAt, sources}: AnswerState): void {
    const firstUsefulMs = Math.max(0, Date.now() - askedAt)
    performance.mark('docs-assistant:first-useful', {detail: {answerId, firstUsefulMs}})
    this.#tell('sources', {answerId, count: sources.length, firstUsefulMs})
    // A clock that was set meanwhile, or an answer that is read again after a night, measures nothing.
    if (answerId !== null && firstUsefulMs < 120_000) this.#session?.tellFirstUseful(answerId, firstUsefulMs)
  }

  #tell(name: string, detail: Record<string, unknown> = {}, text: Record<string, unknown> = {}): void {
    this.dispatchEvent(new CustomEvent(name, {detail: {...detail, ...(this.shareText ? text : {})}}))
  }

  #announce(words: string): void {
    this.#said = words
    this.requestUpdate()
  }

  #onShortcut(event: KeyboardEvent): void {
    if (!isShortcut(event, this.shortcut ?? (this.mode === 'inline' ? 'none' : 'mod+k'))) return
    event.preventDefault()
    if (this.#floats) this.toggle()
    else this.focus()
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
    }, copiedForMs)
  }

  #onFrameKey(event: KeyboardEvent): void {
    if (event.key !== 'Escape' || event.defaultPrevented) return
    if (this.#preview.isOpen) {
      event.preventDefault()
      this.#preview.hide()
    } else if (this.#isHistoryOpen) this.#showHistory(false)
    else if (this.mode === 'panel') this.hide()
  }

  #showHistory(isOpen: boolean): void {
    this.#isHistoryOpen = isOpen
    this.requestUpdate()
    const menu = this.renderRoot.querySelector<HTMLElement>('.menu')
    if (!isOpen && menu?.checkVisibility()) menu.focus()
  }

  // What it looks like

  protected override render(): TemplateResult | typeof nothing {
    if (!this.#isReady) return nothing
    return html`
      <div class="root ${this.#isDark ? 'dark' : 'light'}" lang=${this.#locale.lang} dir=${this.#locale.dir} @keydown=${this.#onFrameKey} @click=${this.#onClick}
        @pointerover=${this.#preview.onPoint} @pointerout=${this.#preview.onPoint} @focusin=${this.#preview.onPoint} @focusout=${this.#preview.onPoint} @drawn=${this.#turns.onDrawn}>
        ${this.#floats && this.launcher !== 'none' ? this.#launcher() : nothing}
        ${this.#place()}
        ${this.selection === null ? nothing : html`<button class="offer" type="button" hidden>${icon('spark')}${this.#say('askAboutSelection')}</button>`}
        ${this.#preview.render()}
        <div class="sr" role="status">${this.#said}</div>
      </div>`
  }

  #launcher(): TemplateResult {
    return html`<button class="launcher" type="button" aria-haspopup="dialog" aria-expanded=${this.opened} @click=${this.toggle}>
      ${icon('spark')}<span>${this.#say('open')}</span></button>`
  }

  #place(): TemplateResult {
    const frame = this.#frame()
    switch (this.mode) {
      case 'modal':
        return html`<dialog aria-label=${this.#say('name')} @cancel=${(event: Event) => {
          event.preventDefault()
          this.hide()
        }}
          @click=${(event: Event) => {
            if (event.target === event.currentTarget) this.hide()
          }}>${frame}</dialog>`
      case 'panel':
        return html`<div class="panel" role="dialog" aria-label=${this.#say('name')} ?hidden=${!this.opened}>${frame}</div>`
      case 'page':
        return html`<div class="page">${this.#side()}${
          this.#isHistoryOpen
            ? html`<div class="shade" @click=${() => this.#showHistory(false)}></div>`
            : nothing
        }${frame}</div>`
      default:
        return frame
    }
  }

  #frame(): TemplateResult {
    const say = this.#say
    const isEmpty = this.#session!.answers.length === 0
    const scrolls = !isEmpty && this.mode !== 'inline'
    return html`
      <section class="frame ${isEmpty ? 'empty' : ''}" role=${this.mode === 'page' ? 'main' : nothing} aria-label=${this.#floats ? nothing : say('name')}>
        ${this.mode === 'inline' && isEmpty ? nothing : this.#bar(isEmpty)}
        <div class="scroll" @scroll=${this.#turns.onScroll} tabindex=${scrolls ? '0' : nothing} role=${scrolls ? 'region' : nothing} aria-label=${scrolls ? say('name') : nothing}>
          <div class="column">
            ${
              isEmpty
                ? html`<div class="hero">${icon('spark')}<h2>${this.heading ?? say('heading')}</h2><p>${say('intro')}</p></div>`
                : this.#turns.render()
            }
          </div>
        </div>
        <div class="dock"><div class="column">${this.#turns.jump()}${this.#composer.render()}</div></div>
        ${isEmpty ? html`<div class="after"><div class="column">${this.#suggestions()}</div></div>` : nothing}
      </section>`
  }

  #bar(isEmpty: boolean): TemplateResult {
    const say = this.#say
    const isPage = this.mode === 'page'
    const key = this.#session!.conversationKey
    return html`<header class="bar">
      ${
        isPage
          ? html`<button class="plain menu" type="button" aria-label=${say('menu')} aria-expanded=${this.#isHistoryOpen}
            @click=${() => this.#showHistory(!this.#isHistoryOpen)}>${icon('menu')}</button>`
          : html`<span class="mark">${icon('spark')}</span>`
      }
      <span class="title">${isPage ? nothing : (this.heading ?? say('heading'))}</span>
      ${isEmpty || isPage ? nothing : html`<button class="plain" type="button" title=${say('deleteConversation')} aria-label=${say('deleteConversation')} @click=${() => this.#history.askToDelete(key)}>${icon('trash')}</button>`}
      ${isEmpty ? nothing : html`<button class="plain new" type="button" title=${say('newConversation')} aria-label=${say('newConversation')} @click=${this.#history.startNew}>${icon('plus')}</button>`}
      ${this.#floats ? html`<button class="plain" type="button" title=${say('close')} aria-label=${say('close')} @click=${this.hide}>${icon('close')}</button>` : nothing}
    </header>
    ${!isEmpty && !isPage && this.#deleting === key ? deletion(key, say, this.#history) : nothing}`
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
    const session = this.#session!
    return historySide(
      {
        say: this.#say,
        heading: this.heading ?? this.#say('name'),
        lang: this.#locale.lang,
        docsHref: `${this.#server}/docs/`,
        isOpen: this.#isHistoryOpen,
        conversations: session.conversations(),
        current: session.conversationKey,
        deleting: this.#deleting,
        note: this.#note,
      },
      this.#history,
    )
  }

  readonly #history: HistoryHandlers = {
    startNew: () => {
      this.reset()
      this.#isHistoryOpen = false
      this.#note = ''
      this.requestUpdate()
      void this.updateComplete.then(() => this.focus())
    },
    open: (key) => {
      this.#isHistoryOpen = false
      this.#session!.open(key)
      void this.updateComplete.then(() => this.#turns.toEnd())
    },
    askToDelete: (key) => {
      this.#deleting = key
      this.requestUpdate()
      void this.updateComplete.then(() => {
        const asked = this.renderRoot.querySelector<HTMLElement>('.sure .danger')
        if (key !== null && asked !== null) asked.focus()
        else this.focus()
      })
    },
    remove: (key) => void this.#remove(key),
    chooseLanguage: (lang) => {
      this.locale = lang
      this.#chose('locale', lang)
    },
    switchTheme: () => {
      this.theme = this.#isDark ? 'light' : 'dark'
      this.#chose('theme', this.theme)
    },
  }

  #chose(name: 'locale' | 'theme', value: string): void {
    this.dispatchEvent(new CustomEvent('chosen', {detail: {name, value}}))
  }

  async #remove(key: string): Promise<void> {
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

/** Whether the panel was open when this tab left its last page. */
const openEntry = 'docent:panel-open'
/** Narrower, the panel covers the page. As in the styles. */
const smallPx = 520

/** Some headings are questions already. */
const isQuestion = (words: string): boolean => /[?？؟]\s*$/.test(words)

function listOf(attribute: string | null): string[] {
  return (attribute ?? '')
    .split('|')
    .map((item) => item.trim())
    .filter(Boolean)
}
