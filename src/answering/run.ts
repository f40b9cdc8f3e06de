import type {Journal, JournalEntry, JournalFacts} from '../answers/index.ts'
import {type AnswerFold, createAnswerFold, errorEventOf, refOf} from '../answers/index.ts'
import {
  type AnswerEvent,
  type CitationEvent,
  type DeltaEvent,
  DocentError,
  type DoneEvent,
  type Ending,
  type ErrorCode,
  type FinishReason,
  isTerminal,
  noUsage,
  type Question,
  type RetrievedSource,
  type SequencedEvent,
  type Source,
  type SourcesEvent,
  shownSource,
  type TerminalEvent,
  type Timings,
  type ToolEvent,
  type Turn,
  toDocentError,
  toldToday,
  type Usage,
} from '../domain/index.ts'
import type {FinishEvent, GenerationEvent, GenerationFacts, Generator} from '../generation/index.ts'
import {headOf} from '../lib/cut.ts'
import {allWellFormed, WellFormedPieces, wellFormed} from '../lib/well-formed.ts'
import type {Retrieval, Retriever} from '../retrieval/index.ts'
import {linkHostsIn} from '../text/link-hosts.ts'
import {LiveReaders} from './live-readers.ts'
import type {RunReader} from './run-reader.ts'

export interface Deadlines {
  /** Longest wait, from the question on, for the first sign of life of the generator. */
  readonly firstTokenMs: number
  /** Longest time for a whole answer. */
  readonly answerMs: number
}

/** Bounds of one run. */
export interface RunLimits {
  readonly sourcesPerAnswer: number
  /** Retrievals in all, the first one included. */
  readonly maxRounds: number
  /** UTF-16 units of an answer; a longer one ends as `upstream_invalid`. */
  readonly maxTextChars: number
  readonly maxEvents: number
  /** The generator is not pulled further while every reader is so many events behind. */
  readonly pauseLagEvents: number
  /** A reader that takes nothing while so many events come is ended. */
  readonly maxReaderLagEvents: number
}

export const defaultRunLimits: RunLimits = {
  sourcesPerAnswer: 6,
  maxRounds: 4,
  maxTextChars: 400_000,
  maxEvents: 200_000,
  pauseLagEvents: 256,
  maxReaderLagEvents: 20_000,
}

/** What an answer that goes on from another one begins with. */
export interface Continued {
  readonly answerId: string
  readonly text: string
  readonly sources: readonly SourcesEvent[]
  readonly citations: readonly Omit<CitationEvent, 'type'>[]
}

export interface AnswerSummary {
  readonly answerId: string
  readonly channel: string
  readonly ending: Ending
  readonly finishReason: FinishReason | null
  readonly partial: boolean
  /** Whether a model was called for it, as far as that is paid for: to write it, or to put its question. */
  readonly calledModel: boolean
  readonly code: ErrorCode | null
  readonly usage: Usage
  readonly timings: Timings
}

export interface RunOptions {
  readonly entry: JournalEntry
  /** The key of the conversation that `entry` has the digest of. */
  readonly conversationId: string
  readonly question: Question
  readonly history: readonly Turn[]
  readonly continued: Continued | null
  readonly retriever: Retriever
  readonly generator: Generator
  readonly journal: Journal
  readonly deadlines: Deadlines
  /** How long the run goes on without a reader. */
  readonly graceMs: number
  /** How long a run waits for its first reader. */
  readonly firstReaderMs: number
  readonly limits: RunLimits
  readonly onEnd: (summary: AnswerSummary, unexpected: DocentError | null) => void
}

/** One answer on its way, apart from any connection. */
export interface Run {
  readonly entry: JournalEntry
  readonly fold: AnswerFold
  readonly isEnded: boolean
  /** Resolves with the terminal event; never rejects. */
  readonly ended: Promise<Ending>
  /** A reader of the events after `after`, the past first. It counts until it leaves or the signal aborts. */
  read(after: number, signal: AbortSignal): RunReader
  /** The key of its conversation, once: for the first delivery to who asked. Null ever after. */
  takeConversationId(): string | null
  /** Ends the run now and closes the upstream request; nothing happens to a run that has ended. */
  stop(): void
  interrupt(code: 'shutting_down'): void
}

/** A delta longer than this becomes several, so that no frame and no row grows without bound. */
const maxDeltaChars = 16_384
const maxReasoningChars = 200_000
const maxToolInputChars = 8_192

/**
 * Begins a run: `start` is journalled before this returns, the work begins in the next turn of the event loop, so
 * that the first bytes can leave before retrieval takes the processor.
 */
export function beginRun(options: RunOptions): Run {
  const {entry, journal, limits, question} = options
  const upstream = new AbortController()
  const events: SequencedEvent[] = []
  const fold = createAnswerFold(entry.startedAt)
  const readers = new LiveReaders({
    events,
    isEnded: () => isEnded,
    pauseLagEvents: limits.pauseLagEvents,
    maxReaderLagEvents: limits.maxReaderLagEvents,
    onCame() {
      if (leavingTimer !== null) clearTimeout(leavingTimer)
      leavingTimer = null
    },
    onEmpty: nobodyReads,
  })
  const shownNumbers = new Set<number>()
  const shownIds = new Map<string, number>()
  const notes: string[] = []
  const clockStart = performance.now()

  let resolveEnded: (ending: Ending) => void
  const ended = new Promise<Ending>((resolve) => {
    resolveEnded = resolve
  })
  let conversationId: string | null = options.conversationId
  let isEnded = false
  let round = 0
  let nextNumber = 1
  let droppedCitations = 0
  let reasoningChars = 0
  const textPieces = new WellFormedPieces()
  const reasoningPieces = new WellFormedPieces()
  let textBase = 0
  /** What the generator said it has spent so far. */
  let spent = noUsage
  let modelCalls = 0

  const firstTokenTimer = setTimeout(() => fail('first_token_timeout'), options.deadlines.firstTokenMs)
  const answerTimer = setTimeout(() => fail('answer_timeout'), options.deadlines.answerMs)
  let leavingTimer: ReturnType<typeof setTimeout> | null = setTimeout(disconnect, options.firstReaderMs)

  // A wall clock that jumps must not bend an answer's timing: times are its beginning plus what has passed.
  const clock = () => entry.startedAt + Math.round(performance.now() - clockStart)

  function emit(event: AnswerEvent, at = clock()): void {
    if (isEnded) return
    const sequenced: SequencedEvent = {seq: events.length + 1, at, event}
    events.push(sequenced)
    fold.add(sequenced)
    journal.append(entry.answerId, sequenced)
    const isDelta = event.type === 'delta'
    if (isTerminal(event)) isEnded = true
    readers.notice(isDelta)
  }

  function note(facts: JournalFacts): void {
    journal.note(entry.answerId, facts)
  }

  function noteStep(step: string): void {
    notes.push(step)
    note({notes: [...notes]})
  }

  function end(terminal: TerminalEvent, at: number, unexpected: DocentError | null = null): void {
    if (isEnded) return
    if (droppedCitations > 0) {
      noteStep(`${droppedCitations} citation(s) that did not hold against the sources were dropped.`)
    }
    emit(terminal, at)
    clearTimeout(firstTokenTimer)
    clearTimeout(answerTimer)
    if (leavingTimer !== null) clearTimeout(leavingTimer)
    leavingTimer = null
    readers.release()
    // A generator that has finished is left to close by itself; any other end closes its request at once.
    if (terminal.ending !== 'complete' && terminal.ending !== 'abstained') upstream.abort()
    options.onEnd(
      {
        answerId: entry.answerId,
        channel: entry.channel,
        ending: terminal.ending,
        finishReason: fold.finishReason,
        partial: fold.partial,
        calledModel: modelCalls > 0,
        code: terminal.type === 'error' ? terminal.code : null,
        usage: fold.usage,
        timings: fold.timings(),
      },
      unexpected,
    )
    resolveEnded(terminal.ending)
  }

  function finish(
    done: Omit<DoneEvent, 'type' | 'timings' | 'usage' | 'abstained' | 'partial'> & {usage?: Usage},
  ): void {
    if (isEnded) return
    const at = clock()
    const timings = fold.timings(at)
    // The grammar promises a `sources` event before `done`; whoever left during retrieval was shown none.
    if (round === 0)
      emit({type: 'sources', round: 1, query: question.question, sources: [], linkHosts: []}, at)
    end(
      toldToday({
        type: 'done',
        abstained: done.ending === 'abstained',
        ...done,
        usage: done.usage ?? spent,
        timings,
      }),
      at,
    )
  }

  function fail(code: ErrorCode, error: DocentError | null = null): void {
    if (isEnded) return
    if (error !== null) {
      const requestId = error.details['upstreamRequestId'] ?? error.details['requestId']
      note({
        errorDetail: error.message,
        ...(typeof requestId === 'string' ? {upstreamRequestId: requestId} : {}),
      })
    }
    const terminal = errorEventOf(code, error?.retryAfterMs ?? null)
    const told = spent === noUsage ? terminal : {...terminal, usage: spent}
    end(told, clock(), code === 'internal' ? error : null)
  }

  function disconnect(): void {
    finish({ending: 'disconnected'})
  }

  function nobodyReads(): void {
    if (isEnded) return
    if (question.resumable && options.graceMs > 0) {
      if (leavingTimer !== null) clearTimeout(leavingTimer)
      leavingTimer = setTimeout(disconnect, options.graceMs)
    } else {
      disconnect()
    }
  }

  /** Numbers what is new, shows it, and gives it back; a known section keeps its number and is not shown again. */
  function showSources(query: string, found: readonly RetrievedSource[]): RetrievedSource[] {
    const fresh: RetrievedSource[] = []
    for (const source of found) {
      if (shownIds.has(source.id)) continue
      const numbered = source.n === nextNumber ? source : {...source, n: nextNumber}
      nextNumber += 1
      shownIds.set(numbered.id, numbered.n)
      shownNumbers.add(numbered.n)
      fresh.push(numbered)
    }
    round += 1
    const sources = fresh.map(shownSource)
    // A query that a model wrote may have half a character in it.
    emit({type: 'sources', round, query: wellFormed(query), sources, linkHosts: linkHostsOf(fresh)})
    return fresh
  }

  function retrieve(query: string, history: readonly Turn[]): Promise<Retrieval> {
    return options.retriever.retrieve(
      {
        question: query,
        history,
        version: question.version,
        limit: limits.sourcesPerAnswer,
        firstNumber: nextNumber,
      },
      {
        signal: upstream.signal,
        onModelCall() {
          modelCalls += 1
        },
      },
    )
  }

  function checkBuild(retrieval: Retrieval): void {
    if (retrieval.build === entry.build) return
    noteStep(`The index was swapped meanwhile: searched build ${retrieval.build}.`)
  }

  async function search(query: string): Promise<readonly RetrievedSource[]> {
    clearTimeout(firstTokenTimer)
    if (isEnded || round >= limits.maxRounds) return []
    const retrieval = await retrieve(query, [])
    // Checked again: another search may have been answered meanwhile.
    if (isEnded || round >= limits.maxRounds) return []
    checkBuild(retrieval)
    return showSources(retrieval.query, retrieval.abstention === null ? retrieval.sources : [])
  }

  /** Sends again what the earlier answer had, so that this one is whole in itself. */
  function resend(continued: Continued): void {
    for (const shown of continued.sources) {
      round += 1
      emit({...shown, round})
      for (const source of shown.sources) remember(source)
    }
    emitText(continued.text)
    for (const citation of continued.citations) emit({type: 'citation', ...citation})
    textBase = fold.textLength
  }

  function remember(source: Source): void {
    shownIds.set(source.id, source.n)
    shownNumbers.add(source.n)
    nextNumber = Math.max(nextNumber, source.n + 1)
  }

  /** What the generator may quote when it goes on: the sources shown before, read again from the index. */
  async function sourcesToContinue(continued: Continued): Promise<RetrievedSource[]> {
    const byNumber = new Map<number, RetrievedSource>()
    const queries = continued.sources.length > 0 ? continued.sources : [null]
    for (const [index, shown] of queries.slice(0, limits.maxRounds).entries()) {
      // The first round is completed from the history again; later ones were searched as they stand.
      const retrieval =
        index === 0 || shown === null
          ? await retrieve(question.question, options.history)
          : await retrieve(shown.query, [])
      if (isEnded) return []
      if (index === 0) checkBuild(retrieval)
      for (const source of retrieval.sources) {
        const n = shownIds.get(source.id)
        if (n !== undefined) byNumber.set(n, {...source, n})
      }
      if (index === 0 && byNumber.size === 0 && retrieval.abstention === null) {
        for (const source of showSources(retrieval.query, retrieval.sources)) byNumber.set(source.n, source)
      }
    }
    return [...byNumber.values()].sort((a, b) => a.n - b.n)
  }

  async function answer(): Promise<void> {
    let sources: RetrievedSource[]
    if (options.continued !== null) {
      resend(options.continued)
      sources = await sourcesToContinue(options.continued)
      if (isEnded) return
      if (sources.length === 0) return finish({ending: 'abstained', reason: 'no_hits', nearest: []})
    } else {
      const retrieval = await retrieve(question.question, options.history)
      if (isEnded) return
      note({retrievalTimings: retrieval.timings})
      checkBuild(retrieval)
      const abstention =
        retrieval.abstention ??
        (retrieval.sources.length === 0 ? ({reason: 'no_hits', nearest: []} as const) : null)
      if (abstention !== null) {
        note({considered: retrieval.sources.map(shownSource)})
        showSources(retrieval.query, [])
        return finish({ending: 'abstained', reason: abstention.reason, nearest: abstention.nearest})
      }
      sources = showSources(retrieval.query, retrieval.sources)
    }
    await generate(sources)
  }

  async function generate(sources: readonly RetrievedSource[]): Promise<void> {
    const generation = options.generator.generate(
      {
        question: question.question,
        history: options.history,
        sources,
        search,
        continueFrom: options.continued?.text || null,
        report,
      },
      {signal: upstream.signal},
    )
    for await (const event of generation) {
      if (isEnded) return
      if (event.type === 'finish') return complete(event)
      relay(event)
      if (isEnded) return
      if (readers.allLag) await readers.room()
      if (isEnded) return
    }
    throw new DocentError('upstream_cut', 'The generator ended without saying that it had finished')
  }

  function report({usage, modelCall, ...facts}: GenerationFacts): void {
    if (isEnded) return
    if (usage !== undefined) spent = usage
    if (modelCall !== undefined) modelCalls += modelCall === 'sent' ? 1 : -1
    if (Object.keys(facts).length > 0) note(facts)
  }

  function complete(finished: FinishEvent): void {
    emitText(textPieces.end())
    if (finished.upstreamRequestId !== null) note({upstreamRequestId: finished.upstreamRequestId})
    droppedCitations += finished.droppedCitations ?? 0
    const isSilent = fold.textLength === textBase
    // A refusal or a spent budget may well leave no text; an ordinary end may not.
    if (
      isSilent &&
      textBase === 0 &&
      (finished.finishReason === 'end' || finished.finishReason === 'extract')
    ) {
      fail('upstream_invalid', new DocentError('upstream_invalid', 'The generator finished without any text'))
    } else {
      finish({ending: 'complete', finishReason: finished.finishReason, usage: finished.usage})
    }
  }

  function relay(event: Exclude<GenerationEvent, FinishEvent>): void {
    if (events.length >= limits.maxEvents) {
      throw new DocentError('upstream_invalid', `The generator sent more than ${limits.maxEvents} events`)
    }
    if (event.type === 'delta') {
      relayDelta(event)
    } else if (event.type === 'citation') {
      relayCitation(event)
    } else if (event.type === 'tool') {
      emit(boundedTool(event))
    } else {
      clearTimeout(firstTokenTimer)
      reasoningChars += event.text.length
      const text = reasoningPieces.push(event.text)
      if (text !== '' && reasoningChars <= maxReasoningChars) emit({...event, text})
    }
  }

  function relayDelta({text}: DeltaEvent): void {
    if (text === '') return
    clearTimeout(firstTokenTimer)
    emitText(textPieces.push(text))
    if (fold.textLength > limits.maxTextChars) {
      throw new DocentError(
        'upstream_invalid',
        `The generator sent more than ${limits.maxTextChars} characters`,
      )
    }
  }

  function emitText(text: string): void {
    let rest = text
    while (rest.length > maxDeltaChars) {
      const head = headOf(rest, maxDeltaChars)
      emit({type: 'delta', text: head})
      rest = rest.slice(head.length)
    }
    if (rest !== '') emit({type: 'delta', text: rest})
  }

  function relayCitation(citation: CitationEvent): void {
    const start = citation.start + textBase
    const end = citation.end + textBase
    const isSound =
      shownNumbers.has(citation.n) &&
      Number.isInteger(start) &&
      Number.isInteger(end) &&
      citation.start >= 0 &&
      start <= end &&
      end <= fold.textLength
    if (isSound) emit(allWellFormed({...citation, start, end}))
    else droppedCitations += 1
  }

  const run: Run = {
    entry,
    fold,
    ended,
    get isEnded() {
      return isEnded
    },
    read: (after, signal) => readers.read(after, signal),
    takeConversationId() {
      const given = conversationId
      conversationId = null
      return given
    },
    stop: () => finish({ending: 'stopped'}),
    interrupt: (code) => fail(code),
  }

  journal.begin(entry)
  emit({
    type: 'start',
    answerId: entry.answerId,
    conversationId: null,
    ref: refOf(entry.answerId),
    build: entry.build,
    generator: entry.generator,
    model: entry.model,
    embedding: entry.embedding,
  })
  setImmediate(() => {
    if (isEnded) return
    answer().catch((error: unknown) => {
      // After the end this is the generator that was told to abort, or its clean-up; the ending stands.
      if (isEnded) return
      const failure = toDocentError(error)
      fail(failure.code, failure)
    })
  })
  return run
}

function linkHostsOf(sources: readonly RetrievedSource[]): string[] {
  return linkHostsIn(sources.map(({url, markdown, text}) => `${url}\n${markdown}\n${text}`).join('\n'))
}

function boundedTool(event: ToolEvent): ToolEvent {
  if (event.input === undefined) return allWellFormed(event)
  let size = Number.POSITIVE_INFINITY
  try {
    size = JSON.stringify(event.input)?.length ?? 0
  } catch {
    // Not JSON, so it cannot be sent or stored: left out like one that is too large.
  }
  if (size <= maxToolInputChars) return allWellFormed(event)
  const {input: _, ...rest} = event
  return allWellFormed(rest)
}
