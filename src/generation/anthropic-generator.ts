import type {
  MessageCreateParamsStreaming,
  MessageParam,
  ThinkingConfigParam,
  ToolResultBlockParam,
} from '@anthropic-ai/sdk/resources/messages'
import {DocentError, noUsage, sumOfUsage, type Usage} from '../domain/index.ts'
import {headOf} from '../lib/cut.ts'
import {sparing} from '../lib/sparing.ts'
import {allWellFormed, wellFormed} from '../lib/well-formed.ts'
import {answerText} from './answer-text.ts'
import {type AnthropicClient, anthropicClient} from './anthropic-client.ts'
import type {GenerationEvent, GenerationRequest, Generator, SentBody} from './generator.ts'
import {type CitationStyle, firstMessages, searchTool, sourceBlocks, systemPrompt} from './prompt.ts'
import {promptSources} from './prompt-sources.ts'
import {quotableSource, type SearchResults, searchResults} from './search-results.ts'
import {finishReasonOf, meaningOf} from './stop-reasons.ts'
import {isRefusedForGood, upstreamError} from './upstream-error.ts'
import {
  isClaude,
  type Rejection,
  rejectionOf,
  UpstreamAbilities,
  type UpstreamFeature,
  withAbilities,
} from './upstream-features.ts'
import {type ToolCall, type UpstreamReply, upstreamReply} from './upstream-reply.ts'

export interface AnthropicOptions {
  /** Null for a server that checks none. */
  readonly apiKey: string | null
  /** Null for Anthropic's own API; with or without `/v1`. */
  readonly baseUrl: string | null
  readonly model: string
  /** Lets the model think first, streamed as `reasoning`; default false. */
  readonly thinking?: boolean
  /** The longest answer, in tokens, without thinking. */
  readonly maxOutputTokens: number
  /** Longest silence between bytes, pings included; default 20,000. */
  readonly stallTimeoutMs?: number
  /** How many times the model may search the docs again; default 3. 0 leaves the tool out. */
  readonly maxSearchRounds?: number
  /** Budget for earlier turns, at about four characters a token; default 3000. */
  readonly historyBudgetTokens?: number
  /**
   * `markers` for servers without search results and citations. Default `auto`: native for a model of Claude's name, else
   * markers; and markers from then on if the server rejects search results.
   */
  readonly citations?: CitationStyle | 'auto'
  /** What the server does not take. Default: found out, when it rejects a request. */
  readonly lacking?: readonly UpstreamFeature[]
  /** Called with one sentence on what was dropped or failed, without any text of the request. */
  readonly onNote?: (note: string) => void
  /** The same for what somebody should see to; once for each reason, and once an hour for each status of a refusal. */
  readonly onWarning?: (warning: string) => void
}

const defaultStallMs = 20_000
/** How long the same refusal is not logged as a warning again. */
const refusalEveryMs = 3_600_000
const maxQueryLength = 400
/** Searches that the model may request in one round. */
const maxSearchesPerRound = 3
const thinkingBudgetTokens = 2048

/**
 * Claude, through the official SDK: quoted sources in, cited text out.
 *
 * The text has no `[n]`: citations are events with spans, whether the API made them or the model wrote markers. A
 * citation whose words are not in the source it names is dropped and counted. Each request is sent once: retries are
 * for `withFallbacks`. An answer is complete only after `message_stop`.
 */
export function anthropicGenerator(options: AnthropicOptions): Generator {
  const {model, stallTimeoutMs = defaultStallMs} = options
  const client = anthropicClient({apiKey: options.apiKey, baseUrl: options.baseUrl, stallTimeoutMs})
  const abilities = abilitiesOf(options)
  const warn = options.onWarning ?? (() => {})
  const warnings = {
    ofReason: sparing(warn),
    ofRefusal: sparing(warn, {everyMs: refusalEveryMs}),
  }
  return {
    name: 'anthropic',
    model,
    generate: (request, {signal}) => generateAsTaken({client, options, abilities, warnings}, request, signal),
  }
}

interface Upstream {
  readonly client: AnthropicClient
  readonly options: AnthropicOptions
  readonly abilities: UpstreamAbilities
  readonly warnings: Readonly<Record<'ofReason' | 'ofRefusal', (key: string, warning: string) => void>>
}

function abilitiesOf({model, citations = 'auto', lacking = []}: AnthropicOptions): UpstreamAbilities {
  // A server that knows no search results may leave them out in silence, so a model that is not Claude gets text.
  const isNative = citations === 'auto' ? isClaude(model) : citations === 'native'
  return new UpstreamAbilities(isNative ? lacking : [...lacking, 'citations'])
}

/**
 * Generates with what the server takes: if it rejects a request for something in it that other servers may lack, without
 * that, once more. What helped is left out of later requests. Anthropic's own API lacks nothing.
 */
async function* generateAsTaken(
  upstream: Upstream,
  request: GenerationRequest,
  signal: AbortSignal,
): AsyncGenerator<GenerationEvent> {
  const {options, abilities, warnings} = upstream
  const rejections: Rejection[] = []
  const warned = (failure: unknown): unknown => {
    if (failure instanceof DocentError && isRefusedForGood(failure)) {
      const {status} = failure.details
      warnings.ofRefusal(String(status), `${options.model} is refused: ${failure.message}`)
    }
    return failure
  }

  while (true) {
    const attempt = {...upstream, abilities: abilities.without(rejections)}
    let hasBegun = false
    try {
      for await (const event of generate(attempt, request, signal)) {
        // Before it is yielded: nobody reads on after the last event.
        if (!hasBegun) noteLearnt(abilities.learn(rejections), options)
        hasBegun = true
        yield event
      }
      return
    } catch (error) {
      if (!(error instanceof RejectedRequest)) throw warned(error)
      const {rejection, failure} = error
      if (!hasBegun) rejections.push(rejection)
      else {
        // Too late for this answer; the next one goes without.
        if (rejection.isNamed) noteLearnt(abilities.learn([rejection]), options)
        throw warned(failure)
      }
    }
  }
}

function noteLearnt(features: readonly UpstreamFeature[], {model, onNote}: AnthropicOptions): void {
  if (features.length > 0)
    onNote?.(`${model} takes no ${features.join(', ')}: it is sent without from now on`)
}

/** A server rejected a request for what it may lack. */
class RejectedRequest extends Error {
  readonly rejection: Rejection
  readonly failure: DocentError

  constructor(rejection: Rejection, failure: DocentError) {
    super(failure.message)
    this.rejection = rejection
    this.failure = failure
  }
}

async function* generate(
  {client, options, abilities, warnings}: Upstream,
  request: GenerationRequest,
  signal: AbortSignal,
): AsyncGenerator<GenerationEvent> {
  const {historyBudgetTokens = 3000} = options
  const maxSearchRounds = abilities.has('tools') ? (options.maxSearchRounds ?? 3) : 0
  const citations: CitationStyle = abilities.has('citations') ? 'native' : 'markers'
  signal.throwIfAborted()
  const results = searchResults()
  const answer = answerText(results, citations)
  const search = searchRounds({options, citations, request, results, signal})
  const sources = promptSources(request.question, request.sources).map(quotableSource)
  const messages: MessageParam[] = firstMessages({
    ...request,
    sources,
    citations,
    historyBudgetTokens,
    results,
  })
  const quotations = citations === 'markers' ? leadingTexts(messages.at(-1), sources.length) : []
  const warned = (reason: string, note: string, advice: string): void => {
    warnings.ofReason(reason, `${note}. ${advice}`)
    request.report?.({note})
  }
  const onLateText = (): void =>
    warned(
      '',
      `${options.model} sent text behind the end of its answer, which is not shown`,
      'Its server does not keep to the protocol; look whether its answers are whole.',
    )
  let usage = noUsage
  let upstreamRequestId: string | null = null

  for (let round = 0; ; round++) {
    signal.throwIfAborted()
    const isLast = round >= maxSearchRounds
    const report = (spent: Usage) => request.report?.({usage: sumOfUsage(usage, spent)})
    const reply = upstreamReply(answer, report, isClaude(options.model))
    try {
      const body = allWellFormed(bodyOf({options, abilities, citations, maxSearchRounds}, messages, isLast))
      const upstream = await send(client, {body, quotations}, request, {signal, onLateText})
      upstreamRequestId = upstream.requestId ?? upstreamRequestId
      for await (const batch of upstream.events) {
        for (const raw of batch) for (const event of reply.read(raw)) yield event
      }
    } catch (error) {
      signal.throwIfAborted()
      const failure = upstreamError(error, {
        secrets: secretsOf(options),
        upstreamRequestId,
        visitorWords: [request.question, ...request.history.map(({content}) => content)],
      })
      const rejection = options.baseUrl === null ? null : rejectionOf(error, abilities, options.model)
      throw rejection === null ? failure : new RejectedRequest(rejection, failure)
    }
    signal.throwIfAborted()
    const {stopReason} = reply
    const meaning = meaningOf(stopReason)
    if (!reply.isOver || meaning === 'broken') throw brokenOff(stopReason, upstreamRequestId)
    if (meaning === 'unknown') {
      warned(
        stopReason!,
        `${options.model} stopped for a reason that Docent does not know: ${stopReason}`,
        'Its answers count as complete; look whether they are.',
      )
    }

    usage = sumOfUsage(usage, reply.usage)
    const isToSearch = wantsToSearch(reply, options.model)
    // What it wrote on the way to a search is no answer.
    if (isToSearch && isLast && answer.hasWords) throw searchedOn(upstreamRequestId)
    if (!isToSearch || isLast) {
      yield* answer.end()
      const finishReason = finishReasonOf(stopReason)
      if (finishReason === 'max_tokens' && !answer.hasWords) throw thoughtTooLong(upstreamRequestId)
      if (answer.dropped > 0) {
        options.onNote?.(`${answer.dropped} citations were dropped: the sources do not have their words`)
      }
      yield {
        type: 'finish',
        finishReason,
        usage,
        upstreamRequestId,
        droppedCitations: answer.dropped,
      }
      return
    }
    messages.push({role: 'assistant', content: reply.content()})
    messages.push({role: 'user', content: yield* search(reply.toolCalls)})
    answer.newParagraph()
  }
}

/** Sends one request and reports it, its state and id before its first event. */
async function send(
  client: AnthropicClient,
  sent: SentBody & {readonly body: MessageCreateParamsStreaming},
  {report}: GenerationRequest,
  options: Parameters<AnthropicClient['stream']>[1],
): ReturnType<AnthropicClient['stream']> {
  report?.({modelCall: 'sent', request: sent})
  try {
    const upstream = await client.stream(sent.body, options)
    if (upstream.requestId) report?.({upstreamRequestId: upstream.requestId})
    return upstream
  } catch (error) {
    // A request without a response in time may be running all the same.
    const isUnanswered = error instanceof DocentError && error.code === 'stall_timeout'
    if (!options.signal.aborted && !isUnanswered) report?.({modelCall: 'turned-down'})
    throw error
  }
}

/** The texts of the first blocks of a message, which are its sources. */
function leadingTexts(message: MessageParam | undefined, count: number): string[] {
  if (message === undefined || typeof message.content === 'string') return []
  return message.content.slice(0, count).flatMap((block) => (block.type === 'text' ? [block.text] : []))
}

interface SearchOptions {
  readonly options: AnthropicOptions
  readonly citations: CitationStyle
  readonly request: GenerationRequest
  readonly results: SearchResults
  readonly signal: AbortSignal
}

/** Runs the searches that the model requests in a round; returns the tool results to send back. */
function searchRounds({
  options,
  citations,
  request,
  results,
  signal,
}: SearchOptions): (calls: readonly ToolCall[]) => AsyncGenerator<GenerationEvent, ToolResultBlockParam[]> {
  let searches = 0

  return async function* search(calls) {
    const toolResults: ToolResultBlockParam[] = []
    for (const [index, call] of calls.entries()) {
      const query = queryOf(call.input)
      if (call.name !== searchTool.name || query === null || index >= maxSearchesPerRound) {
        toolResults.push(failedCall(call.id, 'This call was not carried out. Answer from what you have.'))
      } else {
        toolResults.push(yield* searchOnce(call.id, query))
      }
    }
    return toolResults
  }

  async function* searchOnce(
    callId: string,
    query: string,
  ): AsyncGenerator<GenerationEvent, ToolResultBlockParam> {
    const event = {type: 'tool', id: `search-${++searches}`, name: searchTool.name} as const
    yield {...event, status: 'started', input: {query}, summary: `Looking in the docs for “${query}”.`}
    try {
      const found = await request.search(query)
      signal.throwIfAborted()
      yield {...event, status: 'done', output: {found: found.length}, summary: foundSummary(found.length)}
      return {
        type: 'tool_result',
        tool_use_id: callId,
        content:
          found.length > 0
            ? sourceBlocks(promptSources(query, found).map(quotableSource), results, citations)
            : [{type: 'text', text: 'No further sections were found. Answer from what you have.'}],
      }
    } catch (error) {
      signal.throwIfAborted()
      options.onNote?.(
        `A search that the model requested failed: ${error instanceof DocentError ? error.code : 'internal'}`,
      )
      yield {...event, status: 'failed', summary: 'That search failed; continuing with what was found.'}
      return failedCall(callId, 'The search failed. Answer from what you have.')
    }
  }
}

interface BodyOptions extends Pick<Upstream, 'options' | 'abilities'> {
  readonly citations: CitationStyle
  readonly maxSearchRounds: number
}

function bodyOf(
  {options, abilities, citations, maxSearchRounds}: BodyOptions,
  messages: MessageParam[],
  isLast: boolean,
): MessageCreateParamsStreaming {
  const {model, thinking = false, maxOutputTokens} = options
  const canSearch = maxSearchRounds > 0
  const config = thinkingFor(model, thinking)
  const body: MessageCreateParamsStreaming = {
    model,
    // Other models think whether they are told to or not.
    max_tokens: maxOutputTokens + (thinking || !isClaude(model) ? thinkingBudgetTokens : 0),
    stream: true,
    system: [{type: 'text', text: systemPrompt(citations, canSearch), cache_control: {type: 'ephemeral'}}],
    messages: [...messages],
    ...(config ? {thinking: config} : {}),
    // Still declared in the last round, since the messages contain calls of it; it may not be called again.
    ...(canSearch ? {tools: [searchTool], ...(isLast ? {tool_choice: {type: 'none'}} : {})} : {}),
  }
  return withAbilities(body, abilities)
}

/**
 * Always set explicitly, since the default differs by model; null for models that always think and reject the setting, and
 * for a gateway's own model names, which may not support it.
 */
function thinkingFor(model: string, thinking: boolean): ThinkingConfigParam | null {
  const isAdaptive = !/(?:haiku|sonnet|opus)-4-5|claude-3/.test(model)
  if (thinking) {
    return isAdaptive
      ? {type: 'adaptive', display: 'summarized'}
      : {type: 'enabled', budget_tokens: thinkingBudgetTokens}
  }
  return !isClaude(model) || /opus-5-5|fable|mythos/.test(model) ? null : {type: 'disabled'}
}

/**
 * Whether the model wants to search. Other servers than Claude's give other reasons why it stopped: there the call counts
 * that comes last.
 */
function wantsToSearch(reply: UpstreamReply, model: string): boolean {
  if (reply.toolCalls.length === 0) return false
  const isForTool = meaningOf(reply.stopReason) === 'tool'
  if (isClaude(model) || isForTool) return isForTool
  return finishReasonOf(reply.stopReason) === 'end' && reply.content().at(-1)?.type === 'tool_use'
}

function searchedOn(upstreamRequestId: string | null): DocentError {
  return new DocentError('upstream_invalid', 'The model went on searching where it was to answer', {
    details: {upstreamRequestId},
  })
}

/** Not worth a retry: it would think as long again. */
function thoughtTooLong(upstreamRequestId: string | null): DocentError {
  return new DocentError(
    'upstream_rejected',
    'The model reached its length limit before the first word of its answer; raise MAX_OUTPUT_TOKENS',
    {details: {upstreamRequestId}},
  )
}

function brokenOff(stopReason: string | null, upstreamRequestId: string | null): DocentError {
  const why = stopReason === null ? '' : `, for the reason ${stopReason}`
  return new DocentError(
    'upstream_cut',
    `The model's API ended its response before the answer was over${why}`,
    {details: {upstreamRequestId}},
  )
}

/** The key, and a password in the address. */
function secretsOf({apiKey, baseUrl}: AnthropicOptions): string[] {
  const address = baseUrl !== null && URL.canParse(baseUrl) ? new URL(baseUrl) : null
  return [apiKey, address?.password, address === null ? null : decodedOf(address.password)].filter(
    (secret): secret is string => typeof secret === 'string' && secret !== '',
  )
}

function decodedOf(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function queryOf(json: string): string | null {
  try {
    const {query} = JSON.parse(json) as {query?: unknown}
    return typeof query === 'string' && query.trim() !== ''
      ? headOf(wellFormed(query).trim(), maxQueryLength)
      : null
  } catch {
    // Malformed JSON of a model is answered as a failed call; it can try again.
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
