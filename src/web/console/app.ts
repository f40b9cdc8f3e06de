import {html, LitElement, nothing, type TemplateResult} from 'lit'
import {ApiError, createApi, messageOf, send} from './api.ts'
import type {Confirmation, ConsoleContext} from './context.ts'
import {confirmDialog, signInAgainDialog} from './dialogs.ts'
import {header} from './header.ts'
import {isTyping} from './keys.ts'
import {TranscriptLists} from './list/transcript-lists.ts'
import {forOtherRoles, homeOfDocs, nothingHere, partMissing} from './notices.ts'
import {type Arrival, createRouter, type Place, pathOfList, placeOf, type Router} from './router.ts'
import {signInPage} from './sign-in-page.ts'
import {forgetTab, store, stored} from './storage.ts'
import {chooseTheme, chosenTheme, themes} from './theme.ts'
import type {Member} from './wire.ts'

const toastMs = 6_000

/** The console of staff: who is signed in, where they are, and the frame around it. */
export class DocentConsole extends LitElement {
  /** Null: nobody. Undefined: not known yet. */
  #member: Member | null | undefined
  #problem: unknown = null
  #place: Place = placeOf(location)
  #arrival: Arrival = 'back'
  /** Whether the view has its place and its focus. */
  #isSettled = false
  /** Where the entry of the history was scrolled to, in pixels. */
  #scrollTop = 0
  #router: Router | null = null
  readonly #lists = new TranscriptLists(() => this.#api)
  readonly #api = createApi(() => this.#signInAgain())
  #hasKeys = stored<boolean>('localStorage', 'keys') ?? true
  #toast = ''
  #toastTimer: ReturnType<typeof setTimeout> | undefined
  #confirmation: (Confirmation & {readonly answer: (yes: boolean) => void}) | null = null
  #waiting: {readonly done: Promise<void>; readonly resolve: () => void} | null = null
  /** The view that needs a part of the script which could not be loaded. */
  #missingPart = false

  protected override createRenderRoot(): HTMLElement {
    return this
  }

  override connectedCallback(): void {
    // What stands in the page for a browser without scripts.
    this.replaceChildren()
    super.connectedCallback()
    this.#router ??= createRouter((arrival) => this.#arrive(arrival))
    this.#scrollTop = this.#router.scrollTop
    addEventListener('keydown', this.#keys)
    void this.#identify()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    removeEventListener('keydown', this.#keys)
  }

  async #identify(): Promise<void> {
    this.#problem = null
    try {
      this.#member = await send<Member>('/me')
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) this.#member = null
      else this.#problem = error
    }
    this.#settlePlace()
    this.requestUpdate()
  }

  /** A request found that the session has ended: the form opens over what is on the screen. */
  #signInAgain(): Promise<void> {
    if (this.#waiting === null) {
      let resolve = (): void => {}
      const done = new Promise<void>((settle) => {
        resolve = settle
      })
      this.#waiting = {done, resolve}
      this.requestUpdate()
    }
    return this.#waiting.done
  }

  readonly #signedIn = async (): Promise<void> => {
    await this.#identify()
    if (!this.#member) return
    this.requestUpdate()
    if (this.#waiting === null) return
    this.#waiting.resolve()
    this.#waiting = null
    this.#announce(`Signed in again as ${this.#member.name}`)
  }

  readonly #signOut = async (): Promise<void> => {
    const question = {
      title: 'Sign out with unsaved text?',
      text: 'There is a review that you have begun and not saved. It is discarded when you sign out.',
      action: 'Discard and sign out',
    }
    if (hasDrafts() && !(await this.#confirm(question))) return
    try {
      await send('/session', {method: 'DELETE'})
    } catch (error) {
      this.#announce(messageOf(error))
      return
    }
    forgetTab()
    this.#lists.clear()
    this.#member = null
    this.#router!.go('/console')
  }

  #arrive(arrival: Arrival): void {
    const before = this.#place.view
    this.#place = placeOf(location)
    this.#arrival = arrival
    this.#settlePlace()
    this.requestUpdate()
    // A list that is narrowed stays the same view: whoever narrows it goes on where they are.
    const isSame = arrival === 'new' && before === 'transcripts' && this.#place.view === before
    if (isSame) return
    this.#isSettled = false
    this.#scrollTop = this.#router!.scrollTop
    if (arrival === 'new') scrollTo(0, 0)
    void this.updateComplete.then(() => this.#settleView())
  }

  /** `/console` is the list, for whoever may read it. Addresses of earlier versions had the filters there. */
  #settlePlace(): void {
    if (this.#place.view !== 'home' || !this.#may('read_transcripts')) return
    const query = new URLSearchParams(location.search)
    query.delete('failed')
    history.replaceState(history.state, '', pathOfList(query.toString()))
    this.#place = placeOf(location)
  }

  /**
   * A screen reader begins at the heading of a new view; the history leads back to where one was. A view that must load
   * first says when it has, and is settled again.
   */
  #settleView(): void {
    if (this.#isSettled) return
    if (this.#arrival === 'back') {
      requestAnimationFrame(() => scrollTo(0, this.#scrollTop))
      return
    }
    // Whoever has gone on meanwhile stays where they are.
    const {activeElement} = document
    if (activeElement !== document.body && !this.#hasGone(activeElement)) return
    this.querySelector<HTMLElement>('h1')?.focus({preventScroll: true})
  }

  /** Whether the focus is in nothing that is used: the heading of a view that is loading, or the link that led here. */
  #hasGone(element: Element | null): boolean {
    return element === null || element.matches('h1, a')
  }

  #may(permission: string): boolean {
    return this.#member?.permissions.includes(permission) ?? false
  }

  #announce(words: string): void {
    clearTimeout(this.#toastTimer)
    this.#toast = words
    this.requestUpdate()
    this.#toastTimer = setTimeout(() => {
      this.#toast = ''
      this.requestUpdate()
    }, toastMs)
  }

  #confirm(question: Confirmation): Promise<boolean> {
    this.#confirmation?.answer(false)
    return new Promise((resolve) => {
      const answer = (yes: boolean): void => {
        this.#confirmation = null
        this.requestUpdate()
        resolve(yes)
      }
      this.#confirmation = {...question, answer}
      this.requestUpdate()
    })
  }

  #context(): ConsoleContext {
    return {
      api: this.#api,
      router: this.#router!,
      lists: this.#lists,
      imageHosts: (this.getAttribute('image-hosts') ?? '').split(' ').filter(Boolean),
      hasKeys: this.#hasKeys,
      may: (permission) => this.#may(permission),
      announce: (words) => this.#announce(words),
      confirm: (question) => this.#confirm(question),
      settled: () => {
        this.#settleView()
        this.#isSettled = true
      },
      title: (words) => {
        document.title = `${words} · Docent console`
      },
    }
  }

  readonly #keys = (event: KeyboardEvent): void => {
    if (!this.#hasKeys || event.key !== '/' || isTyping(event) || this.querySelector('dialog[open]')) return
    const box = this.querySelector<HTMLElement>('input[type="search"]')
    if (box === null) return
    event.preventDefault()
    box.focus()
  }

  readonly #toggleKeys = (): void => {
    this.#hasKeys = !this.#hasKeys
    store('localStorage', 'keys', this.#hasKeys)
    this.requestUpdate()
  }

  readonly #nextTheme = (): void => {
    const theme = themes[(themes.indexOf(chosenTheme()) + 1) % themes.length]!
    chooseTheme(theme)
    this.requestUpdate()
  }

  protected override render(): TemplateResult {
    return html`<div class="root">${this.#body()}${this.#dialogs()}
      <p class="toast ${this.#toast === '' ? 'none' : ''}" role="status">${this.#toast}</p></div>`
  }

  #body(): TemplateResult {
    if (this.#place.view === 'join') {
      const {invitation} = this.#place
      return this.#titled(
        'Join',
        html`<docent-join .invitation=${invitation} @signed-in=${this.#signedIn}></docent-join>`,
      )
    }
    if (this.#member) return this.#frame(this.#member)
    if (this.#member === null) return this.#titled('Sign in', signInPage(this.#signedIn))
    if (this.#problem === null) return html`<main class="alone" id="main" aria-busy="true"></main>`
    return html`<main class="alone" id="main"><div class="card-of-one"><h1 tabindex="-1">Docent console</h1>
      <p class="problem" role="alert">${messageOf(this.#problem)}</p>
      <button class="button" type="button" @click=${() => void this.#identify()}>Try again</button></div></main>`
  }

  #frame(member: Member): TemplateResult {
    const isInTranscripts = this.#place.view === 'transcripts' || this.#place.view === 'transcript'
    return html`<a class="skip" href="#main">Skip to the content</a>
      ${header({
        member,
        hasTranscripts: this.#may('read_transcripts'),
        isInTranscripts,
        theme: chosenTheme(),
        nextTheme: this.#nextTheme,
        hasKeys: this.#hasKeys,
        toggleKeys: this.#toggleKeys,
        signOut: this.#signOut,
      })}
      <main id="main" tabindex="-1">${this.#view()}</main>`
  }

  #view(): TemplateResult {
    const context = this.#context()
    const place = this.#place
    if (place.view === 'transcripts' || place.view === 'transcript') {
      if (!this.#may('read_transcripts')) return this.#titled('Not allowed', forOtherRoles())
      if (place.view === 'transcripts')
        return html`<docent-transcripts .context=${context} .query=${place.query} .arrival=${this.#arrival}></docent-transcripts>`
      void this.#loadTranscriptView()
      if (this.#missingPart) return this.#titled('Not loaded', partMissing())
      return html`<docent-transcript .context=${context} .answerId=${place.answerId}></docent-transcript>`
    }
    return place.view === 'home'
      ? this.#titled('Home', homeOfDocs())
      : this.#titled('Not found', nothingHere())
  }

  #titled(title: string, view: TemplateResult): TemplateResult {
    document.title = `${title} · Docent console`
    return view
  }

  async #loadTranscriptView(): Promise<void> {
    if (customElements.get('docent-transcript') !== undefined) return
    try {
      const {TranscriptView, AnswerText} = await import('./transcript/part.ts')
      if (customElements.get('docent-transcript') !== undefined) return
      customElements.define('docs-assistant-text', AnswerText)
      customElements.define('docent-transcript', TranscriptView)
    } catch {
      this.#missingPart = true
      this.requestUpdate()
    }
  }

  #dialogs(): TemplateResult {
    const confirmation = this.#confirmation
    // Escape, pressed twice, closes any dialog.
    const reopen = (): void => this.requestUpdate()
    return html`${this.#waiting === null || !this.#member ? nothing : signInAgainDialog(this.#signedIn, reopen)}
      ${confirmation === null ? nothing : confirmDialog(confirmation, confirmation.answer)}`
  }

  protected override updated(): void {
    for (const dialog of this.querySelectorAll<HTMLDialogElement>('dialog:not([open])')) dialog.showModal()
  }
}

function hasDrafts(): boolean {
  try {
    return Object.keys(sessionStorage).some((name) => name.startsWith('docent:console:review:'))
  } catch {
    return false
  }
}
