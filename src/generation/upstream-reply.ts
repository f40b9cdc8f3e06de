import type {ContentBlockParam} from '@anthropic-ai/sdk/resources/messages'
import {DocentError, noUsage, type Usage} from '../domain/index.ts'
import {GrowingText} from '../lib/growing-text.ts'
import type {AnswerText} from './answer-text.ts'
import type {GenerationEvent} from './generator.ts'
import type {CitedLocation} from './search-results.ts'
import type {UpstreamEvent} from './upstream-events.ts'

/** Longest input of a tool call in UTF-16 units. */
const maxToolInputLength = 65_536

export interface ToolCall {
  readonly id: string
  readonly name: string
  /** JSON as it was streamed. */
  readonly input: string
}

/** One response of the upstream, while it is read. */
export interface UpstreamReply {
  /** Adds to `out` what the event tells. */
  take(event: UpstreamEvent, out: GenerationEvent[]): void
  readonly hasBegun: boolean
  /** After `message_stop`. */
  readonly isOver: boolean
  readonly stopReason: string | null
  readonly usage: Usage
  readonly toolCalls: readonly ToolCall[]
  /** What the model said, to be sent back with the results of its calls. Citations are left out. */
  content(): ContentBlockParam[]
}

interface OpenBlock {
  readonly type: string
  readonly id: string
  readonly name: string
  readonly text: GrowingText
  signature: string
}

/** @param onUsage is told each time the upstream says what was spent. */
export function upstreamReply(answer: AnswerText, onUsage: (usage: Usage) => void): UpstreamReply {
  return new Reply(answer, onUsage)
}

class Reply implements UpstreamReply {
  readonly #answer: AnswerText
  readonly #onUsage: (usage: Usage) => void
  readonly #blocks = new Map<number, OpenBlock>()
  hasBegun = false
  isOver = false
  stopReason: string | null = null
  usage = noUsage

  constructor(answer: AnswerText, onUsage: (usage: Usage) => void) {
    this.#answer = answer
    this.#onUsage = onUsage
  }

  take(raw: UpstreamEvent, out: GenerationEvent[]): void {
    this.hasBegun = true
    switch (raw.type) {
      case 'message_start':
        this.#count((raw.message as {usage?: unknown} | undefined)?.usage)
        return
      case 'content_block_start':
        this.#open(raw, out)
        return
      case 'content_block_delta':
        this.#grow(raw, out)
        return
      case 'content_block_stop':
        if (this.#blocks.get(raw.index ?? 0)?.type === 'text') this.#answer.closeBlock(out)
        return
      case 'message_delta': {
        const {stop_reason: reason} = (raw.delta ?? {}) as {stop_reason?: unknown}
        if (typeof reason === 'string') this.stopReason = reason
        this.#count(raw.usage)
        return
      }
      case 'message_stop':
        this.isOver = true
        return
      default:
        // Events that are not known yet are none of ours.
        return
    }
  }

  #count(raw: unknown): void {
    const tokens = (raw ?? {}) as Record<string, unknown>
    const number = (name: string, before: number): number =>
      typeof tokens[name] === 'number' ? tokens[name] : before
    // Running totals, not increments: the last one counts.
    this.usage = {
      inputTokens: number('input_tokens', this.usage.inputTokens),
      outputTokens: number('output_tokens', this.usage.outputTokens),
      cacheReadTokens: number('cache_read_input_tokens', this.usage.cacheReadTokens),
      cacheWriteTokens: number('cache_creation_input_tokens', this.usage.cacheWriteTokens),
    }
    this.#onUsage(this.usage)
  }

  #open({index = 0, content_block}: UpstreamEvent, out: GenerationEvent[]): void {
    const block = (content_block ?? {}) as Record<string, unknown>
    const open: OpenBlock = {
      type: String(block.type),
      id: String(block.id ?? ''),
      name: String(block.name ?? ''),
      text: new GrowingText(),
      signature: '',
    }
    this.#blocks.set(index, open)
    if (open.type === 'redacted_thinking') open.text.append(String(block.data ?? ''))
    if (open.type !== 'text') return
    this.#answer.openBlock()
    const text = typeof block.text === 'string' ? block.text : ''
    open.text.append(text)
    if (text !== '') this.#answer.push(text, out)
  }

  #grow({index = 0, delta: raw}: UpstreamEvent, out: GenerationEvent[]): void {
    const delta = (raw ?? {}) as Record<string, unknown>
    let block = this.#blocks.get(index)
    if (!block && delta.type === 'text_delta') {
      block = {type: 'text', id: '', name: '', text: new GrowingText(), signature: ''}
      this.#blocks.set(index, block)
      this.#answer.openBlock()
    }
    if (!block) return
    if (delta.type === 'text_delta' && typeof delta.text === 'string') {
      block.text.append(delta.text)
      this.#answer.push(delta.text, out)
    } else if (delta.type === 'citations_delta') {
      this.#answer.cite((delta.citation ?? {}) as CitedLocation)
    } else if (delta.type === 'thinking_delta' && typeof delta.thinking === 'string') {
      block.text.append(delta.thinking)
      if (delta.thinking !== '') out.push({type: 'reasoning', text: delta.thinking})
    } else if (delta.type === 'signature_delta' && typeof delta.signature === 'string') {
      block.signature += delta.signature
    } else if (delta.type === 'input_json_delta' && typeof delta.partial_json === 'string') {
      block.text.append(delta.partial_json)
      if (block.text.length > maxToolInputLength) {
        throw new DocentError(
          'upstream_invalid',
          `The model called a tool with more than ${maxToolInputLength} characters`,
        )
      }
    }
  }

  get toolCalls(): readonly ToolCall[] {
    return [...this.#blocks.values()]
      .filter(({type}) => type === 'tool_use')
      .map(({id, name, text}) => ({id, name, input: text.toString() || '{}'}))
  }

  content(): ContentBlockParam[] {
    return [...this.#blocks.values()].flatMap((block): ContentBlockParam[] => {
      const text = block.text.toString()
      switch (block.type) {
        case 'text':
          // An empty text block is refused by the API that sent it.
          return text.trim() === '' ? [] : [{type: 'text', text}]
        case 'thinking':
          return [{type: 'thinking', thinking: text, signature: block.signature}]
        case 'redacted_thinking':
          return [{type: 'redacted_thinking', data: text}]
        case 'tool_use':
          return [{type: 'tool_use', id: block.id, name: block.name, input: inputOf(text)}]
        default:
          return []
      }
    })
  }
}

function inputOf(json: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(json)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    // Its call is answered as failed; the API only wants an object here.
    return {}
  }
}
