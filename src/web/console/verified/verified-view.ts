import {html, LitElement, nothing, type TemplateResult} from 'lit'
import {messageOf} from '../api.ts'
import type {ConsoleContext} from '../context.ts'
import {counted, timeAgo} from '../format.ts'
import {icon} from '../icons.ts'
import {pathOfVerifiedAnswer} from '../router.ts'
import {isolated} from '../visible.ts'
import type {VerifiedItem} from './wire.ts'
import {stateOf, states} from './words.ts'

/** The list of verified answers. All of what it shows is in its address. */
export class VerifiedView extends LitElement {
  static override properties = {context: {attribute: false}, query: {attribute: false}}
  declare context: ConsoleContext
  declare query: string
  #shownFor: string | null = null
  #items: readonly VerifiedItem[] | null = null
  #problem: unknown = null
  #leaving = new AbortController()

  protected override createRenderRoot(): HTMLElement {
    return this
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#leaving.abort()
    this.#shownFor = null
  }

  protected override willUpdate(): void {
    if (this.#shownFor === this.query) return
    this.#shownFor = this.query
    void this.#load()
  }

  async #load(): Promise<void> {
    this.#leaving.abort()
    this.#leaving = new AbortController()
    const {signal} = this.#leaving
    this.#items = null
    this.#problem = null
    this.requestUpdate()
    try {
      const query = this.query === '' ? '' : `?${this.query}`
      const {items} = await this.context.api.send<{readonly items: readonly VerifiedItem[]}>(
        `/verified${query}`,
        {signal},
      )
      this.#items = items
    } catch (error) {
      if (signal.aborted) return
      this.#problem = error
    }
    this.requestUpdate()
    void this.updateComplete.then(() => this.context.settled())
  }

  protected override render(): TemplateResult {
    this.context.title('Verified answers')
    const items = this.#items
    const query = new URLSearchParams(this.query)
    const state = query.get('state') ?? ''
    return html`<div class="view">
      <div class="head"><h1 tabindex="-1">Verified answers</h1><p class="quiet total" role="status">${items === null ? '' : counted(items.length, 'answer')}</p></div>
      <p class="quiet lead">Written by staff and given to visitors who ask the same question, as a source marked “verified”. One rests when its page changes.</p>
      <nav class="views" aria-label="States"><ul>${states.map(
        ({name, value}) =>
          html`<li><a href=${pathOfVerified(value, query.get('q') ?? '')} aria-current=${value === state ? 'true' : nothing}>${name}</a></li>`,
      )}</ul></nav>
      <div class="tools"><form class="search" role="search" @submit=${this.#search}>
        <label><span class="sr">Words in questions and answers</span>${icon('search')}<input type="search" name="q" dir="auto" maxlength="1000" placeholder="Words in questions and answers" .value=${query.get('q') ?? ''}></label>
        <button class="button" type="submit">Search</button></form>
        <a class="button" href="/console/verified/new">${icon('plus')}New</a></div>
      ${this.#content(items)}
    </div>`
  }

  #content(items: readonly VerifiedItem[] | null): TemplateResult {
    if (this.#problem !== null) {
      return html`<div class="notice" role="alert"><h2>The list could not be loaded</h2><p>${messageOf(this.#problem)}</p>
        <button class="button" type="button" @click=${() => void this.#load()}>Try again</button></div>`
    }
    if (items === null) {
      return html`<p class="sr" role="status">Loading verified answers…</p><ol class="rows loading" aria-hidden="true">${Array.from({length: 4}, () => html`<li class="row"><span class="ghost"></span></li>`)}</ol>`
    }
    if (items.length > 0) return html`<ol class="rows" aria-label="Verified answers">${items.map(row)}</ol>`
    return this.query === ''
      ? html`<div class="notice"><h2>No verified answers yet</h2><p>Open a transcript and choose “Give a verified answer”, or <a href="/console/verified/new">write one</a>.</p></div>`
      : html`<div class="notice"><h2>Nothing matches</h2><p><a href="/console/verified">Show all verified answers</a></p></div>`
  }

  readonly #search = (event: SubmitEvent): void => {
    event.preventDefault()
    const words = String(new FormData(event.target as HTMLFormElement).get('q') ?? '').trim()
    this.context.router.go(pathOfVerified(new URLSearchParams(this.query).get('state') ?? '', words))
  }
}

function pathOfVerified(state: string, q: string): string {
  const query = new URLSearchParams({...(state === '' ? {} : {state}), ...(q === '' ? {} : {q})})
  return `/console/verified${query.size === 0 ? '' : `?${query}`}`
}

function row(item: VerifiedItem): TemplateResult {
  const {words, icon: name, tone} = stateOf(item)
  return html`<li class="row verified">
    <span class="when">${timeAgo(item.changedAt)}</span>
    <span class="what"><a class="cover" href=${pathOfVerifiedAnswer(item.id)}>${isolated(item.question)}</a><span class="excerpt">${isolated(item.excerpt)}</span></span>
    <span class="how"><span class="outcome ${tone}">${icon(name)}<span>${words}</span></span></span>
    <span class="model">${isolated(item.changedBy)}</span>
  </li>`
}
