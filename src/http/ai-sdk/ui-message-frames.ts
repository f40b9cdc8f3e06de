import {
  type AnswerEvent,
  type CitationEvent,
  type DoneEvent,
  type ErrorEvent,
  isPartialFinish,
  type SequencedEvent,
  type Source,
  sourcePath,
  type ToolEvent,
} from '../../domain/index.ts'
import {sectionAddress} from '../../lib/section-address.ts'
import {type AskedIn, abstentionMarkdown, partialWordsFor} from '../answers/ending-words.ts'
import {oneLineJson} from '../answers/event-stream.ts'

export interface UiMessageOptions {
  readonly answerId: string
  readonly asked: AskedIn
  /** An address of a source as one that a page elsewhere can open. */
  readonly addressOf: (url: string) => string
  /** Whether `text-end` carries citations: for AI SDK 7, and not for versions before 5.0.250 and 6.0.250. */
  readonly textEndCitations: boolean
}

/** A part of the text that is one `text` part of the message. */
interface TextPart {
  readonly id: string
  /** `[start, end)` in UTF-16 units of the whole text. */
  readonly start: number
  end: number
}

/** A citation with the source's address, and where it is. */
interface PlacedCitation extends Omit<CitationEvent, 'type'> {
  readonly sourceId: string
  /** The text part that it is in, and its offsets there. */
  readonly part: {readonly id: string; readonly start: number; readonly end: number}
}

/**
 * The events of one answer as frames of the UI message stream of the AI SDK, version 1. Keys and types are those that
 * every version from 5.0.0 to 7 accepts: the early ones reject keys that they do not know, and all of them types.
 *
 * Call it with every event from the first on: a reader that resumes gets all of them again, with the same message id.
 * @see https://ai-sdk.dev/docs/ai-sdk-ui/stream-protocol
 * @returns the frames of an event; empty for none.
 */
export function uiMessageFrames(options: UiMessageOptions): (event: SequencedEvent) => string {
  const encoder = new UiMessageEncoder(options)
  return ({event}) => encoder.encode(event)
}

class UiMessageEncoder {
  readonly #options: UiMessageOptions
  readonly #sources = new Map<number, Source>()
  readonly #texts: TextPart[] = []
  readonly #citations: PlacedCitation[] = []
  #reasonings = 0
  #openText: TextPart | null = null
  #openReasoning: string | null = null
  #textLength = 0
  readonly #calls = new Set<string>()
  #hasUnsentCitations = false

  constructor(options: UiMessageOptions) {
    this.#options = options
  }

  encode(event: AnswerEvent): string {
    switch (event.type) {
      case 'delta':
        return this.#text(event.text)
      case 'start': {
        const {answerId, conversationId, ref, build, generator, model} = event
        // Only the asker gets the key; a replay must not take it away from a message that has it.
        const key = conversationId === null ? {} : {conversationId}
        const messageMetadata = {answerId, ...key, ref, build, generator, model}
        return (
          frame({type: 'start', messageId: this.#options.answerId, messageMetadata}) + stage('retrieving')
        )
      }
      case 'sources': {
        const {round, query, sources, answerability, unknownWords} = event
        const found = {round, query, found: sources.length, answerability, unknownWords}
        for (const source of sources) this.#sources.set(source.n, source)
        return [
          this.#close(),
          frame({type: 'data-search', id: `search-${round}`, data: found}),
          ...sources.map((source) => frame({type: 'source-url', ...this.#sourceUrl(source)})),
          stage('writing'),
        ].join('')
      }
      case 'reasoning':
        return this.#reasoning(event.text)
      case 'tool':
        return this.#close() + this.#tool(event)
      case 'citation':
        return this.#cite(event)
      case 'done':
        return this.#done(event)
      case 'error':
        return this.#error(event)
    }
  }

  #text(text: string): string {
    let opening = ''
    if (this.#openText === null) {
      const part = {id: `t${this.#texts.length + 1}`, start: this.#textLength, end: this.#textLength}
      opening = this.#close() + frame({type: 'text-start', id: part.id})
      this.#texts.push(part)
      this.#openText = part
    }
    this.#textLength += text.length
    this.#openText.end = this.#textLength
    return `${opening}data: {"type":"text-delta","id":"${this.#openText.id}","delta":${oneLineJson(text)}}\n\n`
  }

  #reasoning(text: string): string {
    let opening = ''
    if (this.#openReasoning === null) {
      opening = this.#close()
      this.#openReasoning = `r${++this.#reasonings}`
      opening += frame({type: 'reasoning-start', id: this.#openReasoning})
    }
    return opening + frame({type: 'reasoning-delta', id: this.#openReasoning, delta: text})
  }

  /** Ends the text or the reasoning that is open, so that what follows stands after it. */
  #close(): string {
    const reasoning = this.#openReasoning
    const text = this.#openText
    this.#openReasoning = null
    this.#openText = null
    if (reasoning !== null) return frame({type: 'reasoning-end', id: reasoning})
    if (text === null) return ''
    const cited = this.#options.textEndCitations
      ? this.#citations
          .filter(({part}) => part.id === text.id)
          .map((citation) => this.#textCitation(citation))
      : []
    return frame({type: 'text-end', id: text.id, ...(cited.length === 0 ? {} : {citations: cited})})
  }

  #cite({type: _, ...citation}: CitationEvent): string {
    const {n, start, end} = citation
    const part = this.#texts.find((text) => start < text.end) ?? this.#texts.at(-1)
    if (part === undefined || !this.#sources.has(n)) return ''
    const within = (offset: number) => Math.min(Math.max(offset, part.start), part.end) - part.start
    this.#citations.push({
      ...citation,
      sourceId: String(n),
      part: {id: part.id, start: within(start), end: within(end)},
    })
    this.#hasUnsentCitations = true
    const count = this.#citations.length
    return count <= eachCitation || count % eachCitation === 0 ? this.#sendCitations() : ''
  }

  /** All so far: a part with the same id replaces the one before. */
  #sendCitations(): string {
    if (!this.#hasUnsentCitations) return ''
    this.#hasUnsentCitations = false
    return frame({type: 'data-citations', id: 'citations', data: this.#citations})
  }

  /**
   * A search of the model's own is a tool that the server has run, so no client runs it or asks again when it is done. What
   * the generator says of itself is a notice.
   */
  #tool({id: toolCallId, name: toolName, status, input, output, summary}: ToolEvent): string {
    if (toolName === 'generator') {
      return frame({type: 'data-notice', id: toolCallId, data: {...Object(input), message: summary}})
    }
    const own = {toolCallId, providerExecuted: true, dynamic: true}
    if (status === 'started') {
      this.#calls.add(toolCallId)
      return (
        frame({type: 'tool-input-start', toolName, ...own}) +
        frame({type: 'tool-input-available', toolName, input: input ?? {}, ...own})
      )
    }
    // Clients fail on the result of a call that they do not know.
    if (!this.#calls.delete(toolCallId)) return ''
    return status === 'done'
      ? frame({type: 'tool-output-available', output: output ?? {summary}, ...own})
      : frame({type: 'tool-output-error', errorText: summary ?? 'It failed.', ...own})
  }

  #done(done: DoneEvent): string {
    const {
      ending,
      abstained,
      finishReason,
      partial,
      reason,
      nearest = [],
      unknownWords,
      usage,
      timings,
    } = done
    const {asked, addressOf} = this.#options
    const frames = [this.#close(), this.#sendCitations()]
    if (abstained) {
      const pages = nearest.map((page) => ({...page, url: addressOf(page.url)}))
      frames.push(
        frame({type: 'data-nearest', id: 'nearest', data: {reason, pages, unknownWords}}),
        ...ownText(abstentionMarkdown(asked, pages)),
      )
    }
    if (ending === 'complete' && isPartialFinish(finishReason))
      frames.push(...ownText(partialWordsFor(asked, finishReason)))
    const messageMetadata = {ending, abstained, partial, finishReason, reason, usage, timings}
    frames.push(stage('ended'), frame({type: 'message-metadata', messageMetadata}))
    // Nothing that was broken off is said to have finished.
    frames.push(
      ending === 'complete' || ending === 'abstained' ? frame({type: 'finish'}) : frame({type: 'abort'}),
    )
    return `${frames.join('')}${streamEnd}`
  }

  #error({ending, code, message, retryable, retryAfterMs, usage}: ErrorEvent): string {
    const messageMetadata = {ending, error: {code, message, retryable, retryAfterMs}, usage}
    // Clients read nothing after an error.
    return [
      this.#close(),
      this.#sendCitations(),
      stage('ended'),
      frame({type: 'message-metadata', messageMetadata}),
      frame({type: 'error', errorText: message}),
      streamEnd,
    ].join('')
  }

  #sourceUrl(source: Source) {
    const {n, id, title, headings, score, snippet, highlights, verified} = source
    return {
      sourceId: String(n),
      url: this.#options.addressOf(sectionAddress(source)),
      title: sourcePath(source),
      providerMetadata: {docent: {n, id, title, headings, score, snippet, highlights, verified}},
    }
  }

  #textCitation({n, quote, part}: PlacedCitation) {
    const {sourceId, url, title} = this.#sourceUrl(this.#sources.get(n)!)
    return {
      source: {type: 'source', sourceType: 'url', id: sourceId, url, title},
      startIndex: part.start,
      endIndex: part.end,
      ...(quote === undefined ? {} : {citedText: quote}),
    }
  }
}

/** So many citations are sent one by one; then each time as many more have come, and at the end. */
const eachCitation = 20

const streamEnd = 'data: [DONE]\n\n'

/** One part of the message; its fields that are undefined are left out. */
function frame(part: {readonly type: string} & Readonly<Record<string, unknown>>): string {
  return `data: ${oneLineJson(part)}\n\n`
}

function stage(name: 'retrieving' | 'writing' | 'ended'): string {
  return frame({type: 'data-stage', id: 'stage', data: {stage: name}})
}

/** A text that Docent says of itself, after that of the answer. */
function ownText(text: string): string[] {
  return [
    frame({type: 'text-start', id: 'ending'}),
    frame({type: 'text-delta', id: 'ending', delta: text}),
    frame({type: 'text-end', id: 'ending'}),
  ]
}
