import {html, LitElement, nothing, type TemplateResult} from 'lit'
import {ApiError, createApi, messageOf, send} from './api.ts'
import type {ConsoleContext} from './context.ts'
import {DialogFocus, signInAgainDialog} from './dialogs.ts'
import {header, showCurrent} from './header.ts'
import {isTyping} from './keys.ts'
import {TranscriptLists} from './list/transcript-lists.ts'
import {Messages} from './messages.ts'
import {forOtherRoles, nothingHere, partMissing, viewFailed} from './notices.ts'
import {type Arrival, createRouter, type Place, pathOfList, placeOf, type Router} from './router.ts'
import {sections, type View} from './sections.ts'
import {signInPage} from './sign-in-page.ts'
import {draftsOf, forgetTab, store, stored} from './storage.ts'
import {chooseTheme, chosenTheme, themes} from './theme.ts'
import {type Member, whoIs} from './wire.ts'

/** The console of staff: who is signed in, where they are, and the frame around it. */
export class DocentConsole extends LitElement {
  /** Null: nobody. Undefined: not known yet. */
  #member: Member | null | undefined
  #problem: unknown = null
  #place: Place = placeOf(location)
  #arrival: Arrival = 'back'
  /** Whether the view has its place and its focus. */
  #isSettled = false
  /** Whether the view threw an error while it drew. */
  #hasFailed = false
  /** Where the entry of the history was scrolled to, in pixels. */
  #scrollTop = 0
  #router: Router | null = null
  readonly #lists = new TranscriptLists(() => this.#api)
  readonly #api = createApi(() => this.#signInAgain())
  #hasKeys = stored<boolean>('localStorage', 'keys') ?? true
  #otherTabs: BroadcastChannel | undefined
  #isReloading = false
  readonly #dialogFocus = new DialogFocus()
  readonly #messages = new Messages(() => this.requestUpdate())
  #isChangingToken = false
  #waiting: {readonly done: Promise<void>; readonly resolve: () => void} | null = null
  /** Of views, whether their script was loaded; false where it could not be. */
  readonly #loaded = new Map<View['load'], boolean>()

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
    this.#otherTabs = new BroadcastChannel('docent:console')
    this.#otherTabs.onmessage = ({data}: MessageEvent<string | null>) => this.#changedElsewhere(data)
    void this.#identify()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    removeEventListener('keydown', this.#keys)
    this.#otherTabs?.close()
  }

  /** Somebody has signed in in another tab (`who`), or out (null): what is on the screen is for who was signed in here. */
  #changedElsewhere(who: string | null): void {
    const member = this.#member
    if (!member || this.#isReloading) return
    if (who !== whoIs(member)) this.#reload()
    else if (this.#waiting !== null) void this.#signedIn()
  }

  /** Nothing of what is on the screen, or was asked for, is left. */
  #reload(): void {
    this.#isReloading = true
    this.#lists.clear()
    this.requestUpdate()
    location.reload()
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
    const before = this.#member
    await this.#identify()
    const member = this.#member
    if (!member) return
    this.#otherTabs?.postMessage(whoIs(member))
    if (this.#waiting === null) {
      // The form has gone, with the focus.
      this.#arrival = 'new'
      this.requestUpdate()
      return
    }
    // Requests that wait, and what is on the screen, are those of who was here: nobody else sends or sees them.
    if (before && whoIs(before) !== whoIs(member)) return this.#reload()
    this.#waiting.resolve()
    this.#waiting = null
    this.#messages.announce(`Signed in again as ${member.name}`)
  }

  readonly #signOut = async (): Promise<void> => {
    const question = {
      title: 'Sign out with unsaved text?',
      text: 'There is text that you have begun and not saved. It is discarded when you sign out.',
      action: 'Discard and sign out',
    }
    const who = whoIs(this.#member!)
    if (draftsOf(who).hasAny() && !(await this.#messages.confirm(question))) return
    try {
      await send('/session', {method: 'DELETE'})
    } catch (error) {
      this.#messages.announce(messageOf(error))
      return
    }
    this.#otherTabs?.postMessage(null)
    forgetTab(who)
    this.#lists.clear()
    this.#member = null
    this.#router!.go('/console')
  }

  #arrive(arrival: Arrival): void {
    const before = this.#place
    this.#place = placeOf(location)
    this.#arrival = arrival
    this.#hasFailed = false
    this.#settlePlace()
    this.requestUpdate()
    // A view that shows something else stays the same view: whoever narrows a list goes on where they are.
    if (arrival === 'new' && isSameView(before, this.#place)) return
    this.#isSettled = false
    this.#scrollTop = this.#router!.scrollTop
    if (arrival === 'new') scrollTo(0, 0)
    void this.updateComplete.then(() => this.#settleView())
  }

  /** `/console` is the first section that somebody may open. Addresses of earlier versions had the filters there. */
  #settlePlace(): void {
    const first = sections.find(({permission}) => this.#may(permission))
    if (this.#place.view !== 'home' || first === undefined) return
    const query = new URLSearchParams(location.search)
    query.delete('failed')
    const search = query.size === 0 ? '' : `?${query}`
    history.replaceState(history.state, '', `/console/${first.name}${search}`)
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

  #context(): ConsoleContext {
    return {
      api: this.#api,
      router: this.#router!,
      lists: this.#lists,
      drafts: draftsOf(whoIs(this.#member!)),
      imageHosts: (this.getAttribute('image-hosts') ?? '').split(' ').filter(Boolean),
      hasKeys: this.#hasKeys,
      may: (permission) => this.#may(permission),
      announce: (words) => this.#messages.announce(words),
      confirm: (question) => this.#messages.confirm(question),
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
    const isInTranscript = this.#place.view === 'section' && this.#place.section === 'transcripts'
    if (this.#searchBox === null && !isInTranscript) return
    event.preventDefault()
    if (this.#searchBox === null) this.#router!.go(pathOfList(this.#lists.current?.query ?? ''))
    void this.updateComplete.then(() => this.#searchBox?.focus())
  }

  get #searchBox(): HTMLElement | null {
    return this.querySelector<HTMLElement>('input[type="search"]')
  }

  readonly #toggleKeys = (): void => {
    this.#hasKeys = !this.#hasKeys
    store('localStorage', 'keys', this.#hasKeys)
    this.requestUpdate()
  }

  readonly #changeToken = (): void => {
    this.#isChangingToken = true
    this.requestUpdate()
  }

  readonly #tokenChanged = (): void => {
    this.#isChangingToken = false
    this.requestUpdate()
  }

  /** A part of the view that fails leaves the rest of it as it is. */
  readonly #viewFailed = ({target, currentTarget}: Event): void => {
    if ((target as Element).parentElement !== currentTarget) return
    this.#hasFailed = true
    this.requestUpdate()
  }

  readonly #nextTheme = (): void => {
    const theme = themes[(themes.indexOf(chosenTheme()) + 1) % themes.length]!
    chooseTheme(theme)
    this.requestUpdate()
  }

  protected override render(): TemplateResult {
    return html`<div class="root">${this.#body()}${this.#dialogs()}
      ${this.#messages.toast()}</div>`
  }

  #body(): TemplateResult {
    if (this.#isReloading) return html`<main class="alone" id="main" aria-busy="true"></main>`
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
    return html`<a class="skip" href="#main">Skip to the content</a>
      ${header({
        member,
        sections: sections.filter(({permission}) => this.#may(permission)),
        current: this.#place.view === 'section' ? this.#place.section : null,
        theme: chosenTheme(),
        nextTheme: this.#nextTheme,
        hasKeys: this.#hasKeys,
        toggleKeys: this.#toggleKeys,
        changeToken: this.#changeToken,
        signOut: this.#signOut,
      })}
      <main id="main" tabindex="-1" @view-failed=${this.#viewFailed}>${this.#view()}</main>`
  }

  #view(): TemplateResult {
    const place = this.#place
    const section = place.view === 'section' ? sections.find(({name}) => name === place.section) : undefined
    const view = place.view === 'section' ? section?.viewOf(place.rest) : null
    if (place.view !== 'section' || section === undefined || view == null)
      return this.#titled('Not found', nothingHere())
    if (!this.#may(view.permission ?? section.permission)) return this.#titled('Not allowed', forOtherRoles())
    if (this.#hasFailed) return this.#titled('Not shown', viewFailed())
    const isLoaded = this.#loaded.get(view.load)
    if (isLoaded === false)
      return this.#titled(
        'Not loaded',
        partMissing(() => void this.#loadAgain(view.load)),
      )
    if (isLoaded === undefined) void this.#load(view.load)
    return view.render({context: this.#context(), query: place.query, arrival: this.#arrival})
  }

  #titled(title: string, view: TemplateResult): TemplateResult {
    document.title = `${title} · Docent console`
    return view
  }

  /** Elements of a part that is still loading are empty, and become what they are when it has come. */
  async #load(load: View['load']): Promise<void> {
    try {
      await load()
      this.#loaded.set(load, true)
    } catch {
      this.#loaded.set(load, false)
      this.requestUpdate()
    }
  }

  /** Browsers may keep that a script could not be fetched, and a renewed server has others: the page is loaded anew then. */
  async #loadAgain(load: View['load']): Promise<void> {
    await this.#load(load)
    if (this.#loaded.get(load)) return this.requestUpdate()
    const problem: unknown = await send('/me').catch((error: unknown) => error)
    if (problem instanceof ApiError && problem.status === 0) this.#messages.announce(messageOf(problem))
    else location.reload()
  }

  #dialogs(): TemplateResult {
    // Escape, pressed twice, closes any dialog.
    const reopen = (): void => this.requestUpdate()
    return html`${this.#waiting === null || !this.#member ? nothing : signInAgainDialog(this.#member.name, this.#signedIn, reopen)}
      ${this.#isChangingToken ? html`<docent-my-token .api=${this.#api} @closed=${this.#tokenChanged}></docent-my-token>` : nothing}
      ${this.#messages.dialog()}`
  }

  protected override updated(): void {
    showCurrent(this)
    this.#dialogFocus.update(this)
  }
}

function isSameView(one: Place, other: Place): boolean {
  const isInSection = one.view === 'section' && other.view === 'section'
  return isInSection && [one.section, ...one.rest].join('/') === [other.section, ...other.rest].join('/')
}
