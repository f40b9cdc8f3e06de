import {html, LitElement, nothing, type PropertyValues, type TemplateResult} from 'lit'
import {messageOf} from '../api.ts'
import type {ConsoleContext} from '../context.ts'
import {counted} from '../format.ts'
import {pathOfList} from '../router.ts'
import {
  type Chosen,
  chosenOf,
  daysOf,
  isByHour,
  lengths,
  listPeriod,
  pathOfFigures,
  requestOf,
  type Span,
  spanOf,
  spanWords,
} from './period.ts'
import {Plot} from './plot.ts'
import {modelCards, questionsCard, ratingsCard} from './plots.ts'
import {storageCard} from './storage.ts'
import {
  buildsTable,
  channelsTable,
  errorsTable,
  languagesTable,
  modelsTable,
  openedTable,
  pagesTable,
  placesTable,
  questionsTable,
} from './tables.ts'
import {tiles} from './tiles.ts'
import {patienceCard, waitsCard} from './waiting-plots.ts'
import type {Analytics, Storage} from './wire.ts'

customElements.define('docent-plot', Plot)

interface Loaded {
  readonly span: Span
  readonly now: Analytics
  readonly before: Analytics
  readonly storage: Storage
}

/** The figures of a period, beside those of the period before. All of what it shows is in its address. */
export class FiguresView extends LitElement {
  static override properties = {context: {attribute: false}, query: {attribute: false}}
  declare context: ConsoleContext
  declare query: string
  /** What is shown; it stays while something else is loading. */
  #loaded: Loaded | null = null
  #problem: unknown = null
  #loading: AbortController | null = null

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

  protected override updated(): void {
    if (this.#loaded !== null || this.#problem !== null) this.context.settled()
  }

  readonly #load = async (): Promise<void> => {
    this.#loading?.abort()
    const loading = new AbortController()
    this.#loading = loading
    this.#problem = null
    this.requestUpdate()
    try {
      const chosen = chosenOf(this.query)
      const span = spanOf(chosen, Date.now())
      const earlier = {...span, from: span.from - span.shiftMs, to: span.to - span.shiftMs}
      const {api} = this.context
      const {signal} = loading
      const [now, before, storage] = await Promise.all([
        api.send<Analytics>(requestOf(chosen, span), {signal}),
        api.send<Analytics>(requestOf(chosen, earlier), {signal}),
        api.send<Storage>('/storage', {signal}),
      ])
      this.#loaded = {span, now, before, storage}
    } catch (error) {
      if (loading.signal.aborted) return
      this.#problem = error
      this.#loaded = null
    }
    if (this.#loading === loading) this.#loading = null
    this.requestUpdate()
  }

  protected override render(): TemplateResult {
    this.context.title('Figures')
    return html`<div class="view figures"><div class="head"><h1 tabindex="-1">Figures</h1>${this.#about()}</div>${this.#body()}</div>`
  }

  #about(): TemplateResult {
    if (this.#loaded === null)
      return html`<p class="quiet total" role="status">${this.#problem === null ? 'Loading…' : ''}</p>`
    const {span} = this.#loaded
    const before = {from: span.from - span.shiftMs, to: span.to - span.shiftMs}
    return html`<p class="quiet total" role="status">${spanWords(span)}, compared with ${spanWords(before)}. Days and hours are UTC.</p>`
  }

  #body(): TemplateResult {
    let chosen: Chosen
    try {
      chosen = chosenOf(this.query)
    } catch (error) {
      return html`<div class="notice" role="alert"><h2>There is no such period</h2><p>${(error as Error).message}</p><p><a href="/console/figures">To the last 30 days</a></p></div>`
    }
    return html`${this.#controls(chosen)}${this.#content(chosen)}`
  }

  #controls(chosen: Chosen): TemplateResult {
    const [from, to] = daysOf(this.#loaded?.span ?? spanOf(chosen, Date.now()))
    const builds = [
      ...new Set([
        ...(chosen.build === '' ? [] : [chosen.build]),
        ...(this.#loaded?.now.builds.map(({build}) => build) ?? []),
      ]),
    ]
    return html`<nav class="views" aria-label="Period"><ul>${lengths.map(
      ({name, words}) =>
        html`<li><a href=${pathOfFigures(chosen, {length: name, from: '', to: ''})} aria-current=${chosen.length === name ? 'true' : nothing}>${words}</a></li>`,
    )}</ul></nav>
    <form class="tools" aria-label="Period and build" @submit=${(event: Event) => event.preventDefault()} @change=${this.#changed}>
      <label class="field"><span>From (UTC)</span><input type="date" name="from" .value=${from} required></label>
      <label class="field"><span>To (included)</span><input type="date" name="to" .value=${to} required></label>
      <label class="field build"><span>Build</span><select name="build"><option value="" ?selected=${chosen.build === ''}>All builds</option>${builds.map(
        (build) => html`<option value=${build} ?selected=${build === chosen.build}>${build}</option>`,
      )}</select></label></form>`
  }

  readonly #changed = (event: Event): void => {
    const {name, form} = event.target as HTMLInputElement
    const chosen = chosenOf(this.query)
    const given = new FormData(form!)
    const value = (field: string): string => String(given.get(field) ?? '')
    if (name === 'build') this.context.router.go(pathOfFigures(chosen, {build: value('build')}))
    else if (value('from') !== '' && value('to') !== '')
      this.context.router.go(pathOfFigures(chosen, {length: null, from: value('from'), to: value('to')}))
  }

  #content(chosen: Chosen): TemplateResult {
    if (this.#problem !== null) {
      return html`<div class="notice" role="alert"><h2>The figures could not be loaded</h2><p>${messageOf(this.#problem)}</p>
        <button class="button" type="button" @click=${this.#load}>Try again</button></div>`
    }
    if (this.#loaded === null) return skeleton()
    const {now, before, span, storage} = this.#loaded
    if (now.total.answers === 0) return this.#nothing(before)
    const byHour = isByHour(span)
    const build: Readonly<Record<string, string>> = chosen.build === '' ? {} : {build: chosen.build}
    const listOf =
      (from: number, to: number, isByDay: boolean) => (filter: Readonly<Record<string, string>>) =>
        this.context.may('read_transcripts')
          ? pathOfList(
              new URLSearchParams({...build, ...filter, ...listPeriod(from, to, isByDay)}).toString(),
            )
          : null
    const all = listOf(span.from, span.to, !byHour || chosen.length === null)
    const lengthMs = byHour ? 3_600_000 : 86_400_000
    const ofPeriod = (at: number, filter: Readonly<Record<string, string>>) =>
      listOf(at, at + lengthMs, !byHour)(filter)
    return html`<div class="shown" aria-busy=${this.#loading !== null}>
      ${tiles(now.total, before.total, all)}
      <div class="cards">${questionsCard(now, ofPeriod)}${waitsCard(now)}${patienceCard(now)}${ratingsCard(now, ofPeriod)}${modelCards(now)}
        ${questionsTable(now, all)}${pagesTable(now, all)}${openedTable(now)}${placesTable(now)}${buildsTable(now, chosen, all)}${errorsTable(now, all)}${modelsTable(now, all)}${languagesTable(now, all)}${channelsTable(now, all)}${storageCard(storage)}</div></div>`
  }

  #nothing(before: Analytics): TemplateResult {
    const earlier = before.total.answers
    return html`<div class="notice"><h2>No answers in this period</h2>
      <p>${earlier === 0 ? 'As soon as visitors ask, you see here how many questions there are, how answers end, how long visitors wait and who leaves, how they rate, what it costs, and which pages are cited.' : `There were ${counted(earlier, 'answer')} in the period before.`}</p>
      <p>${this.context.may('read_transcripts') ? html`<a href="/">Ask a question</a> to see one.` : 'Choose a longer period.'}</p></div>`
  }
}

/** The frame while the first figures are loading. */
function skeleton(): TemplateResult {
  return html`<div aria-hidden="true"><div class="tiles">${Array.from({length: 9}, () => html`<div class="tile"><span class="ghost"></span><span class="ghost tall"></span></div>`)}</div>
    <div class="cards"><div class="card wide"><span class="ghost plot"></span></div><div class="card"><span class="ghost plot"></span></div><div class="card"><span class="ghost plot"></span></div></div></div>`
}
