import {html, nothing, type TemplateResult} from 'lit'
import {messageOf} from '../api.ts'
import {count, wholePercent} from '../format.ts'
import {icon} from '../icons.ts'
import {isolated} from '../visible.ts'
import {docsView, loadFailed, loading, tile} from './frame.ts'
import {LoadedView} from './loaded-view.ts'
import type {Coverage, CoveredPage} from './wire.ts'

const periods = [
  ['7', 'Last 7 days'],
  ['', 'Last 30 days'],
  ['90', 'Last 90 days'],
  ['365', 'Last year'],
] as const

const filters = [
  ['', 'All'],
  ['never', 'Never shown'],
  ['uncited', 'Shown, never cited'],
  ['disliked', 'Disliked'],
  ['unanswered', 'Near what was not answered'],
] as const

const columns = [
  ['shown', 'Shown'],
  ['cited', 'Cited'],
  ['disliked', 'Disliked'],
  ['unanswered', 'Not answered'],
] as const

const dayMs = 86_400_000

/** Every page of the docs, with what answers made of it. */
export class CoverageView extends LoadedView<Coverage> {
  #isLoadingMore = false

  #query(): URLSearchParams {
    const {parameters} = this
    const query = new URLSearchParams()
    const days = Number(parameters.get('days') ?? '30')
    if (Number.isInteger(days) && days > 0 && days !== 30)
      query.set('from', new Date(Date.now() - days * dayMs).toISOString().slice(0, 10))
    for (const name of ['q', 'only', 'sort']) {
      const value = parameters.get(name)
      if (value) query.set(name, value)
    }
    return query
  }

  protected wanted(): string {
    return `/coverage?${this.#query()}`
  }

  protected read(path: string, signal: AbortSignal): Promise<Coverage> {
    return this.context.api.send<Coverage>(path, {signal})
  }

  protected override render(): TemplateResult {
    this.context.title('Coverage')
    return docsView('Coverage', 'coverage', this.#content(), {aside: this.#period()})
  }

  #period(): TemplateResult {
    const days = this.parameters.get('days') ?? ''
    return html`<div class="actions"><label class="field inline"><span class="sr">Period</span><select @change=${(event: Event) => this.go({days: (event.target as HTMLSelectElement).value})}>${periods.map(([value, words]) => html`<option value=${value} ?selected=${value === days}>${words}</option>`)}</select></label>
      <button class="button" type="button" @click=${this.#export}>${icon('download')}CSV</button></div>`
  }

  #content(): unknown {
    if (this.problem !== null)
      return loadFailed('The coverage could not be loaded', this.problem, this.reload)
    if (this.value === null) return loading('pages', 8)
    const {totals, gone, matches} = this.value
    return html`<dl class="tiles">
        ${tile('Shown to visitors', wholePercent(totals.shown, totals.pages), `${count(totals.shown)} of ${count(totals.pages)} pages`)}
        ${tile('Never shown', count(totals.never), 'nobody asked, or nobody could find them')}
        ${tile('In disliked answers', count(totals.disliked), 'pages that were cited in them')}
        ${tile('Near what was not answered', count(totals.unanswered), 'pages where the docs may lack something')}
      </dl>
      ${gone === 0 ? nothing : html`<p class="quiet lead">${count(gone)} more ${gone === 1 ? 'page was' : 'pages were'} shown that this build does not have any more.</p>`}
      ${this.#tools()}
      ${matches === 0 ? html`<div class="notice"><h2>No page is like this</h2><p>${this.parameters.has('q') ? 'Look for other words, or for all pages.' : 'That is good news.'}</p></div>` : this.#table(this.value)}`
  }

  #tools(): TemplateResult {
    const only = this.parameters.get('only') ?? ''
    const {totals} = this.value!
    return html`<div class="tabs" role="group" aria-label="Which pages">${filters.map(([name, words]) => html`<button type="button" class="tab" aria-pressed=${name === only} @click=${() => this.go({only: name})}>${words} <span class="n">${count(name === '' ? totals.pages : totals[name])}</span></button>`)}</div>
      <form class="search page-search" role="search" @submit=${this.#search}><label><span class="sr">Title or path of a page</span>${icon('search')}<input type="search" name="q" maxlength="200" placeholder="Title or path of a page" .value=${this.parameters.get('q') ?? ''}></label><button class="button" type="submit">Search</button></form>`
  }

  readonly #search = (event: SubmitEvent): void => {
    event.preventDefault()
    this.go({q: String(new FormData(event.target as HTMLFormElement).get('q') ?? '').trim()})
  }

  #table({pages, nextCursor, matches}: Coverage): TemplateResult {
    const sort = this.parameters.get('sort') ?? 'shown'
    const head = (name: string, words: string, isNumber: boolean): TemplateResult =>
      html`<th scope="col" class=${isNumber ? 'num' : ''} aria-sort=${sort === name ? (isNumber ? 'descending' : 'ascending') : 'none'}><button type="button" class="sorter" @click=${() => this.go({sort: name === 'shown' ? '' : name})}>${words}${sort === name ? icon(isNumber ? 'down' : 'up') : nothing}</button></th>`
    const most = Math.max(1, ...pages.map(({shown}) => shown))
    return html`<div class="scroll ${this.isLoading ? 'loading' : ''}" tabindex="0" role="group" aria-label="Pages"><table class="coverage"><thead><tr>${head('path', 'Page', false)}${columns.map(([name, words]) => head(name, words, true))}</tr></thead>
      <tbody>${pages.map((page) => pageRow(page, most))}</tbody></table></div>
      ${nextCursor === null ? html`<p class="quiet end">${count(matches)} ${matches === 1 ? 'page' : 'pages'}</p>` : html`<p class="more"><button class="button" type="button" aria-disabled=${this.#isLoadingMore} @click=${() => void this.#more()}>Show more</button></p>`}`
  }

  async #more(): Promise<void> {
    const shown = this.value!
    if (this.#isLoadingMore || shown.nextCursor === null) return
    this.#isLoadingMore = true
    this.requestUpdate()
    const path = this.wanted()
    try {
      const next = await this.context.api.send<Coverage>(`${path}&cursor=${shown.nextCursor}`)
      if (path === this.wanted()) this.value = {...next, pages: [...shown.pages, ...next.pages]}
    } catch (error) {
      this.context.announce(messageOf(error))
    }
    this.#isLoadingMore = false
    this.requestUpdate()
  }

  /** A session that has ended is begun again first: what the browser downloads would be a refusal. */
  readonly #export = async (): Promise<void> => {
    const query = this.#query()
    query.set('format', 'csv')
    try {
      await this.context.api.send('/me')
      location.assign(`/api/admin/coverage?${query}`)
    } catch (error) {
      this.context.announce(messageOf(error))
    }
  }
}

function pageRow(page: CoveredPage, most: number): TemplateResult {
  const {title, path, url, version} = page
  const number = (value: number, tone = ''): TemplateResult =>
    html`<td class="num ${value === 0 ? 'zero' : tone}">${count(value)}</td>`
  return html`<tr><th scope="row"><a href=${url} target="_blank" rel="noreferrer">${isolated(title)}</a>${version === null ? nothing : html` <span class="chip">${isolated(version)}</span>`}<span class="quiet path">${isolated(path)}</span></th>
    <td class="num with-bar ${page.shown === 0 ? 'zero' : ''}"><svg viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true"><rect width=${((100 * page.shown) / most).toFixed(1)} height="4"/></svg>${count(page.shown)}</td>
    ${number(page.cited)}${number(page.disliked, 'bad')}${number(page.unanswered, 'warn')}</tr>`
}
