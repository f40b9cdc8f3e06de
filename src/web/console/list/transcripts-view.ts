import {html, LitElement, nothing, type TemplateResult} from 'lit'
import {live} from 'lit/directives/live.js'
import {repeat} from 'lit/directives/repeat.js'
import {headOf} from '../../../lib/cut.ts'
import {messageOf} from '../api.ts'
import type {ConsoleContext} from '../context.ts'
import {count, counted} from '../format.ts'
import {pathOfHandovers} from '../handover/wire.ts'
import {icon} from '../icons.ts'
import {isTyping} from '../keys.ts'
import {type Arrival, pathOfList} from '../router.ts'
import {isolated} from '../visible.ts'
import {exportMenu} from './exports.ts'
import {FilterPanel} from './filter-panel.ts'
import {canonical, changed, chipsOf, orders, strangeNames} from './filters.ts'
import {loadingRows, noRows, remainingLine} from './no-rows.ts'
import {momentsOf, periodNameOf, periods} from './period.ts'
import {row} from './row.ts'
import {stepOverRows} from './row-keys.ts'
import {forgetView, givenViews, maxNameLength, type SavedView, savedViews, saveView} from './saved-views.ts'
import type {TranscriptList} from './transcript-lists.ts'

customElements.define('docent-filters', FilterPanel)

const pollMs = 10_000

/** The list of transcripts. All of what it shows is in its address. */
export class TranscriptsView extends LitElement {
  static override properties = {
    context: {attribute: false},
    query: {attribute: false},
    arrival: {attribute: false},
  }
  declare context: ConsoleContext
  declare query: string
  declare arrival: Arrival
  #list: TranscriptList | null = null
  #timer: ReturnType<typeof setInterval> | undefined
  #areFiltersOpen = false
  /** Whether whoever comes back has the focus where they left. */
  #hasReturned = false
  #isSaving = false
  /** What is in the search box, also before it is sent. */
  #words = ''
  /** Whether days of one's own are being chosen. */
  #choosesDays = false

  protected override createRenderRoot(): HTMLElement {
    return this
  }

  override connectedCallback(): void {
    super.connectedCallback()
    document.addEventListener('visibilitychange', this.#poll)
    addEventListener('keydown', this.#keys)
    this.#timer = setInterval(this.#poll, pollMs)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    document.removeEventListener('visibilitychange', this.#poll)
    removeEventListener('keydown', this.#keys)
    clearInterval(this.#timer)
    if (this.#list !== null) this.#list.changed = () => {}
  }

  readonly #keys = (event: KeyboardEvent): void => {
    const isBusy = document.querySelector('dialog[open], [popover]:popover-open') !== null
    if (!this.context.hasKeys || isTyping(event) || isBusy || (event.key !== 'j' && event.key !== 'k')) return
    void stepOverRows(this, this.#list!, event.key === 'j', this.context.announce)
  }

  readonly #poll = (): void => {
    if (document.visibilityState === 'visible') void this.#list?.poll()
  }

  protected override willUpdate(): void {
    const query = canonical(this.query)
    if (this.#list?.query === query) return
    if (this.#list !== null) this.#list.changed = () => {}
    const list = this.context.lists.open(query)
    this.#words = new URLSearchParams(query).get('q') ?? ''
    this.#choosesDays = false
    list.changed = () => this.requestUpdate()
    this.#list = list
    // A list that was left a moment ago is shown as it was, and brought up to date.
    if (list.status === 'ready' && this.arrival === 'back') void list.poll()
    else if (list.status !== 'loading' || list.items.length === 0) {
      // After a reload, the entry of the history knows what the list was like.
      const {rows, opened} = this.arrival === 'back' ? this.context.router.kept : {}
      if (typeof opened === 'string') list.opened ??= opened
      void list.load(typeof rows === 'number' ? rows : undefined)
    }
  }

  protected override updated(): void {
    const {items, opened, status} = this.#list!
    if (items.length === 0) return
    if (status === 'ready' && this.context.router.kept['rows'] !== items.length)
      this.context.router.keep({rows: items.length})
    if (!this.#hasReturned && this.arrival === 'back' && opened !== null)
      this.querySelector<HTMLElement>(`a[data-id="${CSS.escape(opened)}"]`)?.focus({preventScroll: true})
    this.#hasReturned = true
    this.context.settled()
  }

  protected override render(): TemplateResult {
    const list = this.#list!
    const chips = chipsOf(list.query)
    this.context.title(
      chips.length === 0 ? 'Transcripts' : `Transcripts, ${chips.map(({words}) => words).join(', ')}`,
    )
    return html`<div class="view">
      <div class="head"><h1 tabindex="-1">Transcripts</h1>${this.#total(list)}${this.context.may('hand_over') ? html`<a class="head-link" href=${pathOfHandovers}>Hand-over links</a>` : nothing}${this.#newer(list)}</div>
      ${this.#views(list)}
      ${this.#tools(list)}
      ${this.#areFiltersOpen ? html`<docent-filters .context=${this.context} .query=${list.query} @narrow=${this.#narrow}></docent-filters>` : nothing}
      ${chips.length === 0 ? nothing : this.#chips(chips)}
      ${this.#content(list)}
    </div>`
  }

  #total({total, status}: TranscriptList): TemplateResult {
    const words =
      total === null || status !== 'ready'
        ? ''
        : `${total.isExact ? '' : 'More than '}${counted(total.answers, 'answer')}`
    return html`<p class="quiet total" role="status">${words}</p>`
  }

  #views(list: TranscriptList): TemplateResult {
    const views = savedViews()
    const current = new URLSearchParams(list.query)
    // Words and a period go on in another view, unless it has its own.
    const kept = {q: this.#words, from: current.get('from') ?? '', to: current.get('to') ?? ''}
    const narrowed = changed(list.query, {q: '', from: '', to: ''})
    const link = ({name, query}: SavedView, isGiven: boolean): TemplateResult => {
      const isCurrent = canonical(query) === (isGiven ? narrowed : list.query)
      return html`<a href=${pathOfList(isGiven ? changed(query, kept) : canonical(query))} aria-current=${isCurrent ? 'true' : nothing}>${name}</a>`
    }
    const isKnown = [...givenViews, ...views].some(({query}) => canonical(query) === list.query)
    return html`<nav class="views" aria-label="Views"><ul>
      ${givenViews.map((view) => html`<li>${link(view, true)}</li>`)}
      ${views.map((view) => html`<li class="own">${link(view, false)}<button type="button" class="remove" aria-label="Remove the view ${view.name}" title="Remove this view" @click=${() => this.#forget(view.name)}>${icon('close')}</button></li>`)}
      </ul>${isKnown || this.#isSaving ? nothing : html`<button type="button" class="link" @click=${this.#beginSaving}>${icon('save')}Save this view</button>`}${this.#isSaving ? this.#saveForm() : nothing}</nav>`
  }

  #saveForm(): TemplateResult {
    return html`<form class="save" @submit=${this.#save} @keydown=${(event: KeyboardEvent) => event.key === 'Escape' && this.#endSaving()}>
      <label class="field inline"><span>Name of the view</span><input name="name" maxlength=${maxNameLength} required autocomplete="off"></label>
      <button class="primary" type="submit">Save</button><button class="button" type="button" @click=${this.#endSaving}>Cancel</button></form>`
  }

  #tools(list: TranscriptList): TemplateResult {
    const query = new URLSearchParams(list.query)
    const sort = query.get('sort') ?? ''
    const active = chipsOf(list.query).filter(({name}) => name !== 'q').length
    return html`<div class="tools">
      <form class="search" role="search" @submit=${this.#search}>
        <label><span class="sr">Words in questions and answers</span>${icon('search')}
          <input type="search" name="q" dir="auto" maxlength="1000" placeholder="Words in questions and answers, or an id" .value=${live(this.#words)} @input=${this.#typed} @search=${this.#cleared}></label>
        <button class="button" type="submit">Search</button>
      </form>
      <button class="button" type="button" aria-expanded=${this.#areFiltersOpen} @click=${this.#toggleFilters}>${icon('filter')}Filters${active === 0 ? nothing : html` <span class="n">${active}</span>`}</button>
      ${this.#period(query)}
      <label class="field inline"><span class="sr">Order</span><select name="sort" @change=${this.#sorted}>
        ${orders.map(({value, words}) => html`<option value=${value} ?selected=${value === sort}>${words}</option>`)}</select></label>
      ${exportMenu(list, this.context)}
    </div>`
  }

  #period(query: URLSearchParams): TemplateResult {
    const name = this.#choosesDays
      ? 'own'
      : periodNameOf({from: query.get('from') ?? '', to: query.get('to') ?? ''})
    const option = (value: string, words: string): TemplateResult =>
      html`<option value=${value} .selected=${value === name}>${words}</option>`
    return html`<label class="field inline"><span class="sr">Period</span><select name="period" @change=${this.#chosePeriod}>
      ${option('any', 'Any time')}${periods.map(({name, words}) => option(name, words))}${option('own', 'Own days…')}</select></label>`
  }

  #chips(chips: ReturnType<typeof chipsOf>): TemplateResult {
    return html`<ul class="active" aria-label="Active filters">${chips.map(
      ({name, label, words}) =>
        html`<li><button type="button" class="chip-button" aria-label="Remove the filter ${label}: ${words}" @click=${() => this.#go({[name]: ''})}><span class="quiet">${label}</span> <bdi>${words}</bdi>${icon('close')}</button></li>`,
    )}${chips.length < 2 ? nothing : html`<li><button type="button" class="link" @click=${() => this.#go(Object.fromEntries(chips.map(({name}) => [name, ''])))}>Clear all</button></li>`}</ul>`
  }

  #content(list: TranscriptList): TemplateResult {
    const strange = strangeNames(list.query)
    if (strange.length > 0) {
      const known = Object.fromEntries(strange.map((name) => [name, '']))
      return html`<div class="notice" role="alert"><h2>The list could not be loaded</h2>
        <p>Its address has a filter that there is not: ${isolated(headOf(strange.join(', '), 80))}.</p>
        <button class="button" type="button" @click=${() => this.#go(known)}>Show the list without it</button></div>`
    }
    if (list.status === 'failed') {
      return html`<div class="notice" role="alert"><h2>The list could not be loaded</h2><p>${messageOf(list.problem)}</p>
        <button class="button" type="button" @click=${() => void list.load()}>Try again</button></div>`
    }
    if (list.status === 'loading' && list.items.length === 0) {
      return loadingRows()
    }
    return html`${remainingLine(list.remaining)}${list.items.length === 0 ? noRows(list.query) : this.#rows(list)}`
  }

  #newer({newer}: TranscriptList): TemplateResult {
    const shown = newer.length >= 50 ? '50 or more' : count(newer.length)
    return html`<div class="newer" role="status">${
      newer.length === 0
        ? nothing
        : html`<button class="button" type="button" @click=${this.#showNewer}>${icon('up')}${shown} new</button>`
    }</div>`
  }

  #rows(list: TranscriptList): TemplateResult {
    return html`${list.items.some(({question}) => question === '') ? html`<p class="quiet unworded">Some answers are listed without words: they were kept with <code>TRANSCRIPTS=metadata</code>.</p>` : nothing}<ol class="rows ${list.status}" aria-label="Transcripts" aria-busy=${list.status === 'loading'}>${repeat(
      list.items,
      ({answerId}) => answerId,
      (item) => row(item, this.#opened),
    )}</ol>
    ${list.problem === null ? nothing : html`<p class="problem" role="alert">${messageOf(list.problem)}</p>`}
    ${list.hasMore ? html`<p class="more"><button class="button" type="button" aria-disabled=${list.isLoadingMore} @click=${() => void list.more()}>${list.isLoadingMore ? 'Loading…' : 'Show more'}</button></p>` : html`<p class="quiet end">End of the list</p>`}`
  }

  readonly #opened = (answerId: string): void => {
    this.#list!.opened = answerId
    this.context.router.keep({opened: answerId})
  }

  readonly #showNewer = async (): Promise<void> => {
    await this.#list!.showNewer()
    await this.updateComplete
    this.querySelector<HTMLElement>('.rows a')?.focus()
  }

  /** With the words in the search box, though they were not sent. */
  #go(values: Readonly<Record<string, string>>): void {
    this.context.router.go(pathOfList(changed(this.#list!.query, {q: this.#words, ...values})))
  }

  readonly #typed = (event: Event): void => {
    this.#words = (event.target as HTMLInputElement).value
    this.requestUpdate()
  }

  readonly #chosePeriod = async (event: Event): Promise<void> => {
    const name = (event.target as HTMLSelectElement).value
    const period = periods.find((one) => one.name === name)
    if (name !== 'own') return this.#go(period === undefined ? {from: '', to: ''} : {...momentsOf(period)})
    this.#choosesDays = true
    this.#areFiltersOpen = true
    this.requestUpdate()
    await this.updateComplete
    await this.querySelector<FilterPanel>('docent-filters')?.updateComplete
    this.querySelector<HTMLElement>('.filters [name="from"]')?.focus()
  }

  readonly #narrow = (event: CustomEvent<Record<string, string>>): void => {
    const [field] = Object.keys(event.detail)
    this.#go(event.detail)
    // The view stays, so the focus goes back to the field.
    void this.updateComplete.then(() =>
      this.querySelector<HTMLElement>(`.filters [name="${field}"]`)?.focus(),
    )
  }

  readonly #search = (event: SubmitEvent): void => {
    event.preventDefault()
    this.#go({q: String(new FormData(event.target as HTMLFormElement).get('q') ?? '').trim()})
  }

  readonly #cleared = (event: Event): void => {
    const isCleared = (event.target as HTMLInputElement).value === ''
    if (isCleared) this.#words = ''
    if (isCleared && new URLSearchParams(this.#list!.query).has('q')) this.#go({q: ''})
  }

  readonly #sorted = (event: Event): void => {
    this.#go({sort: (event.target as HTMLSelectElement).value})
  }

  readonly #toggleFilters = (): void => {
    this.#areFiltersOpen = !this.#areFiltersOpen
    this.requestUpdate()
  }

  readonly #beginSaving = async (): Promise<void> => {
    this.#isSaving = true
    this.requestUpdate()
    await this.updateComplete
    this.querySelector<HTMLElement>('.save input')?.focus()
  }

  readonly #endSaving = (): void => {
    this.#isSaving = false
    this.requestUpdate()
  }

  readonly #save = (event: SubmitEvent): void => {
    event.preventDefault()
    const name = String(new FormData(event.target as HTMLFormElement).get('name')).trim()
    if (name === '') return
    saveView({name, query: this.#list!.query})
    this.context.announce(`Saved as “${name}” in this browser`)
    this.#endSaving()
  }

  #forget(name: string): void {
    forgetView(name)
    this.context.announce(`Removed the view “${name}”`)
    this.requestUpdate()
  }
}
