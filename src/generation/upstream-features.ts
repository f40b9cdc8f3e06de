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
const upstreamFeatures = ['citations', 'cache', 'tools', 'thinking'] as const

export type UpstreamFeature = (typeof upstreamFeatures)[number]

/**
 * Whether a model is Claude, by its name. Its servers keep to the protocol by the letter, so what deviates from it is a fault
 * there, and a server's manner elsewhere.
 */
export function isClaude(model: string): boolean {
  return /claude/i.test(model)
}

/** What a server rejected, or may have. */
export interface Rejection {
  readonly features: readonly UpstreamFeature[]
  /** Whether its message named them; else they are all that there was to leave out. */
  readonly isNamed: boolean
}

/** What a server takes of a model's requests, as far as it is known: what was set, and what it has rejected since. */
export class UpstreamAbilities {
  readonly #lacking: Set<UpstreamFeature>
  /** Features without which a request went through once, though nothing named them. */
  readonly #suspected = new Set<UpstreamFeature>()

  constructor(lacking: Iterable<UpstreamFeature> = []) {
    this.#lacking = new Set(lacking)
  }

  has(feature: UpstreamFeature): boolean {
    return !this.#lacking.has(feature)
  }

  /** The same without these features, for one more try. */
  without(rejections: readonly Rejection[]): UpstreamAbilities {
    return new UpstreamAbilities([...this.#lacking, ...rejections.flatMap(({features}) => features)])
  }

  /**
   * What was rejected before a request that went through is left out from now on; what nothing named only if it helped
   * before, since it may have been a matter of that one request.
   * @returns what is left out that was not before.
   */
  learn(rejections: readonly Rejection[]): readonly UpstreamFeature[] {
    const known = new Set(this.#lacking)
    for (const {features, isNamed} of rejections) {
      for (const feature of features) {
        if (isNamed || this.#suspected.has(feature)) this.#lacking.add(feature)
        else this.#suspected.add(feature)
      }
    }
    return [...this.#lacking].filter((feature) => !known.has(feature))
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

/** Statuses that say nothing of what was in a request: of keys, of limits, of a server that is busy. */
const otherStatuses: ReadonlySet<unknown> = new Set([401, 402, 403, 407, 408, 409, 429, 529])
/** Statuses of a request that was not understood, whatever the message says. */
const rejections: ReadonlySet<unknown> = new Set([400, 422, 501])
/** Reasons that are not for what a server lacks. */
const otherReasons = /context|too long|too many tokens|length|try again|temporar|overload|busy|capacity/i

/**
 * What to leave out of the next try after a server rejected a request: what its message names, else everything that it may
 * lack, unless the model is Claude, which lacks nothing. Null if the error has nothing to do with it, or nothing is left.
 * llama.cpp answers 500 to a content block that it does not know, and some servers send an error event.
 */
export function rejectionOf(error: unknown, abilities: UpstreamAbilities, model: string): Rejection | null {
  if (!(error instanceof APIError) || otherStatuses.has(error.status)) return null
  const message = `${error.apiMessage ?? ''} ${error.message}`
  const sent = upstreamFeatures.filter((feature) => abilities.has(feature))
  const meant = sent.filter((feature) => named[feature].test(message))
  if (meant.length > 0) return {features: meant, isNamed: true}
  const isAboutElse = isClaude(model) || !rejections.has(error.status) || otherReasons.test(message)
  return isAboutElse || sent.length === 0 ? null : {features: sent, isNamed: false}
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
