import {html, LitElement, nothing, type PropertyValues, type TemplateResult} from 'lit'
import {messageOf} from '../api.ts'
import type {ConsoleContext} from '../context.ts'
import {timeAgo} from '../format.ts'
import {icon} from '../icons.ts'
import {pathOfList, pathOfVerifiedAnswer} from '../router.ts'
import {isolated} from '../visible.ts'
import {actionTitle, actionWords, detailsOf, isAboutTranscript, isAboutVerified} from './audit-words.ts'
import {roleWords} from './role-words.ts'
import type {AuditLine, AuditPage, Person} from './wire.ts'

const filters = ['who', 'what', 'from', 'to'] as const

type Filter = (typeof filters)[number]

const pageSize = 50

/** The audit log: who of the staff did what. Its filters are in the address. */
export class AuditView extends LitElement {
  static override properties = {context: {attribute: false}, query: {attribute: false}}
  declare context: ConsoleContext
  declare query: string
  #lines: readonly AuditLine[] = []
  #cursor: string | null = null
  #status: 'loading' | 'ready' | 'failed' = 'loading'
  #problem: unknown = null
  #loading: AbortController | null = null
  /** To suggest; without them the field is typed in. */
  #people: readonly Person[] = []

  protected override createRenderRoot(): HTMLElement {
    return this
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#loading?.abort()
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('query')) void this.#load()
  }

  protected override async firstUpdated(): Promise<void> {
    try {
      this.#people = (await this.context.api.send<{people: Person[]}>('/people')).people
      this.requestUpdate()
    } catch {
      // Names can be typed.
    }
  }

  protected override updated(): void {
    if (this.#status !== 'loading') this.context.settled()
  }

  readonly #load = (): Promise<void> => this.#read(null)
  readonly #more = (): Promise<void> => this.#read(this.#cursor)

  async #read(cursor: string | null): Promise<void> {
    this.#loading?.abort()
    const loading = new AbortController()
    this.#loading = loading
    this.#status = 'loading'
    this.#problem = null
    this.requestUpdate()
    const query = new URLSearchParams(
      [...new URLSearchParams(this.query)].filter(([name]) => name !== 'cursor'),
    )
    query.set('limit', String(pageSize))
    if (cursor !== null) query.set('cursor', cursor)
    try {
      const {signal} = loading
      const {items, nextCursor} = await this.context.api.send<AuditPage>(`/audit?${query}`, {signal})
      this.#lines = cursor === null ? items : [...this.#lines, ...items]
      this.#cursor = nextCursor
      this.#status = 'ready'
    } catch (error) {
      if (loading.signal.aborted) return
      this.#problem = error
      this.#status = 'failed'
      if (cursor === null) this.#lines = []
    }
    this.requestUpdate()
  }

  protected override render(): TemplateResult {
    this.context.title('Audit log')
    return html`<div class="view audit"><div class="head"><h1 tabindex="-1">Audit log</h1>
      <p class="quiet">What staff did, the newest first.</p></div>${this.#form()}${this.#content()}</div>`
  }

  #form(): TemplateResult {
    const query = new URLSearchParams(this.query)
    const value = (name: Filter): string => query.get(name) ?? ''
    const isNarrowed = filters.some((name) => value(name) !== '')
    return html`<form class="filters" aria-label="Filters" @submit=${(event: Event) => event.preventDefault()} @change=${this.#changed}>
      <label class="field"><span>Who</span><input name="who" .value=${value('who')} list="whom" autocomplete="off" spellcheck="false" placeholder="Anybody"></label>
      <datalist id="whom">${this.#people.map(({name}) => html`<option value=${name}></option>`)}${['shared:admin', 'shared:docs', 'shared:support', 'link', 'unknown'].map((name) => html`<option value=${name}></option>`)}</datalist>
      <label class="field"><span>What</span><select name="what"><option value="" ?selected=${value('what') === ''}>Anything</option>${Object.keys(actionWords).map((what) => html`<option value=${what} ?selected=${what === value('what')}>${actionTitle(what)}</option>`)}</select></label>
      ${day('from', 'From (UTC)', value('from'))}${day('to', 'To (UTC, included)', value('to'))}
      ${isNarrowed ? html`<a class="link" href="/console/audit">Clear all</a>` : nothing}</form>`
  }

  readonly #changed = (event: Event): void => {
    const {name, value} = event.target as HTMLInputElement
    this.context.router.go(this.#pathWith(name as Filter, value.trim()))
  }

  #pathWith(name: Filter, value: string): string {
    const query = new URLSearchParams(this.query)
    if (value === '') query.delete(name)
    else query.set(name, value)
    return `/console/audit${query.size === 0 ? '' : `?${query}`}`
  }

  #content(): TemplateResult {
    if (this.#status === 'failed' && this.#lines.length === 0) {
      return html`<div class="notice" role="alert"><h2>The log could not be loaded</h2><p>${messageOf(this.#problem)}</p>
        <button class="button" type="button" @click=${this.#load}>Try again</button></div>`
    }
    if (this.#status === 'loading' && this.#lines.length === 0) {
      return html`<p class="sr" role="status">Loading the audit log…</p><ol class="audit-lines" aria-hidden="true">${Array.from({length: 8}, () => html`<li class="audit-line"><span class="ghost"></span></li>`)}</ol>`
    }
    if (this.#lines.length === 0) {
      return html`<div class="notice"><h2>Nothing matches</h2><p>Nobody did that in this time. <a href="/console/audit">Show the whole log</a>.</p></div>`
    }
    const isLoading = this.#status === 'loading'
    return html`<ol class="audit-lines" aria-label="Audit log" aria-busy=${isLoading}>${this.#lines.map((line) => this.#line(line))}</ol>
      ${this.#problem === null ? nothing : html`<p class="problem" role="alert">${messageOf(this.#problem)}</p>`}
      ${this.#cursor === null ? html`<p class="quiet end">End of the log</p>` : html`<p class="more"><button class="button" type="button" aria-disabled=${isLoading} @click=${() => !isLoading && void this.#more()}>${isLoading ? 'Loading…' : 'Show more'}</button></p>`}`
  }

  #line(line: AuditLine): TemplateResult {
    const {at, who, name, role, what, address} = line
    const details = detailsOf(line)
    // What is nobody’s own has a name for people, and another one for filters.
    const asked = /^[a-z]+(?::|$)/.test(who) ? who : name
    return html`<li class="audit-line"><span class="when">${timeAgo(at)}</span>
      <p class="did"><a class="strong" href=${this.#pathWith('who', asked)} title="All that ${name} did">${isolated(name)}</a>${role === null ? nothing : html` <span class="n">${roleWords[role]}</span>`}
        ${actionWords[what] ?? what.replaceAll('_', ' ')} ${subject(line)}</p>
      ${details.length === 0 ? nothing : html`<p class="details">${details.map(({label, value}) => html`<span>${label === '' ? nothing : html`<span class="quiet">${label}</span> `}${isolated(value)}</span>`)}</p>`}
      ${address === null ? nothing : html`<code class="address" title="A digest of the address: the same address has the same one">${address.slice(0, 8)}</code>`}</li>`
  }
}

/** What it was done to. A transcript is found by its reference, where it still exists. */
function subject({what, which, details}: AuditLine): TemplateResult | typeof nothing {
  const name = details?.['name']
  if (typeof name === 'string') return html`<b>${isolated(name)}</b>`
  if (which === null) return nothing
  if (isAboutVerified(what)) return html`<a href=${pathOfVerifiedAnswer(which)}><code>${which}</code></a>`
  if (what === 'visitor_deletion_began' || what === 'visitor_deleted') return html`<code>${which}</code>`
  if (!isAboutTranscript(what)) return what === 'build_activated' ? html`<code>${which}</code>` : nothing
  if (what === 'transcript_deleted') return html`<code>${which}</code>`
  return html`<a href=${pathOfList(`q=${encodeURIComponent(which)}`)} title="Find it, where it still exists">${icon('link')}<code>${which}</code></a>`
}

/** A moment, which is more exact than a day, can only come from an address; it stays as it is. */
function day(name: Filter, label: string, value: string): TemplateResult {
  const type = /^(?:\d{4}-\d{2}-\d{2})?$/.test(value) ? 'date' : 'text'
  return html`<label class="field"><span>${label}</span><input type=${type} name=${name} .value=${value}></label>`
}
