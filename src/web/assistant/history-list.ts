import {html, nothing, type ReactiveControllerHost, type TemplateResult} from 'lit'
import type {Info} from '../../../packages/client/src/index.ts'
import type {Say} from '../locales/strings.ts'
import type {Conversation} from '../session/conversation-store.ts'
import type {Session} from '../session/session.ts'
import {dayName, titlesOf, withWords} from './history-words.ts'
import {icon} from './icons.ts'
import {sentences} from './problem-words.ts'

export interface HistoryListOptions {
  readonly root: () => ParentNode
  readonly say: () => Say
  readonly lang: () => string
  readonly session: () => Session
  /** Whether conversations outlive the page. */
  readonly isKept: () => boolean
  /** What the server keeps of them; null or absent where it does not say. */
  readonly transcripts: () => Info['transcripts']
  /** Opens a conversation. */
  readonly open: (key: string) => void
  /** Focuses the box. */
  readonly focus: () => void
  readonly announce: (words: string) => void
}

/** With fewer conversations there is nothing to search. */
const minSearched = 6

/** The conversations in this browser, newest first, by day: to search, to open and to delete. */
export class HistoryList {
  readonly #host: ReactiveControllerHost
  readonly #options: HistoryListOptions
  #query = ''
  /** Key of the conversation whose deletion awaits confirmation. */
  #deleting: string | null = null
  #note = ''

  constructor(host: ReactiveControllerHost, options: HistoryListOptions) {
    this.#host = host
    this.#options = options
  }

  /** Forgets what was being done in it, as when another conversation is chosen. */
  reset(): void {
    this.#query = ''
    this.#deleting = null
    this.#note = ''
    this.#host.requestUpdate()
  }

  /** Asks for confirmation before deleting a conversation; null cancels. */
  askToDelete(key: string | null): void {
    const asked = this.#deleting
    this.#deleting = key
    this.#note = ''
    this.#host.requestUpdate()
    void this.#host.updateComplete.then(() => {
      const {root, focus} = this.#options
      const [sure, entry] = ['.sure .danger', `[data-conversation="${CSS.escape(asked ?? '')}"]`].map(
        (selector) => root().querySelector<HTMLElement>(selector),
      )
      if (key !== null) sure?.focus()
      else if (entry?.checkVisibility()) entry.focus()
      else focus()
    })
  }

  /** The question whether to delete this conversation, which names it; nothing if it is not asked for. */
  deletion(key: string): TemplateResult | typeof nothing {
    if (this.#deleting !== key) return nothing
    const say = this.#options.say()
    const {answers} =
      this.#options
        .session()
        .conversations()
        .find((one) => one.key === key) ?? {}
    const title = answers?.[0]?.question ?? this.#options.session().answers[0]?.question ?? ''
    // Isolated, since its writing direction need not be that of the sentence.
    return html`<div class="sure"><p>${say('deleteSure', {title: `\u2068${title}\u2069`})}</p>
      <button type="button" class="danger" @click=${() => this.#remove(key)}>${say('deleteConversation')}</button>
      <button type="button" @click=${() => this.askToDelete(null)}>${say('cancel')}</button></div>`
  }

  render(): TemplateResult {
    const say = this.#options.say()
    const all = this.#options.session().conversations()
    const found = withWords(all, this.#query)
    return html`${all.length < minSearched ? nothing : this.#search(say)}
      ${found.length > 0 ? html`<div class="conversations">${this.#days(found)}</div>` : nothing}
      ${found.length === 0 && all.length > 0 ? html`<p class="quiet">${say('historyNothing')}</p>` : nothing}
      <p class="quiet">${this.#note}</p>
      <p class="quiet kept">${this.#keptWords(say)}</p>`
  }

  /** The newest conversations but the open one, for the first screen; nothing where there are none. */
  recent(max: number): TemplateResult | typeof nothing {
    const all = this.#options.session().conversations()
    if (all.length === 0) return nothing
    const titles = titlesOf(all, this.#options.lang())
    return html`<ul class="latest">${all
      .slice(0, max)
      .map(
        ({key}) =>
          html`<li><button class="entry" type="button" dir="auto" @click=${() => this.#options.open(key)}>${icon('history')}<span>${titles.get(key)?.title}</span></button></li>`,
      )}</ul>`
  }

  #search(say: Say): TemplateResult {
    const onInput = ({target}: Event): void => {
      this.#query = (target as HTMLInputElement).value
      this.#deleting = null
      this.#host.requestUpdate()
    }
    return html`<input class="find" type="search" dir="auto" maxlength="200" autocomplete="off" placeholder=${say('searchHistory')} aria-label=${say('searchHistory')} .value=${this.#query} @input=${onInput}>`
  }

  #days(conversations: readonly Conversation[]): TemplateResult[] {
    const lang = this.#options.lang()
    const titles = titlesOf(conversations, lang)
    const days = new Map<string, TemplateResult[]>()
    for (const {key, updatedAt} of conversations) {
      const day = dayName(updatedAt, Date.now(), lang)
      const entries = days.get(day) ?? []
      if (entries.length === 0) days.set(day, entries)
      entries.push(this.#entry(key, titles.get(key) ?? {title: '', time: ''}))
    }
    return [...days].map(([day, entries]) => html`<h3 class="day">${day}</h3><ul>${entries}</ul>`)
  }

  #entry(key: string, {title, time}: {readonly title: string; readonly time: string}): TemplateResult {
    const say = this.#options.say()
    const isCurrent = key === this.#options.session().conversationKey
    return html`<li class=${isCurrent ? 'current' : ''}>
      ${
        this.#deleting === key
          ? this.deletion(key)
          : html`<button class="entry" type="button" data-conversation=${key} title=${title} aria-current=${isCurrent ? 'true' : nothing} @click=${() => this.#options.open(key)}><span class="subject" dir="auto">${title}</span>${time && html`<span class="time">${time}</span>`}</button>
            <button class="plain" type="button" title=${say('deleteConversation')} aria-label="${say('deleteConversation')}: ${title}" @click=${() => this.askToDelete(key)}>${icon('trash')}</button>`
      }
    </li>`
  }

  #keptWords(say: Say): string {
    const kept = this.#options.transcripts()
    const server =
      kept == null
        ? say('serverMayKeep')
        : kept.keep !== 'full'
          ? say('serverKeepsNone')
          : kept.days > 0
            ? say('serverKeeps', {n: kept.days})
            : say('serverKeepsAlways')
    return sentences(say(this.#options.isKept() ? 'keptInBrowser' : 'keptInPage'), server)
  }

  async #remove(key: string): Promise<void> {
    const {session, say, announce, focus} = this.#options
    let note = say()('deleted')
    try {
      await session().remove(key)
    } catch {
      note = say()('deleteFailed')
    }
    if (this.#deleting === key) this.#deleting = null
    this.#note = note
    announce(note)
    this.#host.requestUpdate()
    await this.#host.updateComplete
    focus()
  }
}
