import {
  type AnswerState,
  errorEventOf,
  type GrowingAnswerState,
  type Journal,
  type JournalEntry,
  type JournalFacts,
  refOf,
} from '../answers/index.ts'
import {
  type AnswerEvent,
  type DocentError,
  type DoneEvent,
  type Ending,
  type ErrorCode,
  inCurrentForm,
  isTerminal,
  noUsage,
  type SequencedEvent,
  type TerminalEvent,
  toDocentError,
  type Usage,
} from '../domain/index.ts'
import type {GenerationReport} from '../generation/index.ts'
import {type AnswerSummary, answerSummaryOf} from './answer-summary.ts'
import type {Deadlines, RunLimits} from './answering-limits.ts'
import {LiveReaders} from './live-readers.ts'
import type {RunReader} from './run-reader.ts'
import {RunTimers} from './run-timers.ts'

export interface RunOptions {
  readonly entry: JournalEntry
  /** The key of the conversation that `entry` has the digest of. */
  readonly conversationId: string
  /** Empty. The run adds its events; the journal was given it to read. */
  readonly state: GrowingAnswerState
  /** Milliseconds since the epoch, `entry.startedAt` when the question was accepted; see `steadyClock`. */
  readonly clock: () => number
  readonly journal: Pick<Journal, 'append' | 'note'>
  /** Whether it goes on for `graceMs` when its last reader has left. */
  readonly resumable: boolean
  readonly graceMs: number
  /** How long it waits for its first reader. */
  readonly firstReaderMs: number
  readonly deadlines: Deadlines
  readonly limits: Pick<RunLimits, 'pauseLagEvents' | 'maxReaderLagEvents'>
  /** Called once. `unexpected` is an error that is nobody's but ours. */
  readonly onEnd: (summary: AnswerSummary, unexpected: DocentError | null) => void
}

/** How an answer is done. The run adds the rest of the event itself. */
type Done = Omit<DoneEvent, 'type' | 'timings' | 'usage' | 'abstained' | 'partial'> & {readonly usage?: Usage}

/**
 * The life of one answer, apart from any connection: its events in order, its readers, its deadlines and its one
 * ending. What its events say is the writer's, see `writeAnswer`.
 */
export class Run {
  readonly entry: JournalEntry
  /** Resolves with the terminal event; never rejects. */
  readonly ended: Promise<Ending>
  readonly #options: RunOptions
  readonly #events: SequencedEvent[] = []
  readonly #readers: LiveReaders
  readonly #timers: RunTimers
  readonly #work = new AbortController()
  readonly #notes: string[] = []
  #resolveEnded!: (ending: Ending) => void
  #isEnded = false
  #conversationId: string | null
  /** As the generator has reported it so far. */
  #usage: Usage = noUsage
  #modelCalls = 0
  #droppedCitations = 0

  constructor(options: RunOptions) {
    const {entry, conversationId, deadlines, firstReaderMs, limits} = options
    this.#options = options
    this.entry = entry
    this.#conversationId = conversationId
    this.ended = new Promise((resolve) => {
      this.#resolveEnded = resolve
    })
    this.#readers = new LiveReaders({
      events: this.#events,
      isEnded: () => this.#isEnded,
      pauseLagEvents: limits.pauseLagEvents,
      maxReaderLagEvents: limits.maxReaderLagEvents,
      onRead: () => this.#timers.read(),
      onUnread: () => this.#unread(),
    })
    this.#timers = new RunTimers({
      deadlines,
      firstReaderMs,
      onDeadline: (code) => this.fail(code),
      onUnread: () => this.finish({ending: 'disconnected'}),
    })
  }

  /** What the events so far add up to. */
  get state(): AnswerState {
    return this.#options.state
  }

  get isEnded(): boolean {
    return this.#isEnded
  }

  get eventCount(): number {
    return this.#events.length
  }

  /** Aborts when the run ends other than by its writer having finished: all work for it is to stop then. */
  get signal(): AbortSignal {
    return this.#work.signal
  }

  /** Whether no reader is near enough to want more; true without readers. `readersCatchUp` waits for that. */
  get isAheadOfReaders(): boolean {
    return this.#readers.allLag
  }

  /** Resolves when some reader has come near enough, or nobody reads, or the run has ended. */
  readersCatchUp(): Promise<void> {
    return this.#readers.catchUp()
  }

  /**
   * Emits `start`. `write` is called in the next turn of the event loop, so that the first bytes can leave before
   * retrieval takes the processor; the run fails with what it rejects with.
   */
  begin(write: () => Promise<void>): void {
    const {answerId, build, generator, model, embedding} = this.entry
    const ref = refOf(answerId)
    this.emit({type: 'start', answerId, conversationId: null, ref, build, generator, model, embedding})
    setImmediate(() => {
      if (this.#isEnded) return
      write().catch((error: unknown) => {
        // After the end this is work that was aborted, or its clean-up; the ending stands.
        if (this.#isEnded) return
        const failure = toDocentError(error)
        this.fail(failure.code, failure)
      })
    })
  }

  /** Adds the next event; nothing once the run has ended. */
  emit(event: AnswerEvent, at = this.#options.clock()): void {
    if (this.#isEnded) return
    const {state, journal} = this.#options
    const sequenced: SequencedEvent = {seq: this.#events.length + 1, at, event}
    this.#events.push(sequenced)
    state.add(sequenced)
    journal.append(this.entry.answerId, sequenced)
    if (isTerminal(event)) this.#isEnded = true
    this.#readers.notice(event.type === 'delta')
  }

  note(facts: JournalFacts): void {
    this.#options.journal.note(this.entry.answerId, facts)
  }

  /** Notes one more step for staff, as a sentence. */
  noteStep(step: string): void {
    this.#notes.push(step)
    this.note({notes: [...this.#notes]})
  }

  /** The generator lives: the deadline of the first token is met. */
  signOfLife(): void {
    this.#timers.signOfLife()
  }

  /** Takes what the generator reports besides its events. */
  report({usage, modelCall, ...facts}: GenerationReport): void {
    if (this.#isEnded) return
    if (usage !== undefined) this.#usage = usage
    if (modelCall !== undefined) this.#modelCalls += modelCall === 'sent' ? 1 : -1
    if (Object.keys(facts).length > 0) this.note(facts)
  }

  countModelCall(): void {
    this.#modelCalls += 1
  }

  /** Counts citations that did not hold against the sources; the log says so at the end. */
  countDroppedCitations(count: number): void {
    this.#droppedCitations += count
  }

  /** A reader of the events after `after`, the past first. It counts until it leaves or the signal aborts. */
  read(after: number, signal: AbortSignal): RunReader {
    return this.#readers.read(after, signal)
  }

  /** The key of its conversation, once: for the first delivery to who asked. Null ever after. */
  takeConversationId(): string | null {
    const given = this.#conversationId
    this.#conversationId = null
    return given
  }

  /** Ends the run as the visitor wished. */
  stop(): void {
    this.finish({ending: 'stopped'})
  }

  /** Ends the run as `done`; nothing happens to one that has ended. */
  finish(done: Done): void {
    if (this.#isEnded) return
    const {state, clock} = this.#options
    const at = clock()
    const timings = state.timings(at)
    // The grammar promises a `sources` event before `done`; whoever left during retrieval was shown none.
    if (state.rounds === 0) {
      this.emit({type: 'sources', round: 1, query: this.entry.question, sources: [], linkHosts: []}, at)
    }
    const usage = done.usage ?? this.#usage
    this.#end(
      inCurrentForm({type: 'done', abstained: done.ending === 'abstained', ...done, usage, timings}),
      at,
    )
  }

  /** Ends the run as `error`; nothing happens to one that has ended. */
  fail(code: ErrorCode, error: DocentError | null = null): void {
    if (this.#isEnded) return
    if (error !== null) {
      const requestId = error.details['upstreamRequestId'] ?? error.details['requestId']
      this.note({
        errorDetail: error.message,
        ...(typeof requestId === 'string' ? {upstreamRequestId: requestId} : {}),
      })
    }
    const event = errorEventOf(code, error?.retryAfterMs ?? null)
    const terminal = this.#usage === noUsage ? event : {...event, usage: this.#usage}
    this.#end(terminal, this.#options.clock(), code === 'internal' ? error : null)
  }

  #end(terminal: TerminalEvent, at: number, unexpected: DocentError | null = null): void {
    if (this.#droppedCitations > 0) {
      this.noteStep(
        `${this.#droppedCitations} citation(s) that did not hold against the sources were dropped.`,
      )
    }
    this.emit(terminal, at)
    this.#timers.clear()
    this.#readers.release()
    // A generator that has finished is left to close by itself; any other end closes its request at once.
    if (terminal.ending !== 'complete' && terminal.ending !== 'abstained') this.#work.abort()
    const {onEnd, state} = this.#options
    onEnd(answerSummaryOf(this.entry, terminal, state, this.#modelCalls > 0), unexpected)
    this.#resolveEnded(terminal.ending)
  }

  #unread(): void {
    if (this.#isEnded) return
    const {resumable, graceMs} = this.#options
    if (resumable && graceMs > 0) this.#timers.unread(graceMs)
    else this.finish({ending: 'disconnected'})
  }
}
