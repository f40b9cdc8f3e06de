import {html, nothing, type ReactiveControllerHost, type TemplateResult} from 'lit'
import {localeNames} from '../locales/index.ts'
import {HistoryList, type HistoryListOptions} from './history-list.ts'
import {icon} from './icons.ts'

export interface HistorySidebarOptions extends Omit<HistoryListOptions, 'open'> {
  readonly heading: () => string
  readonly mark: () => TemplateResult
  readonly docsHref: () => string
  readonly showLast: () => void
  readonly chooseLanguage: (lang: string) => void
  readonly switchTheme: () => void
  /** Leads to a person; null where the site offers none. */
  readonly handOver: () => (() => void) | null
}

/** Where earlier conversations are: the side of the page, or a view over the panel's own. */
export class HistorySidebar {
  readonly list: HistoryList
  readonly #host: ReactiveControllerHost
  readonly #options: HistorySidebarOptions
  #isOpen = false

  constructor(host: ReactiveControllerHost, options: HistorySidebarOptions) {
    this.#host = host
    this.#options = options
    this.list = new HistoryList(host, {...options, open: (key) => this.#open(key)})
  }

  /** Whether it is open over a small page, or over the panel's conversation. */
  get isOpen(): boolean {
    return this.#isOpen
  }

  /** Whether there is anything in it. */
  get hasAny(): boolean {
    return this.#options.session().conversations().length > 0
  }

  show(isOpen: boolean): void {
    if (!isOpen) this.list.reset()
    this.#isOpen = isOpen
    this.#host.requestUpdate()
    void this.#host.updateComplete.then(() => {
      if (isOpen) this.#options.root().querySelector<HTMLElement>('.past :is(.find, .entry)')?.focus()
      else this.#focusMenu()
    })
  }

  readonly startNew = (): void => {
    this.#options.session().startNew()
    this.list.reset()
    this.#isOpen = false
    this.#host.requestUpdate()
    void this.#host.updateComplete.then(this.#options.focus)
  }

  /** The side of the page: conversations, the docs, language and theme. */
  render(): TemplateResult {
    const {heading, mark, lang, docsHref, chooseLanguage, switchTheme} = this.#options
    const say = this.#options.say()
    const handOver = this.#options.handOver()
    return html`<nav class="side ${this.#isOpen ? 'open' : ''}" aria-label=${say('menu')}>
      <p class="brand">${mark()}<bdi>${heading()}</bdi></p>
      <button class="new" type="button" @click=${this.startNew}>${icon('plus')}${say('newConversation')}</button>
      <h2 class="label">${say('history')}</h2>
      ${this.list.render()}
      <div class="foot">
        <a class="docs" href=${docsHref()}>${icon('book')}${say('browse')}</a>
        ${handOver === null ? nothing : html`<button class="docs" type="button" @click=${handOver}>${icon('person')}${say('handOver')}</button>`}
        <label class="language"><span class="sr">${say('language')}</span>
          <select @change=${(event: Event) => chooseLanguage((event.target as HTMLSelectElement).value)}>
            ${Object.entries(localeNames).map(([tag, name]) => html`<option value=${tag} lang=${tag} ?selected=${tag === lang()}>${name}</option>`)}
          </select></label>
        <button class="plain" type="button" title=${say('theme')} aria-label=${say('theme')} @click=${switchTheme}>${icon('contrast')}</button>
      </div>
    </nav>
    ${this.#isOpen ? html`<div class="shade" @click=${() => this.show(false)}></div>` : nothing}`
  }

  /** The view over the panel's conversation; nothing while it is closed. */
  view(): TemplateResult | typeof nothing {
    if (!this.#isOpen) return nothing
    const say = this.#options.say()
    return html`<section class="past" aria-label=${say('history')}><div class="column">
      <h2 class="label">${say('history')}</h2>${this.list.render()}</div></section>`
  }

  #focusMenu(): void {
    const menu = this.#options.root().querySelector<HTMLElement>('.menu')
    if (menu?.checkVisibility()) menu.focus()
  }

  #open(key: string): void {
    const wasOpen = this.#isOpen
    this.#isOpen = false
    this.list.reset()
    this.#options.session().open(key)
    void this.#host.updateComplete.then(() => {
      this.#options.showLast()
      if (wasOpen) this.#focusMenu()
    })
  }
}
