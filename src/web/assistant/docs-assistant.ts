import {html, nothing, type PropertyValues, type TemplateResult} from 'lit'
import type {Locale} from '../locales/index.ts'
import {renderer, scriptFolder} from '../pieces/pieces.ts'
import {safeHref} from '../render/links.ts'
import type {NodeOptions} from '../render/nodes.ts'
import type {AnswerState} from '../session/answer-state.ts'
import type {Change} from '../session/change.ts'
import {createConversationStore, memoryStorage} from '../session/conversation-store.ts'
import {createLiveSearch, type LiveSearch} from '../session/search.ts'
import {Sections} from '../session/sections.ts'
import {openSession, type Session} from '../session/session.ts'
import {waitMsOf} from '../session/waiting.ts'
import {yieldTask} from '../session/yield-task.ts'
import {Announcements} from './announcements.ts'
import {AssistantAttributes, type Mode} from './attributes.ts'
import {BoxGlide} from './box-glide.ts'
import {storageOf} from './browser.ts'
import {CitationPreview} from './citation-preview.ts'
import {Composer} from './composer.ts'
import {Countdown} from './countdown.ts'
import {FocusKeeper} from './focus-keeper.ts'
import {alignBox, frame, gutterOf, inContainer, launcher} from './frame.ts'
import {handOverOf, openBeside} from './hand-over.ts'
import {HistorySidebar} from './history-sidebar.ts'
import {icon} from './icons.ts'
import {isOfSearch, listenForKeys, shortcutLabel} from './keys.ts'
import {BrandMark, footerLine, type Look, LookSheet, lookOf, lookStyles} from './look.ts'
import {PageAround} from './page-around.ts'
import {placeOnPage} from './page-place.ts'
import {offerOnSelection} from './page-selection.ts'
import {takeOverShell} from './page-shell.ts'
import {isPageDark, onPageTheme} from './page-theme.ts'
import {ReaderLanguage} from './reader-language.ts'
import {SectionPane} from './section-pane.ts'
import {ServerInfo} from './server-info.ts'
import {openInSite} from './site-links.ts'
import {belowBox, hero} from './start-screen.ts'
import {styles} from './styles.ts'
import {TurnList} from './turn-list.ts'
import {warmUp} from './warm-up.ts'

/** Found anew for each request, since pages wrap it. */
const fetchFromServer = (url: string, init?: RequestInit): Promise<Response> => fetch(url, init)

/**
 * The assistant: a button with a panel, a dialog, a part of a page, or a page of its own.
 *
 * Events, none of which bubble: `opened`, `closed`, `asked`, `sources`, `answered` (first words), `ended`, `rated`.
 * Their `detail` never holds the question's or the answer's text, unless the attribute `share-text` is set. `hand-over`
 * does: the reader asks for it.
 */
export class DocsAssistant extends AssistantAttributes {
  static override styles = styles

  #session: Session | null = null
  #info: ServerInfo | null = null
  #search: LiveSearch | null = null
  #sections: Sections | null = null
  #listeners = new AbortController()
  #opener: HTMLElement | null = null
  #isPageDark = false
  #wantsFocus = false
  #hasAsked = false
  /** Shortcuts that the site turned out to use itself. */
  readonly #taken = new Set<string>()
  #nodeOptions: NodeOptions | null = null
  #gutterPx: number | null = null
  readonly #absolute = (href: string): string => {
    const {base} = this.#nodeOptions!.links
    return safeHref(href, base) ?? base
  }
  readonly #language = new ReaderLanguage({
    wanted: () => [this.locale, this.#lang, ...navigator.languages],
    server: () => this.#server,
    ready: () => this.#info?.ready,
    // The page that the server wrote.
    isShown: () => this.childElementCount > 0,
    onLoaded: () => void this.#onLanguage(),
  })
  readonly #composer = new Composer(this, {
    root: () => this.renderRoot,
    say: () => this.#say,
    placeholder: () => this.placeholder ?? this.#say('placeholder'),
    isRunning: () => this.#session?.running != null,
    isFresh: () => this.#session?.answers.length === 0,
    last: () => this.#session?.answers.at(-1) ?? null,
    canSearch: () => this.asYouType !== 'none',
    absolute: this.#absolute,
    conversations: () => (this.keep === 'browser' ? (this.#session?.conversations() ?? []) : []),
    onType: (text, about, isWord) => {
      if (this.asYouType === 'none') return
      this.#search?.type(text)
      if (isWord) this.#session?.prepare(text, about)
    },
    onCancel: () => this.#search?.cancel(),
    onAsk: (question, about) => this.ask(question, {about}),
    onStop: () => this.stop(),
    announce: (words) => this.#announcements.announce(words),
  })
  readonly #turns = new TurnList(this, {
    root: () => this.renderRoot,
    say: () => this.#say,
    lang: () => this.#language.locale.lang,
    session: () => this.#session!,
    nodeOptions: () => this.#nodeOptions!,
    isNarrow: () => this.#floats || innerWidth < 560,
    absolute: this.#absolute,
    onAsk: (question) => this.ask(question),
    onEdit: (question, about) => this.#composer.edit(question, about),
    handOver: (answer) => this.#handOver(answer),
    onRated: ({ref = null}, {rating, reasons = [], comment}) =>
      this.#emit('rated', {ref, rating, reasons}, {comment}),
    announce: (words) => this.#announcements.announce(words),
  })
  readonly #announcements = new Announcements(this, {
    say: () => this.#say,
    lang: () => this.#language.locale.lang,
    emit: (name, detail, text) => this.#emit(name, detail, text),
    onFirstUseful: (key, firstUsefulMs) => this.#session?.report(key, {firstUsefulMs}),
  })
  readonly #history = new HistorySidebar(this, {
    root: () => this.renderRoot,
    say: () => this.#say,
    session: () => this.#session!,
    heading: () => this.#look.name ?? this.#say('name'),
    mark: () => this.#mark.render(this.#look.logo),
    isKept: () => this.keep === 'browser',
    transcripts: () => this.#info!.transcripts,
    handOver: () => this.#handOver(null),
    lang: () => this.#language.locale.lang,
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
  readonly #mark = new BrandMark(this)
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
    onOpen: (opened, key) => this.#session?.report(key, {opened}),
  })
  readonly #around = new PageAround(this, {
    root: () => this.renderRoot,
    say: () => this.#say,
    mode: () => this.mode,
    isOpen: () => this.opened,
    dock: () => this.dock,
    side: () => ((this.position === 'start') !== (this.#language.dir === 'rtl') ? 'left' : 'right'),
    storage: () => this.#store,
    tab: () => this.#tab,
    answers: () => this.#session?.answers ?? [],
    hide: () => this.hide(),
  })

  constructor() {
    super()
    new LookSheet(this, () => lookStyles(this, this.#info?.look ?? {}))
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
      if (this.mode === 'panel') closeModalDialogs()
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
    this.#pane.close()
    this.#turns.showLast()
    this.#hasAsked = true
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

  /** Starts a new conversation, about no passage; the current one stays in the history. */
  reset(): void {
    this.#composer.about = ''
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
    // By the middle button, in another tab.
    this.renderRoot.addEventListener('auxclick', (event) => this.#pane.take(event as MouseEvent), {signal})
    // After the preview's: the first tap on a citation only shows it.
    this.renderRoot.addEventListener(
      'click',
      (event) => {
        if (this.#pane.take(event as MouseEvent)) {
          // Else the next Escape would be for it.
          this.#preview.hide()
          return
        }
        openInSite(event as MouseEvent, {
          navigate: (href) => !this.#emit('navigate', {href}),
          onStay: (link) => {
            this.#preview.hide()
            this.#around.show(link)
          },
          onLeave: (link) => this.#around.keep(link),
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

  /** A question is shown in the task after the one that sent it: on a slow device they would be a long one together. */
  protected override async scheduleUpdate(): Promise<void> {
    if (this.#hasAsked) await yieldTask()
    this.#hasAsked = false
    await super.scheduleUpdate()
  }

  protected override shouldUpdate(): boolean {
    return this.isConnected
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (this.#info === null || changed.has('endpoint')) this.#openInfo()
    if (this.#session === null || changed.has('endpoint') || changed.has('keep')) this.#openSession()
    if (changed.has('locale') || !this.hasUpdated) void this.#language.load()
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
    if (this.mode === 'page') void warmUp(() => this.#language.locale.lang)
    const url = new URL(location.href)
    const question =
      url.searchParams.get('assistant') ?? (this.mode === 'page' ? url.searchParams.get('q') : null)
    if (question !== null && question.trim() !== '') {
      // Only once: neither a reload nor another assistant on the page must ask again.
      url.searchParams.delete('assistant')
      if (this.mode === 'page') url.searchParams.delete('q')
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
    const info = await this.#info!.answered
    if (info?.generator === 'extractive') this.#composer.submitUnchanged(question)
  }

  protected override updated(): void {
    const dialog = this.renderRoot.querySelector('dialog')
    const isShown = this.opened && !this.#around.bar.isAway
    if (dialog !== null && dialog.open !== isShown) {
      if (isShown) dialog.showModal()
      else dialog.close()
    }
    // Links to what is quoted are made with it.
    if (this.#session!.answers.length > 0 && renderer.loaded === null)
      void renderer.load().then((piece) => piece && this.requestUpdate())
    this.#gutterPx ??= gutterOf(this.renderRoot)
    if (this.#gutterPx !== null) alignBox(this.renderRoot, this.#gutterPx)
  }

  async #onLanguage(): Promise<void> {
    this.#nodeOptions = null
    this.requestUpdate()
    await this.updateComplete
    this.#around.resume()
    if (this.mode === 'page') this.#takeOver()
    if (this.#wantsFocus) this.focus()
  }

  /** What was typed before the assistant was there is in its box. */
  #takeOver(): void {
    const input = takeOverShell(this)
    if (input === null) return
    if (input.text === '') this.#wantsFocus = true
    else this.#composer.edit(input.text, '')
  }

  get #server(): string {
    const given = this.endpoint
    return (given !== null && canBeServer(given) ? given : scriptFolder).replace(/\/+$/, '')
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
    const free = this.#shortcuts.filter((each) => each !== 'none' && !this.#taken.has(each))
    const told = free.find((each) => !isOfSearch(each)) ?? free[0]
    return told === undefined ? '' : shortcutLabel(told, this.#say)
  }

  get #floats(): boolean {
    return this.mode === 'panel' || this.mode === 'modal'
  }

  get #say(): Locale['say'] {
    return this.#language.locale.say
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

  #openInfo(): void {
    const endpoint = this.#server
    this.#info = new ServerInfo({
      given: this.info,
      transport: {endpoint, fetch: fetchFromServer},
      store: this.#store,
      entry: `docent:${endpoint || 'here'}:info`,
      onChange: () => this.requestUpdate(),
    })
  }

  get #store(): ReturnType<typeof storageOf> {
    return this.keep === 'browser' ? storageOf('localStorage') : memoryStorage()
  }

  #openSession(): void {
    this.#session?.close()
    const endpoint = this.#server
    this.#session = openSession({
      endpoint,
      fetch: fetchFromServer,
      store: createConversationStore(this.#store, endpoint || 'here'),
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
      onFound: (found) => this.#composer.show(found),
    })
  }

  // Events

  #onChange(change: Change): void {
    if (change.type !== 'conversation') this.#turns.showText(change.answer)
    if (change.type === 'text') return
    if (change.type === 'answer') this.#announcements.answerChanged(change.answer, change.before)
    else if (this.#session?.running != null) {
      const {running} = this.#session
      this.#emit('asked', {key: running.key}, {question: running.question})
      if (running.areExpected) this.#announcements.expectedShown(running)
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
    if (this.#pane.isOpen || this.#around.bar.isAway || this.#history.isOpen) {
      // Else the dialog would close as well.
      event.preventDefault()
      if (this.#around.bar.isAway) this.#around.bar.back()
      else if (this.#pane.isOpen) this.#pane.close()
      else this.#history.show(false)
    } else if (this.mode === 'panel') this.hide()
  }

  // Rendering

  protected override render(): TemplateResult | typeof nothing {
    // What the server wrote into its page is shown until then.
    if (!this.#language.isReady) return beforeReady[this.mode]
    const name = this.#look.name ?? this.#say('name')
    return html`
      <div class="root ${this.#isDark ? 'dark' : 'light'}" lang=${this.#language.locale.lang} dir=${this.#language.locale.dir} @keydown=${this.#onFrameKey} @focusin=${() => warmUp(() => this.#language.locale.lang)} @click=${this.#turns.onClick} @drawn=${this.#turns.onDrawn}>
        ${this.#floats && this.launcher !== 'none' && !this.#around.bar.isAway ? this.#launcher() : nothing}
        ${inContainer(html`${this.#frame(name)}${this.#pane.render()}`, {name, mode: this.mode, isOpen: this.opened, isAway: this.#around.bar.isAway, dock: this.#around.dock, side: () => this.#history.render(), hide: () => this.hide()})}
        ${this.#around.bar.isAway ? this.#around.bar.render() : nothing}
        ${this.selection === null ? nothing : html`<button class="offer" type="button" hidden>${icon('spark')}${this.#say('askAboutSelection')}</button>`}
        <div class="sr" role="status">${this.#announcements.message}</div>
      </div>`
  }

  #launcher(): TemplateResult {
    return launcher({
      mark: this.#mark.render(this.#look.logo),
      words: this.#info!.look.name ?? this.#say('open'),
      isOpen: this.opened,
      shortcut: this.#shortcutHint,
      toggle: () => this.toggle(),
    })
  }

  #frame(name: string): TemplateResult {
    const {answers, conversationKey} = this.#session!
    const say = this.#say
    const {questions, greeting, footer, logo, name: heading} = this.#look
    const mark = this.#mark.render(logo)
    return frame({
      say,
      mode: this.mode,
      floats: this.#floats,
      name,
      heading: heading ?? say('heading'),
      mark,
      hero: hero(mark, heading ?? say('heading'), greeting ?? say('intro')),
      after: belowBox({
        say,
        questions,
        pages: this.pages,
        recent: this.mode === 'page' ? nothing : this.#history.list.recent(maxRecent),
        shortcut: this.#shortcutHint,
        floats: this.#floats,
        ask: (question) => this.ask(question),
      }),
      footer: footerLine(footer),
      preview: this.#preview.render(),
      conversationKey,
      history: this.#history,
      turns: answers.length === 0 ? null : this.#turns.render(),
      jump: this.#turns.jump(),
      composer: this.#composer.render(),
      handOver: this.#handOver(null),
      hide: () => this.hide(),
      onScroll: this.#turns.onScroll,
      onMove: this.#turns.onMove,
    })
  }

  get #look(): Look {
    return lookOf(this, this.#info!.look, this.#server)
  }

  /** Leads to a person, with the conversation; null where the site offers none. @param at null for the last answer. */
  #handOver(at: AnswerState | null): (() => void) | null {
    const template = (this.handOver ?? this.#info!.handOverUrl) || null
    if (this.handOver === null && template === null) return null
    return () => {
      const {answers} = this.#session!
      const pageUrl = this.pageContext === 'none' ? '' : (placeOnPage().url ?? '')
      const {base} = this.#nodeOptions!.links
      const detail = handOverOf({answers, at, template, pageUrl, base})
      const isOpened = this.dispatchEvent(new CustomEvent('hand-over', {detail, cancelable: true}))
      if (isOpened && detail.url !== null) openBeside(detail.url)
    }
  }

  #emitChosen(name: 'locale' | 'theme', value: string): void {
    this.dispatchEvent(new CustomEvent('chosen', {detail: {name, value}}))
  }
}

function canBeServer(endpoint: string): boolean {
  const isUrl = URL.canParse(endpoint, document.baseURI)
  return isUrl && /^https?:$/.test(new URL(endpoint, document.baseURI).protocol)
}

/** Closes dialogs of the page that would keep a panel out of reach, as Escape does. */
function closeModalDialogs(): void {
  for (const dialog of document.querySelectorAll<HTMLDialogElement>('dialog:modal'))
    if (dialog.dispatchEvent(new Event('cancel', {cancelable: true}))) dialog.close()
}

/** What keeps the place of what is to come: on the server's own page what that wrote. */
const beforeReady: Readonly<Record<Mode, TemplateResult | typeof nothing>> = {
  page: html`<slot></slot>`,
  inline: html`<div class="room"></div>`,
  panel: nothing,
  modal: nothing,
}
/** Most earlier conversations on the first screen. */
const maxRecent = 3
/** Whether the panel was open when this tab left its last page. */
const openEntry = 'docent:panel-open'
