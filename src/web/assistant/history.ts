import {html, nothing, type TemplateResult} from 'lit'
import type {Conversation} from '../client/conversation-store.ts'
import {type LocaleTag, localeNames} from '../locales/index.ts'
import type {Say} from '../locales/strings.ts'
import {icon} from './icons.ts'

export interface HistoryView {
  readonly say: Say
  readonly heading: string
  readonly lang: LocaleTag
  readonly docsHref: string
  /** On small screens, where it lies over the page. */
  readonly isOpen: boolean
  readonly conversations: readonly Conversation[]
  readonly current: string
  /** Key of the conversation that is about to be deleted; null for none. */
  readonly deleting: string | null
  /** What became of the last deletion. */
  readonly note: string
}

export interface HistoryHandlers {
  readonly startNew: () => void
  readonly open: (key: string) => void
  /** Asks before a conversation is deleted; null: rather not. */
  readonly askToDelete: (key: string | null) => void
  readonly remove: (key: string) => void
  readonly chooseLanguage: (lang: string) => void
  readonly switchTheme: () => void
}

/** The side of the page: conversations in this browser, the docs, language and theme. */
export function history(view: HistoryView, on: HistoryHandlers): TemplateResult {
  const {say, conversations} = view
  return html`<nav class="side ${view.isOpen ? 'open' : ''}" aria-label=${say('menu')}>
    <h1 class="brand">${icon('spark')}<span>${view.heading}</span></h1>
    <button class="new" type="button" @click=${on.startNew}>${icon('plus')}${say('newConversation')}</button>
    <h2 class="label">${say('history')}</h2>
    ${
      conversations.length === 0
        ? html`<p class="quiet">${say('noHistory')}</p>`
        : html`<ul class="conversations">${conversations.map((conversation) => entry(conversation, view, on))}</ul>`
    }
    <p class="quiet">${view.note}</p>
    <div class="foot">
      <a class="docs" href=${view.docsHref}>${icon('book')}${say('browse')}</a>
      <label class="language"><span class="sr">${say('language')}</span>
        <select @change=${(event: Event) => on.chooseLanguage((event.target as HTMLSelectElement).value)}>
          ${Object.entries(localeNames).map(([lang, name]) => html`<option value=${lang} lang=${lang} ?selected=${lang === view.lang}>${name}</option>`)}
        </select></label>
      <button class="plain" type="button" title=${say('theme')} aria-label=${say('theme')} @click=${on.switchTheme}>${icon('contrast')}</button>
    </div>
  </nav>`
}

function entry({key, answers}: Conversation, view: HistoryView, on: HistoryHandlers): TemplateResult {
  const {say, current} = view
  const question = answers[0]?.question ?? ''
  return html`<li class=${key === current ? 'current' : ''}>
    ${
      view.deleting === key
        ? deletion(key, view.say, on)
        : html`<button class="entry" type="button" dir="auto" title=${question} aria-current=${key === current ? 'true' : nothing} @click=${() => on.open(key)}>${question}</button>
          <button class="plain" type="button" aria-label="${say('deleteConversation')}: ${question}" @click=${() => on.askToDelete(key)}>${icon('trash')}</button>`
    }
  </li>`
}

/** Asks once more before a conversation is deleted. */
export function deletion(
  key: string,
  say: Say,
  on: Pick<HistoryHandlers, 'askToDelete' | 'remove'>,
): TemplateResult {
  return html`<div class="sure"><p>${say('deleteSure')}</p>
    <button type="button" class="danger" @click=${() => on.remove(key)}>${say('deleteConversation')}</button>
    <button type="button" @click=${() => on.askToDelete(null)}>${say('cancel')}</button></div>`
}
