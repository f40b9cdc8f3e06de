import {type AnswerState, type Citation, refOf} from '../../answers/index.ts'
import {isPartialFinish, type PageLink, type Source, type Usage} from '../../domain/index.ts'
import {sectionAddress} from '../../lib/section-address.ts'
import {type AskedIn, abstentionMarkdown, partialWordsFor} from '../answers/ending-words.ts'
import {absoluteUrl} from '../public-base.ts'

/** What OpenAI's two APIs say of an answer, in the form that both share. */

/** The only model that there is, whatever a client asks for. */
export const modelName = 'docent'

/** An answer as its asker knows it. */
export interface AnswerContext extends AskedIn {
  readonly answerId: string
  /** The key of its conversation; null for who has not begun it. */
  readonly conversationId: string | null
  /** Where this server is reached, without a slash at the end. */
  readonly base: string
  /** Seconds since the epoch. */
  readonly createdAt: number
}

/** What has become of an answer; both `AnswerState` and `AnswerSnapshot` have it. */
export type AnswerSoFar = Pick<
  AnswerState,
  | 'ending'
  | 'abstained'
  | 'reason'
  | 'nearest'
  | 'answerability'
  | 'unknownWords'
  | 'finishReason'
  | 'partial'
  | 'text'
  | 'sources'
  | 'citations'
  | 'usage'
>

/** A source as an address with a title; the address leads to its section. */
interface Link {
  readonly url: string
  readonly title: string
}

function linkOf({url, anchor, title, headings}: Source, base: string): Link {
  const heading = headings.at(-1)
  return {
    url: absoluteUrl(sectionAddress({url, anchor}), base),
    title: heading === undefined || heading === title ? title : `${title} › ${heading}`,
  }
}

/** A span of the text, in UTF-16 units, and the source that it rests on. */
export interface UrlCitation extends Link {
  readonly start_index: number
  readonly end_index: number
}

export function urlCitationOf(
  {n, start, end}: Citation,
  sources: readonly Source[],
  base: string,
): UrlCitation | null {
  const source = sources.find((each) => each.n === n)
  // The page of a source may have been withdrawn meanwhile.
  return source === undefined || source.url === ''
    ? null
    : {...linkOf(source, base), start_index: start, end_index: end}
}

/** Citations in the order of the text. */
export function urlCitationsOf(
  {citations, sources}: Pick<AnswerSoFar, 'citations' | 'sources'>,
  base: string,
): UrlCitation[] {
  return citations.flatMap((citation) => urlCitationOf(citation, sources, base) ?? [])
}

/** Sources that nothing has cited yet: a client learns of them before the first word. */
export function foundCitationsOf(sources: readonly Source[], base: string): UrlCitation[] {
  return urlCitationsOf({sources, citations: sources.map(({n}) => ({n, start: 0, end: 0}))}, base)
}

/** A source, in the order of `[n]` in the text. */
export interface OpenAiSource extends Link, Pick<Source, 'n' | 'id' | 'anchor' | 'score' | 'verified'> {
  /** Whether the text rests on it, as far as it is written. */
  readonly cited: boolean
}

export interface SourceFields {
  readonly sources: readonly OpenAiSource[]
  /** The address of each source: that of `[n]` is at `n - 1`. */
  readonly citations: readonly string[]
}

export function sourceFieldsOf(
  {sources, citations}: Pick<AnswerSoFar, 'citations' | 'sources'>,
  base: string,
): SourceFields {
  const cited = new Set(citations.map(({n}) => n))
  const links = sources.map((source) => ({...linkOf(source, base), source}))
  return {
    sources: links.map(({url, title, source: {n, id, anchor, score, verified}}) => ({
      n,
      id,
      url,
      title,
      anchor,
      score,
      cited: cited.has(n),
      ...(verified ? {verified} : {}),
    })),
    citations: links.map(({url}) => url),
  }
}

/** What OpenAI has no field for. Without an `ending`, the answer has not ended. */
export interface DocentFacts {
  readonly answer_id: string
  /** The key of the conversation, to ask on in it. Keep it as a password. */
  readonly conversation_id: string | null
  readonly ref: string
  readonly build: string | null
  readonly ending?: AnswerState['ending']
  readonly abstained?: boolean
  readonly partial?: boolean
  readonly finish_reason?: AnswerState['finishReason']
  readonly reason?: AnswerState['reason']
  readonly nearest?: readonly PageLink[]
  readonly answerability?: AnswerState['answerability']
  readonly unknown_words?: readonly string[]
}

/** @param build null while it is not known. */
export function docentFactsOf(
  {answerId, conversationId, base}: AnswerContext,
  build: string | null,
  answer: AnswerSoFar | null,
): DocentFacts {
  const identity = {answer_id: answerId, conversation_id: conversationId, ref: refOf(answerId), build}
  if (answer === null) return identity
  const {ending, abstained, partial, reason, nearest, answerability, unknownWords, finishReason} = answer
  return {
    ...identity,
    ending,
    abstained,
    partial,
    finish_reason: finishReason,
    reason,
    nearest: nearestLinks(nearest, base),
    answerability,
    unknown_words: unknownWords,
  }
}

function nearestLinks(nearest: readonly PageLink[], base: string): PageLink[] {
  return nearest.map((page) => ({...page, url: absoluteUrl(page.url, base)}))
}

/**
 * What is said after the text, with the line break before it, for clients that show nothing but text: that the docs do not
 * answer, or that the answer is partial. Empty for a whole answer.
 */
export function closingWordsOf(
  context: AnswerContext,
  {text, abstained, nearest, finishReason}: AnswerSoFar,
): string {
  const words = abstained
    ? abstentionMarkdown(context, nearestLinks(nearest, context.base))
    : isPartialFinish(finishReason)
      ? partialWordsFor(context, finishReason)
      : ''
  return words === '' || text === '' ? words : `${closingFenceOf(text)}\n\n${words}`
}

/** The end of a code block that a limit has left open: the words after it are no code. Empty for none. */
function closingFenceOf(text: string): string {
  let open: string | null = null
  for (const [, fence = '', info = ''] of text.matchAll(/^ {0,3}(`{3,}|~{3,})(.*)$/gm)) {
    if (open === null) open = fence
    else if (fence.startsWith(open) && info.trim() === '') open = null
  }
  return open === null ? '' : `\n${open}`
}

export type OpenAiFinish = 'stop' | 'length' | 'content_filter'

export function finishOf({ending, finishReason}: Pick<AnswerSoFar, 'ending' | 'finishReason'>): OpenAiFinish {
  // Its asker has left it, and asks again with the same Idempotency-Key: its text is cut, which `stop` would deny.
  if (ending === 'disconnected') return 'length'
  if (!isPartialFinish(finishReason)) return 'stop'
  return finishReason === 'refusal' ? 'content_filter' : 'length'
}

/** Tokens as OpenAI counts them: what was sent includes what came from the cache. */
export function tokensOf({inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens}: Usage) {
  const input = inputTokens + cacheReadTokens + cacheWriteTokens
  return {input, cached: cacheReadTokens, output: outputTokens, total: input + outputTokens}
}
