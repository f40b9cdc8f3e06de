import {html, nothing, type PropertyValues, type TemplateResult} from 'lit'
import {fetchInfo} from '../../../packages/client/src/index.ts'
import {directionOf, english, type Locale, loadLocale, localeTagFor} from '../locales/index.ts'
import {renderer, scriptFolder} from '../pieces/pieces.ts'
import {safeHref} from '../render/links.ts'
import type {NodeOptions} from '../render/nodes.ts'
import type {Change} from '../session/change.ts'
import {createConversationStore, memoryStorage} from '../session/conversation-store.ts'
import {createLiveSearch, type LiveSearch} from '../session/search.ts'
import {Sections} from '../session/sections.ts'
import {openSession, type Session} from '../session/session.ts'
import {waitMsOf} from '../session/waiting.ts'
import {Announcements} from './announcements.ts'
import {AssistantAttributes} from './attributes.ts'
import {BoxGlide} from './box-glide.ts'
import {storageOf} from './browser.ts'
import {CitationPreview} from './citation-preview.ts'
import {Composer} from './composer.ts'
import {Countdown} from './countdown.ts'
import {FocusKeeper} from './focus-keeper.ts'
import {alignBox, frame, gutterOf, inContainer, launcher} from './frame.ts'
import {HistorySidebar} from './history-sidebar.ts'
import {icon} from './icons.ts'
import {listenForKeys, shortcutLabel} from './keys.ts'
import {PageAround} from './page-around.ts'
import {placeOnPage} from './page-place.ts'
import {offerOnSelection} from './page-selection.ts'
import {isPageDark, onPageTheme} from './page-theme.ts'
import {SectionPane} from './section-pane.ts'
import {openInSite} from './site-links.ts'
import {styles} from './styles.ts'
import {suggestions} from './suggestions.ts'
import {TurnList} from './turn-list.ts'

/** Maximum time that nothing is shown while the language is loading. */
const maxUnreadyMs = 3_000

/** How long the reader may wait for what only helps. */
const infoTimeoutMs = 5_000

/** Found anew for each request, since pages wrap it. */
const fetchFromServer = (url: string, init?: RequestInit): Promise<Response> => fetch(url, init)

/**
 * The assistant: a button with a panel, a dialog, a part of a page, or a page of its own.
 *
 * Events, none of which bubble: `opened`, `closed`, `asked`, `sources`, `answered` (first words), `ended`, `rated`.
 * Their `detail` never holds the question's or the answer's text, unless the attribute `share-text` is set.
 */
export class DocsAssistant extends AssistantAttributes {
  static override styles = styles

  #session: Session | null = null
  #search: LiveSearch | null = null
  #sections: Sections | null = null
  #listeners = new AbortController()
  #opener: HTMLElement | null = null
  #isPageDark = false
  #locale: Locale = english
  /** Known before the language is loaded. */
  #dir: Locale['dir'] = 'ltr'
  /** Whether the language is loaded; nothing is shown before. */
  #isReady = false
  #localeRequest = 0
  #wantsFocus = false
  /** Shortcuts that the site turned out to use itself. */
  readonly #taken = new Set<string>()
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
    onType: (text, about) => {
      this.#search?.type(text)
      this.#session?.prepare(text, about)
    },
    onCancel: () => this.#search?.cancel(),
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
    absolute: this.#absolute,
    onAsk: (question) => this.ask(question),
    onEdit: (question, about) => this.#composer.edit(question, about),
    onRated: ({ref = null}, {rating, reasons = [], comment}) =>
      this.#emit('rated', {ref, rating, reasons}, {comment}),
    announce: (words) => this.#announcements.announce(words),
  })
  readonly #announcements = new Announcements(this, {
    say: () => this.#say,
    lang: () => this.#locale.lang,
    emit: (name, detail, text) => this.#emit(name, detail, text),
    onFirstUseful: (answerId, firstUsefulMs) => this.#session?.reportFirstUseful(answerId, firstUsefulMs),
  })
  readonly #history = new HistorySidebar(this, {
    root: () => this.renderRoot,
    say: () => this.#say,
    session: () => this.#session!,
    heading: () => this.heading ?? this.#say('name'),
    lang: () => this.#locale.lang,
    docsHref: () => `${this.#server}/docs/`,
    focus: () => this.focus(),
    showLast: () => this.#turns.showLast(),
    announce: (words) => this.#announcements.announce(words),
    chooseLanguage: (lang) => {
      this.locale = lang
      this.#emitChosen('locale', lang)
    },
    switchTheme: () => {
      this.theme = this.#isDark ? 'light' : 'dark'
      this.#emitChosen('theme', this.theme)
    },
  })
  readonly #preview = new CitationPreview(this, {
    root: () => this.renderRoot,
    say: () => this.#say,
    sections: () => this.#sections!,
  })
  readonly #pane = new SectionPane(this, {
    root: () => this.renderRoot,
    say: () => this.#say,
    mode: () => this.mode,
    answers: () => this.#session?.answers ?? [],
    sections: () => this.#sections!,
    nodeOptions: () => this.#nodeOptions!,
    absolute: this.#absolute,
    announce: (words) => this.#announcements.announce(words),
  })
  readonly #around = new PageAround(this, {
    root: () => this.renderRoot,
    say: () => this.#say,
    mode: () => this.mode,
    isOpen: () => this.opened,
    dock: () => this.dock,
    side: () => ((this.position === 'start') !== (this.#dir === 'rtl') ? 'left' : 'right'),
    storage: () => (this.keep === 'browser' ? storageOf('localStorage') : memoryStorage()),
    answers: () => this.#session?.answers ?? [],
    hide: () => this.hide(),
  })

  constructor() {
    super()
    new BoxGlide(this)
    new FocusKeeper(this, () => this.#composer.focus())
    new Countdown(this, {
      remainingMs: () =>
        Math.max(0, ...(this.#session?.answers ?? []).map((answer) => waitMsOf(answer, Date.now()))),
      onElapsed: () => this.#announcements.announce(this.#say('limitOver')),
    })
  }

  // Public methods

  /** Opens the panel or dialog and focuses the box. */
  show(): void {
    if (!this.opened) {
      const focused = document.activeElement
      this.#opener = focused instanceof HTMLElement && focused !== this ? focused : null
      this.#setOpened(true)
      this.#emit('opened')
    }
    this.#around.bar.back()
    void this.updateComplete.then(() => this.focus())
  }

  hide(): void {
    if (!this.opened) return
    this.#around.bar.reset()
    this.#setOpened(false)
    this.#emit('closed')
    void this.updateComplete.then(() => {
      const launcher = this.renderRoot.querySelector<HTMLElement>('.launcher')
      ;(this.#opener?.isConnected && this.#opener !== document.body ? this.#opener : launcher)?.focus()
    })
  }

  toggle(): void {
    if (this.opened && !this.#around.bar.isAway) this.hide()
    else this.show()
  }

  /** Asks a question, and opens the panel or dialog. Does nothing while an answer is being written. */
  ask(question: string, options: {readonly about?: string} = {}): void {
    if (this.#session === null || this.#session.running !== null) return
    if (this.#floats) this.show()
    this.#turns.showLast()
    this.#session.ask(question, options.about ?? '')
  }

  /** Opens the panel or dialog with a passage of the page to ask about. */
  askAbout(passage: string): void {
    this.#composer.about = passage.trim()
    if (this.#floats) this.show()
    else this.focus()
  }

  stop(): void {
    this.#session?.stop()
  }

  /** Starts a new conversation; the current one stays in the history. */
  reset(): void {
    this.#session?.startNew()
  }

  override focus(): void {
    // The box is not rendered before the language is loaded.
    this.#wantsFocus = !this.#composer.focus()
  }

  // Lifecycle

  override connectedCallback(): void {
    super.connectedCallback()
    this.#listeners = new AbortController()
    const {signal} = this.#listeners
    // Moved to another place in the page, the element resumes where it was.
    this.requestUpdate()
    listenForKeys({
      host: this,
      shortcuts: () => this.#shortcuts,
      onShortcut: () => {
        if (this.#floats) this.toggle()
        else this.focus()
      },
      onTaken: (shortcut) => {
        this.#taken.add(shortcut)
        this.requestUpdate()
      },
      signal,
    })
    // After the preview's: the first tap on a citation only shows it.
    this.renderRoot.addEventListener(
      'click',
      (event) => {
        if (this.#pane.take(event as MouseEvent)) return
        openInSite(event as MouseEvent, {
          navigate: (href) => !this.#emit('navigate', {href}),
          onStay: (link) => this.#around.show(link),
        })
      },
      {signal},
    )
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
    this.#sections?.close()
  }

  protected override shouldUpdate(): boolean {
    return this.isConnected
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('locale') || !this.hasUpdated) void this.#loadLocale()
    if (this.#session === null || changed.has('endpoint') || changed.has('keep')) this.#openSession()
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
    if (this.mode === 'page') void renderer.load()
    const url = new URL(location.href)
    const question = url.searchParams.get('assistant')
    if (question !== null && question.trim() !== '') {
      // Only once: neither a reload nor another assistant on the page must ask again.
      url.searchParams.delete('assistant')
      history.replaceState(history.state, '', url)
      this.#session!.startNew()
      void this.#offerQuestion(question.trim())
    } else if (this.mode === 'panel' && this.#tab.getItem(openEntry) === '1') {
      // The reader followed a source to this page: show the answer beside it, but leave the focus with the page.
      this.opened = true
      if (this.#around.isCovered) this.#around.bar.leave(null)
    }
  }

  /**
   * Puts the question of a link into the box. It is sent automatically only if answers are quotes: a model costs money,
   * and the author of a link should spend neither that nor the reader's quota of questions.
   */
  async #offerQuestion(question: string): Promise<void> {
    this.#composer.edit(question, '')
    if (this.#floats) this.show()
    else this.focus()
    const signal = AbortSignal.timeout(infoTimeoutMs)
    const info = await fetchInfo({endpoint: this.#server, fetch: fetchFromServer}, signal).catch(() => null)
    if (info?.generator === 'extractive') this.#composer.submitUnchanged(question)
  }

  protected override updated(): void {
    const dialog = this.renderRoot.querySelector('dialog')
    const isShown = this.opened && !this.#around.bar.isAway
    if (dialog !== null && dialog.open !== isShown) {
      if (isShown) dialog.showModal()
      else dialog.close()
    }
    this.#gutterPx ??= gutterOf(this.renderRoot)
    if (this.#gutterPx !== null) alignBox(this.renderRoot, this.#gutterPx)
  }

  async #loadLocale(): Promise<void> {
    const wanted = [this.locale, this.#lang, ...navigator.languages].filter((tag) => typeof tag === 'string')
    const mine = ++this.#localeRequest
    // On a slow connection or device English is shown in the meantime, since it is part of the script.
    const slow = setTimeout(() => {
      if (mine === this.#localeRequest) void this.#setLocale(english)
    }, maxUnreadyMs)
    const tag = localeTagFor(wanted)
    this.#dir = directionOf(tag)
    const locale = await loadLocale(tag, this.#server)
    clearTimeout(slow)
    // Unless another language was chosen in the meantime.
    if (mine === this.#localeRequest) await this.#setLocale(locale)
  }

  async #setLocale(locale: Locale): Promise<void> {
    this.#locale = locale
    this.#isReady = true
    this.#nodeOptions = null
    this.requestUpdate()
    await this.updateComplete
    if (this.#wantsFocus) this.focus()
  }

  get #server(): string {
    return (this.endpoint ?? scriptFolder).replace(/\/+$/, '')
  }

  /** The language of the page around, or of the element's own `lang`; null where what is written there is no tag. */
  get #lang(): string | null {
    const lang = this.closest<HTMLElement>('[lang]')?.lang
    return lang && /^[a-z]{2,3}(-\w{2,8})*$/i.test(lang) ? lang : null
  }

  /** The keys that open it, or focus the box. */
  get #shortcuts(): readonly string[] {
    const byMode = {panel: 'mod+k mod+i', modal: 'mod+k mod+i', page: 'mod+k /', inline: 'none'}
    return (this.shortcut ?? byMode[this.mode]).split(/\s+/)
  }

  /** As readers are told; empty for none. */
  get #shortcutHint(): string {
    const free = this.#shortcuts.find((each) => each !== 'none' && !this.#taken.has(each))
    return free === undefined ? '' : shortcutLabel(free)
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
      // Storage is not allowed: the panel starts closed on the next page.
    }
  }

  #openSession(): void {
    this.#session?.close()
    const endpoint = this.#server
    const kept = this.keep === 'browser'
    this.#session = openSession({
      endpoint,
      fetch: fetchFromServer,
      store: createConversationStore(kept ? storageOf('localStorage') : memoryStorage(), endpoint || 'here'),
      tab: this.#tab,
      version: () => this.version,
      lang: () => this.#lang,
      // A page of its own is about nothing but the assistant.
      page: () => (this.mode === 'page' || this.pageContext === 'none' ? null : placeOnPage()),
      onChange: (change) => this.#onChange(change),
    })
    this.#sections?.close()
    this.#sections = new Sections({endpoint, fetch: fetchFromServer}, () => this.requestUpdate())
    this.#search = createLiveSearch({
      endpoint,
      fetch: fetchFromServer,
      version: () => this.version,
      lang: () => this.#lang,
      onResults: (_query, results) => {
        if (results.length > 0) this.#announcements.announce(this.#say('matches', {n: results.length}))
        this.#composer.show(results)
      },
    })
  }

  // Events

  #onChange(change: Change): void {
    if (change.type !== 'conversation') this.#turns.showText(change.answer)
    if (change.type === 'text') return
    if (change.type === 'answer') this.#announcements.answerChanged(change.answer, change.before)
    else if (this.#session?.running != null) {
      const {key, question} = this.#session.running
      this.#emit('asked', {key}, {question})
    }
    this.requestUpdate()
  }

  /** Returns false if the page prevented what is to come, which it can for `navigate` alone. */
  #emit(name: string, detail: Record<string, unknown> = {}, text: Record<string, unknown> = {}): boolean {
    const all = {...detail, ...(this.shareText ? text : {})}
    return this.dispatchEvent(new CustomEvent(name, {detail: all, cancelable: name === 'navigate'}))
  }

  #onFrameKey(event: KeyboardEvent): void {
    if (event.key !== 'Escape' || event.defaultPrevented) return
    if (this.#pane.isOpen || this.#around.bar.isAway) {
      // Else the dialog would close as well.
      event.preventDefault()
      if (this.#around.bar.isAway) this.#around.bar.back()
      else this.#pane.close()
    } else if (this.#history.isOpen) this.#history.show(false)
    else if (this.mode === 'panel') this.hide()
  }

  // Rendering

  protected override render(): TemplateResult | typeof nothing {
    if (!this.#isReady) return nothing
    return html`
      <div class="root ${this.#isDark ? 'dark' : 'light'}" lang=${this.#locale.lang} dir=${this.#locale.dir} @keydown=${this.#onFrameKey} @focusin=${renderer.load} @click=${this.#turns.onClick} @drawn=${this.#turns.onDrawn}>
        ${this.#floats && this.launcher !== 'none' && !this.#around.bar.isAway ? launcher(this.#say, this.opened, this.#shortcutHint, () => this.toggle()) : nothing}
        ${inContainer(html`${this.#frame()}${this.#pane.render()}${this.#preview.render()}`, {say: this.#say, mode: this.mode, isOpen: this.opened, isAway: this.#around.bar.isAway, dock: this.#around.dock, side: () => this.#history.render(), hide: () => this.hide()})}
        ${this.#around.bar.isAway ? this.#around.bar.render() : nothing}
        ${this.selection === null ? nothing : html`<button class="offer" type="button" hidden>${icon('spark')}${this.#say('askAboutSelection')}</button>`}
        <div class="sr" role="status">${this.#announcements.message}</div>
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

  #emitChosen(name: 'locale' | 'theme', value: string): void {
    this.dispatchEvent(new CustomEvent('chosen', {detail: {name, value}}))
  }
}

/** Whether the panel was open when this tab left its last page. */
const openEntry = 'docent:panel-open'
