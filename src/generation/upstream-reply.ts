import type {ContentBlockParam} from '@anthropic-ai/sdk/resources/messages'
import {DocentError, noUsage, type Usage} from '../domain/index.ts'
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
  text: string
  signature: string
}

/** @param onUsage is told each time the upstream says what was spent. */
export function upstreamReply(answer: AnswerText, onUsage: (usage: Usage) => void): UpstreamReply {
  const blocks = new Map<number, OpenBlock>()
  let hasBegun = false
  let isOver = false
  let stopReason: string | null = null
  let usage = noUsage

  const count = (raw: unknown): void => {
    const tokens = (raw ?? {}) as Record<string, unknown>
    const number = (name: string, before: number): number =>
      typeof tokens[name] === 'number' ? tokens[name] : before
    // Running totals, not increments: the last one counts.
    usage = {
      inputTokens: number('input_tokens', usage.inputTokens),
      outputTokens: number('output_tokens', usage.outputTokens),
      cacheReadTokens: number('cache_read_input_tokens', usage.cacheReadTokens),
      cacheWriteTokens: number('cache_creation_input_tokens', usage.cacheWriteTokens),
    }
    onUsage(usage)
  }

  return {
    take(raw, out) {
      const {index = 0} = raw
      hasBegun = true
      switch (raw.type) {
        case 'message_start':
          count((raw.message as {usage?: unknown} | undefined)?.usage)
          return
        case 'content_block_start': {
          const block = (raw.content_block ?? {}) as Record<string, unknown>
          const open = {
            type: String(block.type),
            id: String(block.id ?? ''),
            name: String(block.name ?? ''),
            text: '',
            signature: '',
          }
          blocks.set(index, open)
          if (open.type === 'redacted_thinking') open.text = String(block.data ?? '')
          if (open.type === 'text') {
            answer.openBlock()
            const text = typeof block.text === 'string' ? block.text : ''
            open.text = text
            if (text !== '') answer.push(text, out)
          }
          return
        }
        case 'content_block_delta': {
          const delta = (raw.delta ?? {}) as Record<string, unknown>
          let block = blocks.get(index)
          if (!block && delta.type === 'text_delta') {
            block = {type: 'text', id: '', name: '', text: '', signature: ''}
            blocks.set(index, block)
            answer.openBlock()
          }
          if (!block) return
          if (delta.type === 'text_delta' && typeof delta.text === 'string') {
            block.text += delta.text
            answer.push(delta.text, out)
          } else if (delta.type === 'citations_delta') {
            answer.cite((delta.citation ?? {}) as CitedLocation)
          } else if (delta.type === 'thinking_delta' && typeof delta.thinking === 'string') {
            block.text += delta.thinking
            if (delta.thinking !== '') out.push({type: 'reasoning', text: delta.thinking})
          } else if (delta.type === 'signature_delta' && typeof delta.signature === 'string') {
            block.signature += delta.signature
          } else if (delta.type === 'input_json_delta' && typeof delta.partial_json === 'string') {
            block.text += delta.partial_json
            if (block.text.length > maxToolInputLength) {
              throw new DocentError(
                'upstream_invalid',
                `The model called a tool with more than ${maxToolInputLength} characters`,
              )
            }
          }
          return
        }
        case 'content_block_stop':
          if (blocks.get(index)?.type === 'text') answer.closeBlock(out)
          return
        case 'message_delta': {
          const {stop_reason: reason} = (raw.delta ?? {}) as {stop_reason?: unknown}
          if (typeof reason === 'string') stopReason = reason
          count(raw.usage)
          return
        }
        case 'message_stop':
          isOver = true
          return
        default:
          // Events that are not known yet are none of ours.
          return
      }
    },
    get hasBegun() {
      return hasBegun
    },
    get isOver() {
      return isOver
    },
    get stopReason() {
      return stopReason
    },
    get usage() {
      return usage
    },
    get toolCalls() {
      return [...blocks.values()]
        .filter(({type}) => type === 'tool_use')
        .map(({id, name, text}) => ({id, name, input: text === '' ? '{}' : text}))
    },
    content() {
      return [...blocks.values()].flatMap((block): ContentBlockParam[] => {
        switch (block.type) {
          case 'text':
            // An empty text block is refused by the API that sent it.
            return block.text.trim() === '' ? [] : [{type: 'text', text: block.text}]
          case 'thinking':
            return [{type: 'thinking', thinking: block.text, signature: block.signature}]
          case 'redacted_thinking':
            return [{type: 'redacted_thinking', data: block.text}]
          case 'tool_use':
            return [{type: 'tool_use', id: block.id, name: block.name, input: inputOf(block.text)}]
          default:
            return []
        }
      })
    },
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
