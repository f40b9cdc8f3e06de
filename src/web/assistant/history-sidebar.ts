import {html, nothing, type ReactiveControllerHost, type TemplateResult} from 'lit'
import {localeNames} from '../locales/index.ts'
import type {Say} from '../locales/strings.ts'
import type {Conversation} from '../session/conversation-store.ts'
import type {Session} from '../session/session.ts'
import {icon} from './icons.ts'

export interface HistorySidebarOptions {
  readonly root: () => ParentNode
  readonly say: () => Say
  readonly session: () => Session
  readonly heading: () => string
  readonly lang: () => string
  readonly docsHref: () => string
  /** Focuses the box. */
  readonly focus: () => void
  readonly showLast: () => void
  readonly announce: (words: string) => void
  readonly chooseLanguage: (lang: string) => void
  readonly switchTheme: () => void
}

/** Opens, starts and deletes the conversations in this browser, in the page's sidebar and from the panel's bar. */
export class HistorySidebar {
  readonly #host: ReactiveControllerHost
  readonly #options: HistorySidebarOptions
  #isOpen = false
  /** Key of the conversation whose deletion awaits confirmation. */
  #deleting: string | null = null
  #note = ''

  constructor(host: ReactiveControllerHost, options: HistorySidebarOptions) {
    this.#host = host
    this.#options = options
  }

  /** Whether the sidebar is open over a small page. */
  get isOpen(): boolean {
    return this.#isOpen
  }

  show(isOpen: boolean): void {
    this.#isOpen = isOpen
    this.#host.requestUpdate()
    const menu = this.#options.root().querySelector<HTMLElement>('.menu')
    if (!isOpen && menu?.checkVisibility()) menu.focus()
  }

  readonly startNew = (): void => {
    this.#options.session().startNew()
    this.#isOpen = false
    this.#note = ''
    this.#host.requestUpdate()
    void this.#host.updateComplete.then(this.#options.focus)
  }

  /** Asks for confirmation before deleting a conversation; null cancels. */
  askToDelete(key: string | null): void {
    this.#deleting = key
    this.#host.requestUpdate()
    void this.#host.updateComplete.then(() => {
      const asked = this.#options.root().querySelector<HTMLElement>('.sure .danger')
      if (key !== null && asked !== null) asked.focus()
      else this.#options.focus()
    })
  }

  /** The confirmation dialog for deleting this conversation; nothing if it is not asked for. */
  deletion(key: string): TemplateResult | typeof nothing {
    if (this.#deleting !== key) return nothing
    const say = this.#options.say()
    return html`<div class="sure"><p>${say('deleteSure')}</p>
      <button type="button" class="danger" @click=${() => this.#remove(key)}>${say('deleteConversation')}</button>
      <button type="button" @click=${() => this.askToDelete(null)}>${say('cancel')}</button></div>`
  }

  /** The sidebar of the page: conversations, the docs, language and theme. */
  render(): TemplateResult {
    const {heading, lang, docsHref, chooseLanguage, switchTheme} = this.#options
    const say = this.#options.say()
    const conversations = this.#options.session().conversations()
    return html`<nav class="side ${this.#isOpen ? 'open' : ''}" aria-label=${say('menu')}>
      <h1 class="brand">${icon('spark')}<span>${heading()}</span></h1>
      <button class="new" type="button" @click=${this.startNew}>${icon('plus')}${say('newConversation')}</button>
      <h2 class="label">${say('history')}</h2>
      ${
        conversations.length === 0
          ? html`<p class="quiet">${say('noHistory')}</p>`
          : html`<ul class="conversations">${conversations.map((conversation) => this.#entry(conversation))}</ul>`
      }
      <p class="quiet">${this.#note}</p>
      <div class="foot">
        <a class="docs" href=${docsHref()}>${icon('book')}${say('browse')}</a>
        <label class="language"><span class="sr">${say('language')}</span>
          <select @change=${(event: Event) => chooseLanguage((event.target as HTMLSelectElement).value)}>
            ${Object.entries(localeNames).map(([tag, name]) => html`<option value=${tag} lang=${tag} ?selected=${tag === lang()}>${name}</option>`)}
          </select></label>
        <button class="plain" type="button" title=${say('theme')} aria-label=${say('theme')} @click=${switchTheme}>${icon('contrast')}</button>
      </div>
    </nav>
    ${this.#isOpen ? html`<div class="shade" @click=${() => this.show(false)}></div>` : nothing}`
  }

  #entry({key, answers}: Conversation): TemplateResult {
    const say = this.#options.say()
    const question = answers[0]?.question ?? ''
    const isCurrent = key === this.#options.session().conversationKey
    return html`<li class=${isCurrent ? 'current' : ''}>
      ${
        this.#deleting === key
          ? this.deletion(key)
          : html`<button class="entry" type="button" dir="auto" title=${question} aria-current=${isCurrent ? 'true' : nothing} @click=${() => this.#open(key)}>${question}</button>
            <button class="plain" type="button" aria-label="${say('deleteConversation')}: ${question}" @click=${() => this.askToDelete(key)}>${icon('trash')}</button>`
      }
    </li>`
  }

  #open(key: string): void {
    if (this.#isOpen) this.show(false)
    this.#options.session().open(key)
    void this.#host.updateComplete.then(this.#options.showLast)
  }

  async #remove(key: string): Promise<void> {
    const {session, say, announce, focus} = this.#options
    try {
      await session().remove(key)
      this.#note = say()('deleted')
    } catch {
      this.#note = say()('deleteFailed')
    }
    this.#deleting = null
    announce(this.#note)
    await this.#host.updateComplete
    focus()
  }
}
