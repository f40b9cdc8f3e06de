import Anthropic from '@anthropic-ai/sdk'
import type {Stream} from '@anthropic-ai/sdk/core/streaming'
import type {
  ContentBlockParam,
  MessageCreateParamsStreaming,
  MessageParam,
  RawMessageStreamEvent,
  ThinkingConfigParam,
  ToolResultBlockParam,
} from '@anthropic-ai/sdk/resources/messages'
import {DocentError, type FinishReason, noUsage, sumOfUsage, type Usage} from '../domain/index.ts'
import type {GenerationEvent, GenerationRequest, Generator} from './generator.ts'
import {type MarkerCitations, markerCitations} from './marker-citations.ts'
import {type CitationStyle, firstMessages, searchTool, sourceBlocks, systemPrompt} from './prompt.ts'
import {prepareBlocks} from './quotable-blocks.ts'
import {type CitedLocation, type SearchResults, searchResults} from './search-results.ts'
import {upstreamError} from './upstream-error.ts'
import {watchedFetch} from './upstream-fetch.ts'

export interface AnthropicOptions {
  readonly apiKey: string
  /** Null for Anthropic's own; with or without `/v1`. */
  readonly baseUrl: string | null
  readonly model: string
  /** Lets the model think first, shown as `reasoning`; default false. */
  readonly thinking?: boolean
  /** Default 2048. Thinking comes on top. */
  readonly maxOutputTokens?: number
  /** Longest silence between bytes, pings included; default 20,000. */
  readonly stallTimeoutMs?: number
  /** How often the model may look again in the docs; default 3. 0 leaves the tool out. */
  readonly maxSearchRounds?: number
  /** Room for earlier turns, about four characters to a token; default 3000. */
  readonly historyBudgetTokens?: number
  /** `markers` for gateways that do not know search results and citations; default `native`. */
  readonly citations?: CitationStyle
  /** Default the global `fetch`. */
  readonly fetch?: typeof fetch
  /** Told of what was dropped, in one sentence each, without any text of the request. */
  readonly onNote?: (note: string) => void
}

/** Longest answer in UTF-16 units; an upstream that sends more has lost its way. */
const maxAnswerLength = 1_000_000
/** Longest input of a tool call in UTF-16 units. */
const maxToolInputLength = 65_536
const maxQueryLength = 400
/** Searches that one round of the model's may ask for. */
const maxSearchesPerRound = 3
const thinkingBudgetTokens = 2048

/**
 * Claude, by the official SDK: quoted sources in, cited text out.
 *
 * The text carries no `[n]`: citations are events with spans, whether the API made them or the model wrote
 * markers. Each one's words were found in the source it names; those that were not are dropped and counted. One
 * request is made once: retries are for `resilient`. An answer is complete only after `message_stop`.
 */
export function anthropicGenerator(options: AnthropicOptions): Generator {
  const {model, stallTimeoutMs = 20_000} = options
  const client = new Anthropic({
    apiKey: options.apiKey,
    // Given always, or the SDK would look into the environment and at profiles on disk.
    baseURL: (options.baseUrl ?? 'https://api.anthropic.com').replace(/\/+$/, '').replace(/\/v1$/, ''),
    maxRetries: 0,
    // The watched fetch keeps the time; the SDK's own ends at the response's head.
    timeout: stallTimeoutMs + 60_000,
    fetch: withoutForeignHeaders(
      watchedFetch({stallTimeoutMs, ...(options.fetch ? {fetch: options.fetch} : {})}),
    ),
    // The SDK's logger prints request bodies at one level and raw chunks at another.
    logLevel: 'off',
    logger: silentLogger,
    openTelemetry: false,
  })
  return {
    name: 'anthropic',
    model,
    generate: (request, {signal}) => generate(client, options, request, signal),
  }
}

const silent = (): void => {}
const silentLogger = {error: silent, warn: silent, info: silent, debug: silent}

/** The SDK adds headers that it finds in the environment; only those of its own making pass. */
function withoutForeignHeaders(call: typeof fetch): typeof fetch {
  return (input, init) => {
    const headers = new Headers(init?.headers)
    for (const name of [...headers.keys()]) {
      if (
        !/^(?:accept|content-type|content-length|user-agent|authorization|x-api-key|anthropic-.*|x-stainless-.*|idempotency-key)$/.test(
          name,
        )
      ) {
        headers.delete(name)
      }
    }
    return call(input, {...init, headers})
  }
}

async function* generate(
  client: Anthropic,
  options: AnthropicOptions,
  request: GenerationRequest,
  signal: AbortSignal,
): AsyncGenerator<GenerationEvent> {
  const {maxSearchRounds = 3, citations = 'native', historyBudgetTokens = 3000} = options
  const canSearch = maxSearchRounds > 0
  signal.throwIfAborted()
  await prepareBlocks(request.sources, signal)
  const results = searchResults()
  const answer = answerText(results, citations)
  const messages: MessageParam[] = firstMessages({...request, citations, historyBudgetTokens, results})
  let usage = noUsage
  let upstreamRequestId: string | null = null
  let searches = 0
  // Gathered, not yielded one layer up at a time: each layer of generators costs microseconds for every token.
  const out: GenerationEvent[] = []

  for (let round = 0; ; round++) {
    signal.throwIfAborted()
    const last = round >= maxSearchRounds
    const reply = reading(answer, (spent) => request.report?.({usage: sumOfUsage(usage, spent)}))
    try {
      const {data: stream, request_id: requestId} = await client.messages
        .create(bodyOf(options, messages, canSearch, last), {signal})
        .withResponse()
      upstreamRequestId = requestId ?? upstreamRequestId
      if (requestId) request.report?.({upstreamRequestId: requestId})
      const upstream = upstreamEvents(stream, () => reply.isOver)
      try {
        for (let event = await upstream.next(); event !== null; event = await upstream.next()) {
          reply.take(event, out)
          for (const told of out) yield told
          out.length = 0
        }
      } finally {
        await upstream.close()
      }
    } catch (error) {
      signal.throwIfAborted()
      throw upstreamError(error, {secrets: [options.apiKey], upstreamRequestId})
    }
    // The SDK's loop ends in silence on an abort, and on a stream that stops too early.
    signal.throwIfAborted()
    if (!reply.isOver) throw brokenOff(reply, upstreamRequestId)

    usage = sumOfUsage(usage, reply.usage)
    if (last || reply.stopReason !== 'tool_use' || reply.toolCalls.length === 0) {
      answer.end(out)
      yield* out
      if (answer.dropped > 0) {
        options.onNote?.(`${answer.dropped} citations were dropped: they did not hold against the sources`)
      }
      yield {
        type: 'finish',
        finishReason: finishReasonOf(reply.stopReason),
        usage,
        upstreamRequestId,
        droppedCitations: answer.dropped,
      }
      return
    }

    messages.push({role: 'assistant', content: reply.content()})
    const toolResults: ToolResultBlockParam[] = []
    for (const [place, call] of reply.toolCalls.entries()) {
      const query = queryOf(call.input)
      if (call.name !== searchTool.name || query === null || place >= maxSearchesPerRound) {
        toolResults.push(failedCall(call.id, 'This call was not carried out. Answer from what you have.'))
        continue
      }
      const id = `search-${++searches}`
      const event = {type: 'tool', id, name: call.name} as const
      yield {...event, status: 'started', input: {query}, summary: `Looking in the docs for “${query}”.`}
      try {
        const found = await request.search(query)
        signal.throwIfAborted()
        await prepareBlocks(found, signal)
        yield {...event, status: 'done', summary: foundSummary(found.length)}
        toolResults.push({
          type: 'tool_result',
          tool_use_id: call.id,
          content:
            found.length > 0
              ? sourceBlocks(found, results, citations)
              : [{type: 'text', text: 'No further sections were found. Answer from what you have.'}],
        })
      } catch (error) {
        signal.throwIfAborted()
        options.onNote?.(
          `A search that the model asked for failed: ${error instanceof DocentError ? error.code : 'internal'}`,
        )
        yield {...event, status: 'failed', summary: 'That search failed; going on with what was found.'}
        toolResults.push(failedCall(call.id, 'The search failed. Answer from what you have.'))
      }
    }
    messages.push({role: 'user', content: toolResults})
    answer.newParagraph()
  }
}

/** Longest wait for the end of a response whose message is over, so that its connection can be used again. */
const lingerMs = 100

interface UpstreamEvents {
  /** Null after the event that ends the message. What comes later is read, but belongs to nobody. */
  next(): Promise<RawMessageStreamEvent | null>
  /** Closes the upstream unless it was read to its end. */
  close(): Promise<void>
}

/** A response that is left half-read costs its connection, so what follows the end of the message is read too. */
function upstreamEvents(stream: Stream<RawMessageStreamEvent>, isOver: () => boolean): UpstreamEvents {
  const events = stream[Symbol.asyncIterator]()
  let ended = false
  return {
    async next() {
      if (isOver()) {
        const lingering = setTimeout(() => stream.controller.abort(), lingerMs)
        try {
          while (!(await events.next()).done);
          ended = true
        } catch {
          // The message was whole; how its connection ends changes nothing.
        } finally {
          clearTimeout(lingering)
        }
        return null
      }
      const {done, value} = await events.next()
      if (!done) return value
      ended = true
      return null
    },
    async close() {
      // Aborting what has ended would still close its connection.
      if (!ended) stream.controller.abort()
      await events.return?.()
    },
  }
}

function bodyOf(
  options: AnthropicOptions,
  messages: MessageParam[],
  canSearch: boolean,
  last: boolean,
): MessageCreateParamsStreaming {
  const {model, thinking = false, maxOutputTokens = 2048, citations = 'native'} = options
  const config = thinkingFor(model, thinking)
  return {
    model,
    max_tokens: maxOutputTokens + (thinking ? thinkingBudgetTokens : 0),
    stream: true,
    system: [{type: 'text', text: systemPrompt(citations, canSearch), cache_control: {type: 'ephemeral'}}],
    messages: [...messages],
    ...(config ? {thinking: config} : {}),
    // Stays declared in the last round, since the messages hold calls of it; it just may not be called again.
    ...(canSearch ? {tools: [searchTool], ...(last ? {tool_choice: {type: 'none'}} : {})} : {}),
  }
}

/**
 * Said outright, since the default differs by model. Some models always think and refuse to be told otherwise, and
 * what a gateway calls by another name may not know the word.
 */
function thinkingFor(model: string, thinking: boolean): ThinkingConfigParam | null {
  const adaptive = !/(?:haiku|sonnet|opus)-4-5|claude-3/.test(model)
  if (thinking) {
    return adaptive
      ? {type: 'adaptive', display: 'summarized'}
      : {type: 'enabled', budget_tokens: thinkingBudgetTokens}
  }
  return !model.includes('claude') || /opus-5-5|fable|mythos/.test(model) ? null : {type: 'disabled'}
}

function brokenOff(reply: Reading, upstreamRequestId: string | null): DocentError {
  const details = {upstreamRequestId}
  // Bytes came, or the body would have been cut or stalled, but none of them made an event.
  if (!reply.hasBegun) {
    return new DocentError(
      'upstream_invalid',
      "The model's API ended its response without a single event; check ANTHROPIC_BASE_URL",
      {details},
    )
  }
  return new DocentError('upstream_cut', "The model's API ended its response before the answer was over", {
    details,
  })
}

function finishReasonOf(stopReason: string | null): FinishReason {
  switch (stopReason) {
    case 'max_tokens':
    case 'refusal':
      return stopReason
    case 'model_context_window_exceeded':
      return 'context_exceeded'
    default:
      return 'end'
  }
}

function queryOf(json: string): string | null {
  try {
    const {query} = JSON.parse(json) as {query?: unknown}
    return typeof query === 'string' && query.trim() !== '' ? query.trim().slice(0, maxQueryLength) : null
  } catch {
    // A model's malformed JSON is answered as a failed call; it can try again.
    return null
  }
}

function failedCall(id: string, text: string): ToolResultBlockParam {
  return {type: 'tool_result', tool_use_id: id, is_error: true, content: [{type: 'text', text}]}
}

function foundSummary(count: number): string {
  if (count === 0) return 'Found nothing new.'
  return count === 1 ? 'Found 1 more section.' : `Found ${count} more sections.`
}

/** The answer's text over all rounds, and what it cites. */
interface AnswerText {
  push(text: string, out: GenerationEvent[]): void
  openBlock(): void
  cite(citation: CitedLocation): void
  closeBlock(out: GenerationEvent[]): void
  /** The next text begins a paragraph, if there was any before. */
  newParagraph(): void
  end(out: GenerationEvent[]): void
  readonly dropped: number
}

function answerText(results: SearchResults, style: CitationStyle): AnswerText {
  const markers: MarkerCitations = markerCitations({
    isSource: (n) => results.has(n),
    touchingWords: style === 'markers',
  })
  let dropped = 0
  let paragraphDue = false
  let ending = ''
  let blockStart = 0
  let blockText = ''
  let pending: {readonly n: number; readonly quote: string}[] = []

  function show(result: ReturnType<MarkerCitations['push']>, out: GenerationEvent[]): void {
    if (result.text !== '') {
      blockText += result.text
      ending = (ending + result.text).slice(-2)
      if (markers.length > maxAnswerLength) {
        throw new DocentError(
          'upstream_invalid',
          `The model's API sent an answer of more than ${maxAnswerLength} characters`,
        )
      }
      out.push({type: 'delta', text: result.text})
    }
    for (const citation of result.citations) out.push({type: 'citation', ...citation})
  }

  return {
    push(text, out) {
      if (paragraphDue && text.trim() !== '') {
        paragraphDue = false
        if (ending !== '') show(markers.push(ending.endsWith('\n') ? '\n' : '\n\n'), out)
        blockStart = markers.length
        blockText = ''
      }
      show(markers.push(text), out)
    },
    openBlock() {
      blockStart = markers.length
      blockText = ''
      pending = []
    },
    cite(citation) {
      const cited = results.cited(citation)
      if (cited) pending.push(cited)
      else dropped += 1
    },
    closeBlock(out) {
      // The span is the block's text, whatever order its citations and its text came in.
      const start = blockStart + (blockText.length - blockText.trimStart().length)
      const end = blockStart + blockText.trimEnd().length
      for (const [index, {n, quote}] of pending.entries()) {
        if (end <= start) dropped += 1
        else if (pending.findIndex((other) => other.n === n && other.quote === quote) === index) {
          out.push({type: 'citation', n, start, end, quote})
        }
      }
      pending = []
    },
    newParagraph() {
      paragraphDue = true
    },
    end(out) {
      show(markers.end(), out)
    },
    get dropped() {
      return dropped + markers.dropped
    },
  }
}

interface ToolCall {
  readonly id: string
  readonly name: string
  /** JSON as it was streamed. */
  readonly input: string
}

/** One response of the upstream, while it is read. */
interface Reading {
  /** Adds to `out` what the event tells. */
  take(event: RawMessageStreamEvent, out: GenerationEvent[]): void
  readonly hasBegun: boolean
  /** After `message_stop`. */
  readonly isOver: boolean
  readonly stopReason: string | null
  readonly usage: Usage
  readonly toolCalls: readonly ToolCall[]
  /** What the model said, to be sent back with the results of its calls. Citations are left out. */
  content(): ContentBlockParam[]
}

/** Typed by the SDK, but whatever an upstream or a gateway sends comes through. */
interface RawEvent {
  readonly type?: unknown
  readonly index?: number
  readonly message?: unknown
  readonly content_block?: unknown
  readonly delta?: unknown
  readonly usage?: unknown
}

interface OpenBlock {
  readonly type: string
  readonly id: string
  readonly name: string
  text: string
  signature: string
}

/** @param onUsage is told each time the upstream says what was spent. */
function reading(answer: AnswerText, onUsage: (usage: Usage) => void): Reading {
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
    take(event, out) {
      const raw = event as unknown as RawEvent
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
