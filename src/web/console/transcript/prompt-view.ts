import {html, nothing, type TemplateResult} from 'lit'
import {copyText} from '../../assistant/browser.ts'
import {counted, exactTime} from '../format.ts'
import {visible, visibleJson} from '../visible.ts'
import {MaterialView} from './material-view.ts'
import type {Block, RequestBody, SentRequest} from './material-wire.ts'

interface Prompt {
  readonly requests: readonly SentRequest[]
}

/** Each request that was sent to the model, to read and to copy. */
export class PromptView extends MaterialView<Prompt> {
  protected readonly heading = 'Prompt sent'
  protected readonly path = 'prompt'

  protected shown({requests}: Prompt): TemplateResult {
    if (requests.length === 0)
      return html`<p class="quiet">No request is kept: no model was asked, or words are not kept, or a page was withdrawn, or it was asked by an earlier version of Docent.</p>`
    return html`${requests.map((request) => this.#request(request, requests.length))}`
  }

  #request({n, at, body}: SentRequest, of: number): TemplateResult {
    const copy = async (): Promise<void> => {
      await copyText(JSON.stringify(body, null, 2))
      this.context.announce('Request copied as JSON')
    }
    return html`<section class="request"><h3>Request ${n}${of > 1 ? ` of ${of}` : ''}</h3>
      <p class="quiet">${exactTime(at)}${body.model === undefined ? nothing : html`, ${visible(body.model)}`}${body.max_tokens === undefined ? nothing : `, at most ${body.max_tokens} tokens`} <button class="link" type="button" @click=${copy}>Copy as JSON</button></p>
      ${messagesOf(body).map(({role, content}) => html`<div class="message"><p class="role">${role}</p>${blocksOf(content)}</div>`)}
      <details><summary>Raw JSON</summary><pre tabindex="0" dir="ltr">${visibleJson(JSON.stringify(body, null, 2))}</pre></details></section>`
  }
}

interface Message {
  readonly role: string
  readonly content: string | readonly Block[]
}

function messagesOf({system, messages = []}: RequestBody): Message[] {
  return [...(system === undefined ? [] : [{role: 'system', content: system}]), ...messages]
}

function blocksOf(content: string | readonly Block[]): TemplateResult {
  if (typeof content === 'string') return text(content)
  const sources = content.filter(isSource)
  const others = content.filter((block) => !isSource(block))
  return html`${sources.length === 0 ? nothing : html`<details><summary>${counted(sources.length, 'source')}</summary>${sources.map(source)}</details>`}${others.map(other)}`
}

/** A search result of the API, or one that is sent as text. */
function isSource({type, text = ''}: Block): boolean {
  return type === 'search_result' || (type === 'text' && /^<search_result number="\d+" /.test(text))
}

function source({title, text: whole, content}: Block): TemplateResult {
  return html`<div class="quoted">${title === undefined ? nothing : html`<p class="strong">${visible(title)}</p>`}${whole === undefined ? text(textOf(content)) : text(whole)}</div>`
}

function other(block: Block): TemplateResult {
  switch (block.type) {
    case 'text':
      return text(block.text ?? '')
    case 'thinking':
      return html`<p class="quiet">Thinking</p>${text(block.thinking ?? '')}`
    case 'tool_use':
      return html`<p class="quiet">Calls ${block.name}</p>${text(JSON.stringify(block.input))}`
    case 'tool_result':
      return html`<p class="quiet">Result of the call</p>${blocksOf(block.content ?? '')}`
    default:
      return text(JSON.stringify(block))
  }
}

function textOf(content: string | readonly Block[] = ''): string {
  return typeof content === 'string' ? content : content.map(({text = ''}) => text).join('\n\n')
}

function text(value: string): TemplateResult {
  return html`<div class="words" dir="auto">${visible(value)}</div>`
}
