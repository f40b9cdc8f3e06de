import type {ContentBlockParam} from '@anthropic-ai/sdk/resources/messages'
import {DocentError, noUsage, type Usage} from '../domain/index.ts'
import {cleanLine} from '../lib/clean-text.ts'
import {headOf} from '../lib/cut.ts'
import {GrowingText} from '../lib/growing-text.ts'
import {wellFormed} from '../lib/well-formed.ts'
import type {AnswerText} from './answer-text.ts'
import type {GenerationEvent} from './generator.ts'
import type {CitedLocation} from './search-results.ts'
import {type ThinkPiece, ThinkTags} from './think-tags.ts'
import type {UpstreamEvent} from './upstream-events.ts'

/** Longest input of a tool call in UTF-16 units. */
const maxToolInputLength = 65_536

/** Longest part of a reason that is kept, in UTF-16 units. */
const maxReason = 60

export interface ToolCall {
  readonly id: string
  readonly name: string
  /** JSON as it was streamed. */
  readonly input: string
}

/** One response of the upstream while it is read. */
export interface UpstreamReply {
  /** Returns what the event adds to the answer. */
  read(event: UpstreamEvent): readonly GenerationEvent[]
  /**
   * After `message_stop` and the reason why the model stopped; with another model than Claude after either, since some
   * servers send no more than that.
   */
  readonly isOver: boolean
  /** Cut and cleaned, to be logged. */
  readonly stopReason: string | null
  readonly usage: Usage
  readonly toolCalls: readonly ToolCall[]
  /** The model's output, to be sent back with the results of its calls. Without citations. */
  content(): ContentBlockParam[]
}

interface OpenBlock {
  readonly type: string
  readonly id: string
  readonly name: string
  readonly text: GrowingText
  signature: string
}

const none: readonly GenerationEvent[] = []

/**
 * @param onUsage called each time the upstream reports usage
 * @param isClaude else the text may begin with thoughts between `<think>` and `</think>`, and `message_stop` may be missing
 */
export function upstreamReply(
  answer: AnswerText,
  onUsage: (usage: Usage) => void,
  isClaude = true,
): UpstreamReply {
  return new Reply(answer, onUsage, isClaude ? null : new ThinkTags())
}

class Reply implements UpstreamReply {
  readonly #answer: AnswerText
  readonly #onUsage: (usage: Usage) => void
  readonly #thinkTags: ThinkTags | null
  readonly #blocks = new Map<number, OpenBlock>()
  #hasStopped = false
  stopReason: string | null = null
  usage = noUsage

  constructor(answer: AnswerText, onUsage: (usage: Usage) => void, thinkTags: ThinkTags | null) {
    this.#thinkTags = thinkTags
    this.#answer = answer
    this.#onUsage = onUsage
  }

  read(raw: UpstreamEvent): readonly GenerationEvent[] {
    switch (raw.type) {
      case 'content_block_start':
        return this.#openBlock(raw)
      case 'content_block_delta':
        return this.#extendBlock(raw)
      case 'content_block_stop':
        return this.#blocks.get(raw.index ?? 0)?.type === 'text'
          ? [...this.#endOfText(), ...this.#answer.closeBlock()]
          : none
      case 'message_start':
        // Some servers and gateways try again on their own, and send the whole answer after the half of it.
        if (this.#blocks.size > 0) {
          throw new DocentError(
            'upstream_invalid',
            "The model's API began its answer anew in the middle of a response",
          )
        }
        this.#readUsage((raw.message as {usage?: unknown} | undefined)?.usage)
        return none
      case 'message_delta': {
        const {stop_reason: reason} = (raw.delta ?? {}) as {stop_reason?: unknown}
        if (typeof reason === 'string') this.stopReason = cleanLine(headOf(wellFormed(reason), maxReason))
        this.#readUsage(raw.usage)
        return this.#endOfText()
      }
      case 'message_stop':
        this.#hasStopped = true
        return none
      default:
        // Unknown events are ignored.
        return none
    }
  }

  get isOver(): boolean {
    const hasReason = this.stopReason !== null
    return this.#thinkTags === null ? this.#hasStopped && hasReason : this.#hasStopped || hasReason
  }

  #readUsage(raw: unknown): void {
    const tokens = (raw ?? {}) as Record<string, unknown>
    const number = (name: string, previous: number): number =>
      isCount(tokens[name]) ? Math.min(Math.round(tokens[name]), maxTokens) : previous
    // Running totals, not increments: the last one counts.
    this.usage = {
      inputTokens: number('input_tokens', this.usage.inputTokens),
      outputTokens: number('output_tokens', this.usage.outputTokens),
      cacheReadTokens: number('cache_read_input_tokens', this.usage.cacheReadTokens),
      cacheWriteTokens: number('cache_creation_input_tokens', this.usage.cacheWriteTokens),
    }
    this.#onUsage(this.usage)
  }

  #openBlock({index = 0, content_block}: UpstreamEvent): readonly GenerationEvent[] {
    const block = (content_block ?? {}) as Record<string, unknown>
    const open: OpenBlock = {
      type: String(block.type),
      id: String(block.id || `call_${index}`),
      name: String(block.name ?? ''),
      text: new GrowingText(),
      signature: '',
    }
    this.#blocks.set(index, open)
    if (open.type === 'thinking' && typeof block.thinking === 'string' && block.thinking !== '') {
      open.text.append(block.thinking)
      return [{type: 'reasoning', text: block.thinking}]
    }
    if (open.type === 'redacted_thinking') open.text.append(String(block.data ?? ''))
    // Some servers send the whole input of a call at once.
    if (open.type === 'tool_use' && hasFields(block.input)) open.text.append(JSON.stringify(block.input))
    if (open.type !== 'text') return none
    this.#answer.openBlock()
    const text = typeof block.text === 'string' ? block.text : ''
    return text === '' ? none : this.#textOf(open, text)
  }

  #extendBlock({index = 0, delta: raw}: UpstreamEvent): readonly GenerationEvent[] {
    const delta = (raw ?? {}) as Record<string, unknown>
    const block = this.#blocks.get(index) ?? this.#openUnannounced(index, delta.type)
    if (block === undefined) return none
    if (delta.type === 'text_delta' && typeof delta.text === 'string') {
      return this.#textOf(block, delta.text)
    }
    if (delta.type === 'citations_delta') {
      this.#answer.cite((delta.citation ?? {}) as CitedLocation)
    } else if (delta.type === 'thinking_delta' && typeof delta.thinking === 'string') {
      block.text.append(delta.thinking)
      if (delta.thinking !== '') return [{type: 'reasoning', text: delta.thinking}]
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
    return none
  }

  #textOf(block: OpenBlock, text: string): readonly GenerationEvent[] {
    if (this.#thinkTags !== null) return this.#show(block, this.#thinkTags.push(text))
    block.text.append(text)
    return this.#answer.push(text)
  }

  /** What was held back of the text, since it could have been a tag. */
  #endOfText(): readonly GenerationEvent[] {
    const block = [...this.#blocks.values()].findLast(({type}) => type === 'text')
    return this.#thinkTags === null || block === undefined ? none : this.#show(block, this.#thinkTags.end())
  }

  #show(block: OpenBlock, pieces: readonly ThinkPiece[]): readonly GenerationEvent[] {
    return pieces.flatMap(({isThought, text}): readonly GenerationEvent[] => {
      if (isThought) return [{type: 'reasoning', text}]
      block.text.append(text)
      return this.#answer.push(text)
    })
  }

  /** For text and thoughts whose block has no start event. */
  #openUnannounced(index: number, delta: unknown): OpenBlock | undefined {
    const type = delta === 'text_delta' ? 'text' : delta === 'thinking_delta' ? 'thinking' : null
    if (type === null) return undefined
    const block = {type, id: '', name: '', text: new GrowingText(), signature: ''}
    this.#blocks.set(index, block)
    if (type === 'text') this.#answer.openBlock()
    return block
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
          // The API rejects an empty text block, even one it sent itself.
          return text.trim() === '' ? [] : [{type: 'text', text}]
        case 'thinking':
          // Anthropic's API takes back only what it has signed itself; other servers sign nothing.
          return block.signature === ''
            ? []
            : [{type: 'thinking', thinking: text, signature: block.signature}]
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

/** More than any request can have. */
const maxTokens = 1e9

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0
}

function hasFields(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0
}

function inputOf(json: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(json)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    // The call is answered as failed; the API only requires an object here.
    return {}
  }
}
