import type {
  AbstentionReason,
  AnswerEvent,
  CitationEvent,
  DoneEvent,
  Ending,
  ErrorCode,
  FinishReason,
  GeneratorName,
  PageLink,
  Source,
  Timings,
  Usage,
} from '../../../src/domain/index.ts'

export type Citation = Pick<CitationEvent, 'n' | 'start' | 'end' | 'quote'>

/** A whole answer. */
export interface AnswerResult {
  readonly answerId: string
  /** The key of the conversation, to ask on in it; null for an answer that was resumed. Keep it as a password. */
  readonly conversationId: string | null
  /** The answer's name for logs and analytics; gives no access. Null for one that was resumed. */
  readonly ref: string | null
  readonly build: string | null
  readonly generator: GeneratorName | null
  readonly model: string | null
  /** Of an answer that was resumed, only what came after that event, while citations count from the beginning. */
  readonly text: string
  readonly sources: readonly Source[]
  readonly citations: readonly Citation[]
  readonly ending: Ending
  readonly abstained: boolean
  /** The model declined, or a limit cut the answer; `finishReason` says which. */
  readonly partial: boolean
  readonly finishReason: FinishReason | null
  /** Why it abstained. */
  readonly reason: AbstentionReason | null
  /** Pages that come closest to a question that the docs do not answer. */
  readonly nearest: readonly PageLink[]
  /** What ended it with `error`, `timeout` or `interrupted`; the text is then as far as it came. */
  readonly error: AnswerProblem | null
  readonly usage: Usage | null
  readonly timings: Timings | null
  /** The terminal event as it came. */
  readonly terminal: Extract<AnswerEvent, {type: 'done' | 'error'}>
}

export interface AnswerProblem {
  readonly code: ErrorCode
  readonly message: string
  /** Whether asking again may help. */
  readonly retryable: boolean
  readonly retryAfterMs: number | null
}

/** The longest text of an answer, in UTF-16 units, and the most sources and citations. Docent's are far below. */
const maxTextLength = 16 * 1024 * 1024
const maxListed = 100_000

/** Gathers the events of one answer. */
export class ResultCollector {
  #start: Extract<AnswerEvent, {type: 'start'}> | null = null
  #length = 0
  readonly #texts: string[] = []
  readonly #sources: Source[] = []
  readonly #citations: Citation[] = []

  /** @throws RangeError for an answer without end. */
  add(event: AnswerEvent): void {
    if (event.type === 'start') this.#start = event
    else if (event.type === 'delta') {
      this.#length += event.text.length
      this.#texts.push(event.text)
    } else if (event.type === 'sources') this.#sources.push(...event.sources)
    else if (event.type === 'citation') {
      const {n, start, end, quote} = event
      this.#citations.push({n, start, end, ...(quote === undefined ? {} : {quote})})
    }
    const isTooLong = this.#length > maxTextLength || this.#texts.length > maxTextLength
    if (isTooLong || this.#sources.length + this.#citations.length > maxListed)
      throw new RangeError('The answer does not end.')
  }

  resultOf(answerId: string, terminal: AnswerResult['terminal']): AnswerResult {
    const start = this.#start
    const done: Partial<DoneEvent> = terminal.type === 'done' ? terminal : {}
    return {
      answerId,
      conversationId: start?.conversationId ?? null,
      ref: start?.ref ?? null,
      build: start?.build ?? null,
      generator: start?.generator ?? null,
      model: start?.model ?? null,
      text: this.#texts.join(''),
      sources: this.#sources,
      citations: this.#citations,
      ending: terminal.ending,
      abstained: done.abstained ?? false,
      partial: done.partial ?? false,
      finishReason: done.finishReason ?? null,
      reason: done.reason ?? null,
      nearest: done.nearest ?? [],
      error: terminal.type === 'error' ? problemOf(terminal) : null,
      usage: terminal.usage ?? null,
      timings: done.timings ?? null,
      terminal,
    }
  }
}

function problemOf(event: Extract<AnswerEvent, {type: 'error'}>): AnswerProblem {
  const {code, message, retryable, retryAfterMs} = event
  return {code, message, retryable, retryAfterMs: retryAfterMs ?? null}
}
