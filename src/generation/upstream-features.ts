import {APIError} from '@anthropic-ai/sdk'
import type {
  MessageCreateParamsStreaming,
  MessageParam,
  TextBlockParam,
} from '@anthropic-ai/sdk/resources/messages'

/**
 * What servers of the Messages API other than Anthropic's may not take: search results that are cited, marks for the prompt
 * cache, tools, and a setting for thinking.
 */
export const upstreamFeatures = ['citations', 'cache', 'tools', 'thinking'] as const

export type UpstreamFeature = (typeof upstreamFeatures)[number]

/**
 * Whether a model is Claude, by its name. Its servers keep to the protocol by the letter, so what deviates from it is a fault
 * there, and a server's manner elsewhere.
 */
export function isClaude(model: string): boolean {
  return /claude/i.test(model)
}

/** What a server takes of a model's requests, as far as it is known: what was set, and what it has rejected since. */
export class UpstreamAbilities {
  readonly #lacking: Set<UpstreamFeature>

  constructor(lacking: Iterable<UpstreamFeature> = []) {
    this.#lacking = new Set(lacking)
  }

  has(feature: UpstreamFeature): boolean {
    return !this.#lacking.has(feature)
  }

  /** From now on the features are left out. */
  lose(features: Iterable<UpstreamFeature>): void {
    for (const feature of features) this.#lacking.add(feature)
  }

  /** The same with these features left out, for one more try. */
  without(features: Iterable<UpstreamFeature>): UpstreamAbilities {
    return new UpstreamAbilities([...this.#lacking, ...features])
  }
}

/** Words by which servers name what they reject. */
const named: Readonly<Record<UpstreamFeature, RegExp>> = {
  citations:
    /citation|search_result|content\[\]|content block|content type|messages\.\d+\.content|union|tagged/i,
  cache: /cache_control|cache control|ephemeral|\bsystem\b/i,
  tools: /\btools?\b|tool_choice|function call|--jinja/i,
  thinking: /thinking|reasoning/i,
}

/** Statuses of a request that a server does not understand. llama.cpp answers 500 to a content block that it does not know. */
const rejections: ReadonlySet<unknown> = new Set([400, 404, 422, 500, 501])

/**
 * What to leave out of the next try after a server rejected a request: what its message names, else everything that it may
 * lack, unless the model is Claude, which lacks nothing. Empty if the error has nothing to do with it, or nothing is left.
 */
export function rejectedFeatures(
  error: unknown,
  abilities: UpstreamAbilities,
  model: string,
): readonly UpstreamFeature[] {
  if (!(error instanceof APIError) || !rejections.has(error.status)) return []
  const message = `${error.apiMessage ?? ''} ${error.message}`
  const sent = upstreamFeatures.filter((feature) => abilities.has(feature))
  const meant = sent.filter((feature) => named[feature].test(message))
  // A model that is not there, or a server that is down, is not helped by a shorter request.
  const isAboutElse = isClaude(model) || error.status === 404 || error.status === 500
  return meant.length > 0 || isAboutElse ? meant : sent
}

/** A request without what a server lacks. Its citations are left out where it is written; see `CitationStyle`. */
export function withAbilities(
  body: MessageCreateParamsStreaming,
  abilities: UpstreamAbilities,
): MessageCreateParamsStreaming {
  const {tools, tool_choice: toolChoice, thinking, ...rest} = body
  const taken = {
    ...rest,
    ...(abilities.has('tools') && tools !== undefined ? {tools} : {}),
    ...(abilities.has('tools') && toolChoice !== undefined ? {tool_choice: toolChoice} : {}),
    ...(abilities.has('thinking') && thinking !== undefined ? {thinking} : {}),
  }
  return abilities.has('cache') ? taken : withoutCacheMarks(taken)
}

function withoutCacheMarks(body: MessageCreateParamsStreaming): MessageCreateParamsStreaming {
  const unmarked = <T extends object>(block: T): T => {
    const {cache_control: _, ...rest} = block as T & {cache_control?: unknown}
    return rest as T
  }
  const {system} = body
  return {
    ...body,
    // Plain text, which the simplest servers take.
    ...(Array.isArray(system) ? {system: system.map(({text}: TextBlockParam) => text).join('\n\n')} : {}),
    messages: body.messages.map((message) =>
      typeof message.content === 'string'
        ? message
        : ({...message, content: message.content.map((block) => unmarked(block))} as MessageParam),
    ),
  }
}
