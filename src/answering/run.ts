import {
  type AnswerMaterial,
  type AnswerState,
  errorEventOf,
  type Journal,
  type JournalDetails,
  type JournalEntry,
  refOf,
  type WritableAnswerState,
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
  /** The key of the conversation whose digest is in `entry`. */
  readonly conversationId: string
  /** An empty state. The run adds its events; the journal reads it. */
  readonly state: WritableAnswerState
  /** Returns milliseconds since the epoch: `entry.startedAt` when the question was accepted; see `steadyClock`. */
  readonly clock: () => number
  readonly journal: Pick<Journal, 'append' | 'note' | 'keep'>
  /** Whether it continues for `graceMs` after its last reader has left. */
  readonly resumable: boolean
  readonly graceMs: number
  /** How long it waits for its first reader. */
  readonly firstReaderMs: number
  readonly deadlines: Deadlines
  readonly limits: Pick<RunLimits, 'pauseLagEvents' | 'maxReaderLagEvents'>
  /** Called once. `unexpected` is an error that points to a bug in Docent. */
  readonly onEnd: (summary: AnswerSummary, unexpected: DocentError | null) => void
}

/** More than an answer sends with its searches and retries. */
const maxRequestsKept = 10

/** What a `done` event says about the ending. The run adds the rest of the event. */
type DoneFields = Omit<DoneEvent, 'type' | 'timings' | 'usage' | 'abstained' | 'partial'> & {
  readonly usage?: Usage
}

/**
 * The life cycle of one answer, independent of any connection: its events in order, its readers, its deadlines and its
 * one ending. The content of the events comes from the writer, see `writeAnswer`.
 */
export class Run {
  readonly entry: JournalEntry
  /** Resolves with the terminal event; never rejects. */
  readonly ended: Promise<Ending>
  readonly #options: RunOptions
  readonly #events: SequencedEvent[] = []
  readonly #readers: LiveReaders
  readonly #timers: RunTimers
  readonly #abortController = new AbortController()
  readonly #notes: string[] = []
  #resolveEnded!: (ending: Ending) => void
  #hasEnded = false
  #conversationId: string | null
  /** Until when another process reads it, by a monotonic clock. */
  #readElsewhereUntil = 0
  /** The usage reported by the generator so far. */
  #usage: Usage = noUsage
  #modelCalls = 0
  #requests = 0
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
      hasEnded: () => this.#hasEnded,
      pauseLagEvents: limits.pauseLagEvents,
      maxReaderLagEvents: limits.maxReaderLagEvents,
      onReaderJoined: () => this.#timers.readerJoined(),
      onLastReaderLeft: () => this.#lastReaderLeft(),
    })
    this.#timers = new RunTimers({
      deadlines,
      firstReaderMs,
      onDeadline: (code) => this.fail(code),
      onAbandoned: () => this.finish({ending: 'disconnected'}),
    })
  }

  /** The state that the events so far add up to. */
  get state(): AnswerState {
    return this.#options.state
  }

  get hasEnded(): boolean {
    return this.#hasEnded
  }

  get eventCount(): number {
    return this.#events.length
  }

  /** Aborts when the run ends before its writer has finished: all work for it must stop then. */
  get signal(): AbortSignal {
    return this.#abortController.signal
  }

  /** Whether every reader is too far behind to need more events; true without readers. See `waitForReaders`. */
  get isAheadOfReaders(): boolean {
    return this.#readers.areAllLagging
  }

  /** Whether it goes on, and all who read it have left. */
  get hasLostReaders(): boolean {
    return !this.#hasEnded && this.#readers.areGone
  }

  /** Resolves when a reader has caught up, or there are no readers, or the run has ended. */
  waitForReaders(): Promise<void> {
    return this.#readers.waitUntilCaughtUp()
  }

  /**
   * Emits `start`. `write` is called in the next turn of the event loop, so that the first bytes are sent before
   * retrieval occupies the thread. If it rejects, the run fails with that error.
   */
  begin(write: () => Promise<void>): void {
    const {answerId, build, generator, model, embedding} = this.entry
    const ref = refOf(answerId)
    this.emit({type: 'start', answerId, conversationId: null, ref, build, generator, model, embedding})
    setImmediate(() => {
      if (this.#hasEnded) return
      write().catch((error: unknown) => {
        // After the end this comes from aborted work or its clean-up; the ending stands.
        if (this.#hasEnded) return
        const failure = toDocentError(error)
        this.fail(failure.code, failure)
      })
    })
  }

  /** Adds the next event. Does nothing once the run has ended. */
  emit(event: AnswerEvent, at = this.#options.clock()): void {
    if (this.#hasEnded) return
    const {state, journal} = this.#options
    const sequenced: SequencedEvent = {seq: this.#events.length + 1, at, event}
    this.#events.push(sequenced)
    state.add(sequenced)
    journal.append(this.entry.answerId, sequenced)
    if (isTerminal(event)) this.#hasEnded = true
    this.#readers.notify(event.type === 'delta')
  }

  note(details: JournalDetails): void {
    this.#options.journal.note(this.entry.answerId, details)
  }

  /** Keeps what the answer is made of, for staff. Does nothing once the run has ended. */
  keep(material: AnswerMaterial): void {
    if (!this.#hasEnded) this.#options.journal.keep(this.entry.answerId, material)
  }

  /** Adds a note for staff, as a sentence. */
  noteStep(step: string): void {
    this.#notes.push(step)
    this.note({notes: [...this.#notes]})
  }

  /** The generator has produced something: the deadline of the first token is met. */
  generatorResponded(): void {
    this.#timers.generatorResponded()
  }

  /** Records what the generator reports besides its events. */
  report({usage, modelCall, request, note, ...facts}: GenerationReport): void {
    if (this.#hasEnded) return
    if (request !== undefined && this.#requests < maxRequestsKept) {
      this.keep({request: {n: ++this.#requests, at: this.#options.clock(), ...request}})
    }
    if (usage !== undefined) this.#usage = usage
    if (modelCall !== undefined) this.#modelCalls += modelCall === 'sent' ? 1 : -1
    if (note !== undefined) this.noteStep(note)
    if (Object.keys(facts).length > 0) this.note(facts)
  }

  countModelCall(): void {
    this.#modelCalls += 1
  }

  /** Counts citations that did not match the sources; a note says so at the end. */
  countDroppedCitations(count: number): void {
    this.#droppedCitations += count
  }

  /** Opens a reader of the events after `after`, past ones first. It counts until it leaves or the signal aborts. */
  read(after: number, signal: AbortSignal): RunReader {
    return this.#readers.read(after, signal)
  }

  /** Another process reads it for so many milliseconds, unless that is said again. */
  readElsewhere(forMs: number): void {
    if (this.#hasEnded) return
    this.#readElsewhereUntil = performance.now() + forMs
    if (!this.#readers.areThere) this.#timers.lastReaderLeft(forMs + this.#options.graceMs)
  }

  /** Returns the key of its conversation once, for the first delivery to whoever asked; then null. */
  takeConversationId(): string | null {
    const conversationId = this.#conversationId
    this.#conversationId = null
    return conversationId
  }

  /** Ends the run because the visitor stopped it. */
  stop(): void {
    this.finish({ending: 'stopped'})
  }

  /** Ends the run as `done`. Does nothing if it has ended. */
  finish(fields: DoneFields): void {
    if (this.#hasEnded) return
    const {state, clock} = this.#options
    const at = clock()
    const timings = state.timings(at)
    // The event grammar requires a `sources` event before `done`, but the run may end during retrieval.
    if (state.rounds === 0) {
      this.emit({type: 'sources', round: 1, query: this.entry.question, sources: [], linkHosts: []}, at)
    }
    const usage = fields.usage ?? this.#usage
    this.#end(
      inCurrentForm({type: 'done', abstained: fields.ending === 'abstained', ...fields, usage, timings}),
      at,
    )
  }

  /** Ends the run as `error`. Does nothing if it has ended. */
  fail(code: ErrorCode, error: DocentError | null = null): void {
    if (this.#hasEnded) return
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
      this.noteStep(`${this.#droppedCitations} citation(s) that did not match the sources were dropped.`)
    }
    this.emit(terminal, at)
    this.#timers.clear()
    this.#readers.release()
    // A generator that has finished closes by itself; any other ending closes its request at once.
    if (terminal.ending !== 'complete' && terminal.ending !== 'abstained') this.#abortController.abort()
    const {onEnd, state} = this.#options
    onEnd(answerSummaryOf(this.entry, terminal, state, this.#modelCalls > 0), unexpected)
    this.#resolveEnded(terminal.ending)
  }

  #lastReaderLeft(): void {
    if (this.#hasEnded) return
    const {resumable, graceMs} = this.#options
    const elsewhereMs = this.#readElsewhereUntil - performance.now()
    if (elsewhereMs > 0) this.#timers.lastReaderLeft(elsewhereMs + graceMs)
    else if (resumable && graceMs > 0) this.#timers.lastReaderLeft(graceMs)
    else this.finish({ending: 'disconnected'})
  }
}
