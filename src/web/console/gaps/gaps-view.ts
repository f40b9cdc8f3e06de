import {html, nothing, type TemplateResult} from 'lit'
import {repeat} from 'lit/directives/repeat.js'
import {messageOf} from '../api.ts'
import {LoadedView} from '../docs/loaded-view.ts'
import {count, counted, timeAgo} from '../format.ts'
import {icon} from '../icons.ts'
import {isTyping} from '../keys.ts'
import {stepOverRows} from '../list/row-keys.ts'
import {store} from '../storage.ts'
import type {Member} from '../wire.ts'
import {lastListName, pathOfGaps} from './marks.ts'
import {gapRow} from './row.ts'
import {changesGaps, type Gap, type GapPage} from './wire.ts'
import {type Choice, listNames, orders, scopes, severities, states} from './words.ts'

/** Most rows that are there again when somebody comes back to the list. */
const maxRows = 500
const firstPollMs = 2_000
const maxPollMs = 8_000

/** Groups of questions that the docs did not answer well. All of what the list shows is in its address. */
export class GapsView extends LoadedView<GapPage> {
  #me: string | null = null
  #isLoadingMore = false
  #isSending = false
  #moreProblem: unknown = null
  /** Whether whoever comes back has the focus where they left. */
  #hasReturned = false
  #timer: ReturnType<typeof setTimeout> | undefined
  #pollMs = firstPollMs

  override connectedCallback(): void {
    super.connectedCallback()
    addEventListener('keydown', this.#keys)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    removeEventListener('keydown', this.#keys)
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  protected override firstUpdated(): void {
    this.context.api.send<Member>('/me').then(
      ({name}) => {
        this.#me = name
        this.requestUpdate()
      },
      // One's own gaps can be found by a name in the list.
      () => {},
    )
  }

  #query(): URLSearchParams {
    const query = new URLSearchParams()
    for (const name of listNames) {
      const value = this.parameters.get(name)?.trim()
      if (value) query.set(name, value)
    }
    return query
  }

  protected wanted(): string {
    return `/gaps?${this.#query()}`
  }

  /** With as many rows as there were, where somebody comes back. */
  protected async read(path: string, signal: AbortSignal): Promise<GapPage> {
    this.#moreProblem = null
    store('sessionStorage', lastListName, this.#query().toString())
    const {kept} = this.context.router
    const rows = this.arrival === 'back' && typeof kept['rows'] === 'number' ? kept['rows'] : 0
    let page = await this.context.api.send<GapPage>(path, {signal})
    while (page.nextCursor !== null && page.items.length < Math.min(rows, maxRows))
      page = joined(page, await this.#next(path, page.nextCursor, signal))
    return page
  }

  #next(path: string, cursor: string, signal?: AbortSignal): Promise<GapPage> {
    const request = signal === undefined ? {} : {signal}
    return this.context.api.send<GapPage>(`${path}&cursor=${encodeURIComponent(cursor)}`, request)
  }

  protected override updated(): void {
    const page = this.value
    if (page === null) return
    if (page.pending) this.#timer ??= setTimeout(this.#poll, this.#pollMs)
    else this.#pollMs = firstPollMs
    if (page.items.length === 0) return
    const {router} = this.context
    if (!this.isLoading && router.kept['rows'] !== page.items.length) router.keep({rows: page.items.length})
    const {opened} = router.kept
    if (!this.#hasReturned && this.arrival === 'back' && typeof opened === 'string')
      this.querySelector<HTMLElement>(`a[data-id="${CSS.escape(opened)}"]`)?.focus({preventScroll: true})
    this.#hasReturned = true
  }

  /** Looks whether the grouping is done; then the list is another one. A failure is left to the next time. */
  readonly #poll = async (): Promise<void> => {
    this.#pollMs = Math.min(2 * this.#pollMs, maxPollMs)
    let isPending = true
    if (document.visibilityState === 'visible') {
      const now = await this.context.api.send<GapPage>('/gaps?limit=1').catch(() => null)
      isPending = now?.pending ?? true
    }
    this.#timer = undefined
    if (!this.isConnected) return
    if (isPending) this.requestUpdate()
    else this.reload()
  }

  readonly #keys = (event: KeyboardEvent): void => {
    const isBusy = document.querySelector('dialog[open], [popover]:popover-open') !== null
    if (!this.context.hasKeys || isTyping(event) || isBusy || (event.key !== 'j' && event.key !== 'k')) return
    const list = {hasMore: this.value?.nextCursor != null, more: this.#more}
    void stepOverRows(this, list, event.key === 'j', this.context.announce)
  }

  protected override render(): TemplateResult {
    this.context.title('Gaps')
    const page = this.value
    return html`<div class="view gaps">
      <div class="head"><h1 tabindex="-1">Gaps</h1>${page === null ? nothing : this.#grouped(page)}</div>
      <p class="quiet lead">What visitors asked and the docs did not answer well, grouped by meaning.</p>
      ${this.#states(page)}
      ${this.#tools(page)}
      ${this.#content(page)}
    </div>`
  }

  #grouped({asOf, pending, reason}: GapPage): TemplateResult | typeof nothing {
    if (reason !== null && asOf === null) return nothing
    const when =
      asOf === null ? html`<span>not grouped yet</span>` : html`<span>grouped ${timeAgo(asOf)}</span>`
    const again =
      this.context.may(changesGaps) && reason === null
        ? html`<button class="link" type="button" aria-disabled=${this.#isSending} @click=${this.#group}>${icon('retry')}Group again</button>`
        : nothing
    return html`<p class="quiet grouped">${when}${pending ? nothing : again}</p>
      <p class="outcome" role="status">${pending ? html`${icon('running')}<span>Grouping the questions…</span>` : nothing}</p>`
  }

  #states(page: GapPage | null): TemplateResult {
    const current = this.parameters.get('state') ?? ''
    const path = (value: string): string => {
      const query = this.#query()
      if (value === '') query.delete('state')
      else query.set('state', value)
      return pathOfGaps(query.toString())
    }
    return html`<nav class="views" aria-label="States"><ul>${states.map(({value, words, counted: all}) => {
      const number = page && all.reduce((sum, state) => sum + page.counts[state], 0)
      return html`<li><a href=${path(value)} aria-current=${value === current ? 'true' : nothing}>${words}${number === null ? nothing : html` <span class="n">${count(number)}</span>`}</a></li>`
    })}</ul></nav>`
  }

  #tools(page: GapPage | null): TemplateResult {
    const {parameters} = this
    return html`<div class="tools">
      <form class="search" role="search" @submit=${this.#search}>
        <label><span class="sr">Words in the questions</span>${icon('search')}<input type="search" name="q" dir="auto" maxlength="1000" placeholder="Words in the questions" .value=${parameters.get('q') ?? ''}></label>
        <button class="button" type="submit">Search</button></form>
      ${this.#select('severity', 'Severity', severities)}
      ${this.#select('assignee', 'Assigned to', this.#assignees(page))}
      ${this.#select('scope', 'About', scopes)}
      ${this.#select('sort', 'Order', orders)}</div>`
  }

  #select(name: (typeof listNames)[number], label: string, choices: readonly Choice[]): TemplateResult {
    const chosen = this.parameters.get(name) ?? ''
    const known = choices.some(({value}) => value === chosen)
    const all = known ? choices : [...choices, {value: chosen, words: chosen}]
    return html`<label class="field inline"><span class="sr">${label}</span><select name=${name} @change=${(event: Event) => this.go({[name]: (event.target as HTMLSelectElement).value})}>${all.map(
      ({value, words}) => html`<option value=${value} .selected=${value === chosen}>${words}</option>`,
    )}</select></label>`
  }

  /** Oneself, and whoever has one of those that are shown. */
  #assignees(page: GapPage | null): readonly Choice[] {
    const seen = new Set((page?.items ?? []).flatMap(({assignee}) => (assignee === null ? [] : [assignee])))
    if (this.#me !== null) seen.delete(this.#me)
    return [
      {value: '', words: 'Anybody’s'},
      {value: 'none', words: 'Nobody’s'},
      ...(this.#me === null ? [] : [{value: this.#me, words: 'Mine'}]),
      ...[...seen].sort().map((name) => ({value: name, words: name})),
    ]
  }

  readonly #search = (event: SubmitEvent): void => {
    event.preventDefault()
    this.go({q: String(new FormData(event.target as HTMLFormElement).get('q') ?? '').trim()})
  }

  #content(page: GapPage | null): TemplateResult {
    if (this.problem !== null) {
      return html`<div class="notice" role="alert"><h2>The list could not be loaded</h2><p>${messageOf(this.problem)}</p>
        <button class="button" type="button" @click=${this.reload}>Try again</button></div>`
    }
    if (page === null) {
      return html`<p class="sr" role="status">Loading gaps…</p><ol class="rows loading" aria-hidden="true">${Array.from({length: 6}, () => html`<li class="row"><span class="ghost"></span></li>`)}</ol>`
    }
    const {items, reason} = page
    if (items.length > 0)
      return html`${reason === null ? nothing : html`<p class="quiet">${reason}</p>`}${this.#rows(page)}`
    return reason === null
      ? this.#nothing(page)
      : html`<div class="notice"><h2>Questions are not grouped</h2><p>${reason}</p></div>`
  }

  /** Short questions, and those of small docs, are often taken for something else: the list leads to them. */
  #elsewhere({elsewhere}: GapPage): TemplateResult | typeof nothing {
    if (elsewhere === null || elsewhere === 0) return nothing
    const query = this.#query()
    query.set('scope', 'elsewhere')
    return html`<p class="quiet elsewhere"><a href=${pathOfGaps(query.toString())}>${counted(elsewhere, 'more gap')}</a> ${elsewhere === 1 ? 'seems' : 'seem'} to be about something else than these docs.</p>`
  }

  #nothing(page: GapPage): TemplateResult {
    const {counts, pending} = page
    const query = this.#query()
    const isPlain = [...query.keys()].every((name) => name === 'sort')
    const all = counts.open + counts.closed + counts.dismissed
    if (all === 0 && isPlain)
      return html`<div class="notice"><h2>${pending ? 'The first grouping is under way' : 'No gaps so far'}</h2>
        <p>A gap is a group of questions that mean the same and that the docs did not answer well: not found, answered only in part, disliked, left, or judged wrong in a review.</p>
        <p>It is listed here at the next grouping, which comes every hour and after each new build.</p>
        ${this.#elsewhere(page)}</div>`
    if (isPlain)
      return html`<div class="notice"><h2>No gap is open</h2><p>${counts.closed === 0 ? nothing : html`<a href=${pathOfGaps('state=closed')}>${counted(counts.closed, 'gap')} closed</a>. `}A closed gap opens again when the docs fail its questions anew.</p>${this.#elsewhere(page)}</div>`
    return html`<div class="notice"><h2>Nothing matches</h2><p>Choose less above, or <a href=${pathOfGaps()}>show all open gaps</a>.</p>${this.#elsewhere(page)}</div>`
  }

  #rows(page: GapPage): TemplateResult {
    const {items, nextCursor} = page
    return html`<ol class="rows ${this.isLoading ? 'loading' : ''}" aria-label="Gaps" aria-busy=${this.isLoading}>${repeat(
      items,
      ({id}) => id,
      (gap: Gap) => gapRow(gap, this.#opened),
    )}</ol>
    ${this.#moreProblem === null ? nothing : html`<p class="problem" role="alert">${messageOf(this.#moreProblem)}</p>`}
    ${nextCursor === null ? html`<p class="quiet end">End of the list</p>${this.#elsewhere(page)}` : html`<p class="more"><button class="button" type="button" aria-disabled=${this.#isLoadingMore} @click=${() => void this.#more()}>${this.#isLoadingMore ? 'Loading…' : 'Show more'}</button></p>`}`
  }

  readonly #opened = (id: string): void => this.context.router.keep({opened: id})

  readonly #more = async (): Promise<void> => {
    const shown = this.value
    if (this.#isLoadingMore || shown === null || shown.nextCursor === null) return
    this.#isLoadingMore = true
    this.#moreProblem = null
    this.requestUpdate()
    try {
      const next = await this.#next(this.wanted(), shown.nextCursor)
      // Another list may be shown meanwhile.
      if (this.value === shown) this.value = joined(shown, next)
    } catch (error) {
      this.#moreProblem = error
    }
    this.#isLoadingMore = false
    this.requestUpdate()
  }

  readonly #group = async (): Promise<void> => {
    if (this.#isSending) return
    this.#isSending = true
    this.requestUpdate()
    try {
      await this.context.api.send('/gaps/group', {method: 'POST', body: {}})
      if (this.value !== null) this.value = {...this.value, pending: true}
    } catch (error) {
      this.context.announce(messageOf(error))
    }
    this.#isSending = false
    this.requestUpdate()
  }
}

/** A grouping meanwhile may have moved one from one page to the next. */
function joined(shown: GapPage, next: GapPage): GapPage {
  const known = new Set(shown.items.map(({id}) => id))
  return {...next, items: [...shown.items, ...next.items.filter(({id}) => !known.has(id))]}
}
