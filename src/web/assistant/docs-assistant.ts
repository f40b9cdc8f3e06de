import {html, nothing, type PropertyValues, type TemplateResult} from 'lit'
import {browserNetwork} from '../client/answer-stream.ts'
import type {Change} from '../client/change.ts'
import {createConversationStore, memoryStorage} from '../client/conversation-store.ts'
import {generatorOf} from '../client/requests.ts'
import {createLiveSearch, type LiveSearch} from '../client/search.ts'
import {openSession, type Session} from '../client/session.ts'
import {waitMsOf} from '../client/waiting.ts'
import {english, type Locale, loadLocale, localeTagFor} from '../locales/index.ts'
import {scriptFolder} from '../own-script.ts'
import {safeHref} from '../render/links.ts'
import type {NodeOptions} from '../render/nodes.ts'
import {Announcements} from './announcements.ts'
import {AssistantAttributes} from './attributes.ts'
import {isShortcut, storageOf} from './browser.ts'
import {CitationPreview} from './citation-preview.ts'
import {Composer} from './composer.ts'
import {Countdown} from './countdown.ts'
import {FocusKeeper} from './focus-keeper.ts'
import {alignBox, frame, gutterOf, launcher, placed} from './frame.ts'
import {HistorySide} from './history-side.ts'
import {icon} from './icons.ts'
import {offerOnSelection} from './page-selection.ts'
import {isPageDark, onPageTheme} from './page-theme.ts'
import {styles} from './styles.ts'
import {suggestions} from './suggestions.ts'
import {TurnList} from './turn-list.ts'

/** So long nothing is shown for want of the language's words. */
const longestUnreadyMs = 3_000

/**
 * The assistant, as a button with a panel, a dialog, a part of a page, or a page of its own.
 *
 * Events, none of which bubble: `opened`, `closed`, `asked`, `sources`, `answered` (first words), `ended`, `rated`.
 * Their `detail` never holds the question's or the answer's text, unless the attribute `share-text` is there.
 */
export class DocsAssistant extends AssistantAttributes {
  static override styles = styles

  #session: Session | null = null
  #search: LiveSearch | null = null
  #listeners = new AbortController()
  #opener: HTMLElement | null = null
  #isPageDark = false
  #locale: Locale = english
  /** Nothing is said before the language is there. */
  #isReady = false
  #speaking = 0
  #wantsFocus = false
  #nodeOptions: NodeOptions | null = null
  #gutterPx: number | null = null
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
    announce: (words) => this.#announcements.announce(words),
  })
  readonly #turns = new TurnList(this, {
    root: () => this.renderRoot,
    say: () => this.#say,
    lang: () => this.#locale.lang,
    session: () => this.#session!,
    nodeOptions: () => this.#nodeOptions!,
    isNarrow: () => this.#floats || innerWidth < 560,
    scrolls: () => this.mode !== 'inline',
    absolute: this.#absolute,
    onAsk: (question) => this.ask(question),
    onEdit: (question, about) => this.#composer.edit(question, about),
    onRated: ({ref = null}, {rating, reasons = [], comment}) =>
      this.#tell('rated', {ref, rating, reasons}, {comment}),
    announce: (words) => this.#announcements.announce(words),
  })
  readonly #announcements = new Announcements(this, {
    say: () => this.#say,
    lang: () => this.#locale.lang,
    tell: (name, detail, text) => this.#tell(name, detail, text),
    onFirstUseful: (answerId, firstUsefulMs) => this.#session?.tellFirstUseful(answerId, firstUsefulMs),
  })
  readonly #history = new HistorySide(this, {
    root: () => this.renderRoot,
    say: () => this.#say,
    session: () => this.#session!,
    heading: () => this.heading ?? this.#say('name'),
    lang: () => this.#locale.lang,
    docsHref: () => `${this.#server}/docs/`,
    focus: () => this.focus(),
    toEnd: () => this.#turns.toEnd(),
    announce: (words) => this.#announcements.announce(words),
    chooseLanguage: (lang) => {
      this.locale = lang
      this.#chose('locale', lang)
    },
    switchTheme: () => {
      this.theme = this.#isDark ? 'light' : 'dark'
      this.#chose('theme', this.theme)
    },
  })
  readonly #preview = new CitationPreview(this, () => this.renderRoot)

  constructor() {
    super()
    new FocusKeeper(this, () => this.#composer.focus())
    new Countdown(this, {
      left: () =>
        Math.max(0, ...(this.#session?.answers ?? []).map((answer) => waitMsOf(answer, Date.now()))),
      onOver: () => this.#announcements.announce(this.#say('limitOver')),
    })
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
      // Once: neither a reload nor another assistant on the page asks again.
      url.searchParams.delete('assistant')
      history.replaceState(history.state, '', url)
      this.#session!.startNew()
      void this.#offer(question.trim())
    } else if (this.mode === 'panel' && this.#tab.getItem(openEntry) === '1' && innerWidth > smallPx) {
      // The reader followed a source to this page: the answer is still beside it. The focus stays with the page.
      this.opened = true
    }
  }

  /**
   * Puts a question that a link brought into the box. It asks by itself only where answers are quotes: a model costs
   * money, and whoever made the link should not spend it, nor the reader's share of questions.
   */
  async #offer(question: string): Promise<void> {
    this.#composer.edit(question, '')
    if (this.#floats) this.show()
    else this.focus()
    if ((await generatorOf(this.#server)) === 'extractive') this.#composer.submitUnchanged(question)
  }

  protected override updated(changed: PropertyValues): void {
    const dialog = this.renderRoot.querySelector('dialog')
    if (dialog !== null && dialog.open !== this.opened) {
      if (this.opened) dialog.showModal()
      else dialog.close()
    }
    if (changed.has('opened') && this.opened) this.#turns.follow()
    this.#gutterPx ??= gutterOf(this.renderRoot)
    if (this.#gutterPx !== null) alignBox(this.renderRoot, this.#gutterPx)
  }

  async #speak(): Promise<void> {
    const around = this.closest('[lang]')?.getAttribute('lang')
    const wanted = [this.locale, around, ...navigator.languages].filter((tag) => typeof tag === 'string')
    const mine = ++this.#speaking
    // English meanwhile, where the line or the device is slow: its words are at hand.
    const slow = setTimeout(() => {
      if (mine === this.#speaking) void this.#adopt(english)
    }, longestUnreadyMs)
    const locale = await loadLocale(localeTagFor(wanted), this.#server)
    clearTimeout(slow)
    // Another language was chosen meanwhile.
    if (mine === this.#speaking) await this.#adopt(locale)
  }

  async #adopt(locale: Locale): Promise<void> {
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
        if (results.length > 0) this.#announcements.announce(this.#say('matches', {n: results.length}))
        this.#composer.show(results)
      },
    })
  }

  // What happens

  #onChange(change: Change): void {
    if (change.type !== 'conversation') this.#turns.showText(change.answer)
    if (change.type === 'text') return
    if (change.type === 'answer') this.#announcements.answerChanged(change.answer, change.before)
    else if (this.#session?.running != null) {
      const {key, question} = this.#session.running
      this.#tell('asked', {key}, {question})
    }
    this.requestUpdate()
    void this.updateComplete.then(this.#turns.follow)
  }

  #tell(name: string, detail: Record<string, unknown> = {}, text: Record<string, unknown> = {}): void {
    this.dispatchEvent(new CustomEvent(name, {detail: {...detail, ...(this.shareText ? text : {})}}))
  }

  #onShortcut(event: KeyboardEvent): void {
    if (!isShortcut(event, this.shortcut ?? (this.mode === 'inline' ? 'none' : 'mod+k'))) return
    event.preventDefault()
    if (this.#floats) this.toggle()
    else this.focus()
  }

  #onFrameKey(event: KeyboardEvent): void {
    if (event.key !== 'Escape' || event.defaultPrevented) return
    if (this.#history.isOpen) this.#history.show(false)
    else if (this.mode === 'panel') this.hide()
  }

  // What it looks like

  protected override render(): TemplateResult | typeof nothing {
    if (!this.#isReady) return nothing
    return html`
      <div class="root ${this.#isDark ? 'dark' : 'light'}" lang=${this.#locale.lang} dir=${this.#locale.dir} @keydown=${this.#onFrameKey} @click=${this.#turns.onClick} @drawn=${this.#turns.onDrawn}>
        ${this.#floats && this.launcher !== 'none' ? launcher(this.#say, this.opened, () => this.toggle()) : nothing}
        ${placed(html`${this.#frame()}${this.#preview.render()}`, {say: this.#say, mode: this.mode, isOpen: this.opened, side: () => this.#history.render(), hide: () => this.hide()})}
        ${this.selection === null ? nothing : html`<button class="offer" type="button" hidden>${icon('spark')}${this.#say('askAboutSelection')}</button>`}
        <div class="sr" role="status">${this.#announcements.said}</div>
      </div>`
  }

  #frame(): TemplateResult {
    const {answers, conversationKey} = this.#session!
    const say = this.#say
    const {questions, pages} = this
    return frame({
      say,
      mode: this.mode,
      floats: this.#floats,
      heading: this.heading ?? say('heading'),
      conversationKey,
      history: this.#history,
      turns: answers.length === 0 ? null : this.#turns.render(),
      jump: this.#turns.jump(),
      composer: this.#composer.render(),
      suggestions: suggestions({say, questions, pages}, (question) => this.ask(question)),
      hide: () => this.hide(),
      onScroll: this.#turns.onScroll,
    })
  }

  #chose(name: 'locale' | 'theme', value: string): void {
    this.dispatchEvent(new CustomEvent('chosen', {detail: {name, value}}))
  }
}

/** Whether the panel was open when this tab left its last page. */
const openEntry = 'docent:panel-open'
/** Narrower, the panel covers the page. As in the styles. */
const smallPx = 520
