import {html, LitElement, nothing, type TemplateResult} from 'lit'
import type {ConsoleContext} from '../context.ts'
import {count} from '../format.ts'
import type {NamedCount} from '../wire.ts'
import {type Filter, filters} from './filters.ts'
import {dayOfMoment, momentOfDay} from './period.ts'

const maxValues = 200
/** Of pages there can be thousands: a field with suggestions, not a list. */
const typed = new Set(['page'])

/** Fields for all that a list can be narrowed by. Dispatches `narrow` with the changed values. */
export class FilterPanel extends LitElement {
  static override properties = {context: {attribute: false}, query: {attribute: false}}
  declare context: ConsoleContext
  declare query: string
  readonly #values = new Map<string, readonly NamedCount[] | 'failed'>()

  protected override createRenderRoot(): HTMLElement {
    return this
  }

  override connectedCallback(): void {
    super.connectedCallback()
    for (const {name, choices} of filters) if (choices === null) void this.#load(name)
  }

  async #load(kind: string): Promise<void> {
    try {
      const path = `/transcripts/values?kind=${kind}&limit=${maxValues}`
      this.#values.set(kind, (await this.context.api.send<{values: NamedCount[]}>(path)).values)
    } catch {
      this.#values.set(kind, 'failed')
    }
    this.requestUpdate()
  }

  protected override render(): TemplateResult {
    const query = new URLSearchParams(this.query)
    return html`<form class="filters" aria-label="Filters" @change=${this.#changed} @submit=${(event: Event) => event.preventDefault()}>
      ${filters.map((filter) => this.#field(filter, query.get(filter.name) ?? ''))}
      ${day('from', 'From', query.get('from') ?? '')}
      ${day('to', 'To, that day included', query.get('to') ?? '')}
    </form>`
  }

  #field(filter: Filter, value: string): TemplateResult {
    const {name, label, choices} = filter
    if (choices !== null) {
      return html`<label class="field"><span>${label}</span><select name=${name} .value=${value}>
        <option value="" ?selected=${value === ''}>Any</option>
        ${choices.map((choice) => html`<option value=${choice.value} ?selected=${choice.value === value}>${choice.words}</option>`)}</select></label>`
    }
    const found = this.#values.get(name)
    const values = found === undefined || found === 'failed' ? [] : found
    if (typed.has(name) || found === 'failed') {
      return html`<label class="field"><span>${label}</span><input name=${name} .value=${value} list="values-${name}" autocomplete="off" spellcheck="false" placeholder=${name === 'page' ? '/docs/install' : 'Any'}></label>
        <datalist id="values-${name}">${values.map((one) => html`<option value=${one.name}>${count(one.answers)}</option>`)}</datalist>`
    }
    const isUnknown = value !== '' && !values.some((one) => one.name === value)
    return html`<label class="field"><span>${label}</span><select name=${name} ?disabled=${found === undefined && value === ''}>
      <option value="" ?selected=${value === ''}>${found !== undefined && values.length === 0 ? 'None so far' : 'Any'}</option>
      ${isUnknown ? html`<option value=${value} selected>${value}</option>` : nothing}
      ${values.map((one) => html`<option value=${one.name} ?selected=${one.name === value}>${one.name} (${count(one.answers)})</option>`)}</select></label>`
  }

  readonly #changed = (event: Event): void => {
    const {name, value, type} = event.target as HTMLInputElement
    const isDay = type === 'date' && (name === 'from' || name === 'to')
    this.dispatchEvent(
      new CustomEvent('narrow', {detail: {[name]: isDay ? momentOfDay(name, value) : value.trim()}}),
    )
  }
}

/** A day where the browser is. A moment that is more exact, or a day in UTC, can only come from an address; it stays as it is. */
function day(name: 'from' | 'to', label: string, value: string): TemplateResult {
  const shown = value === '' ? '' : dayOfMoment(name, value)
  return html`<label class="field"><span>${label}</span><input type=${shown === null ? 'text' : 'date'} name=${name} .value=${shown ?? value}></label>`
}
