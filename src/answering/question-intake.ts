import {createAnswerState, type Journal, type JournalledAnswer} from '../answers/index.ts'
import {DocentError, type Question} from '../domain/index.ts'
import type {Generator} from '../generation/index.ts'
import {KeyedTurns} from '../lib/keyed-turns.ts'
import {steadyClock} from '../lib/steady-clock.ts'
import {redactValue} from '../redaction/index.ts'
import type {Retriever} from '../retrieval/index.ts'
import type {Admission} from './admission.ts'
import type {AskOptions, AskResult} from './answering.ts'
import {joinedAnswer} from './idempotency.ts'
import {type PrepareAnswerDeps, type PreparedAnswer, prepareAnswer} from './prepare-answer.ts'
import {Run, type RunOptions} from './run.ts'
import {type WriteAnswerOptions, writeAnswer} from './write-answer.ts'

export interface QuestionIntakeDeps extends PrepareAnswerDeps {
  readonly retriever: Retriever
  readonly generator: Generator
  /** Writes the answers that must not call a model. */
  readonly extracts: Generator
  readonly journal: Journal
  readonly admission: Admission
  /** Id of the current build; null while there is none. */
  readonly currentBuild: () => string | null
  readonly hasVersion: ((version: string) => boolean) | undefined
  /** How long a run waits for its first reader. */
  readonly firstReaderMs: number
  readonly now: () => number
  /** Called once for every answer that has ended, before the asker's own callback. */
  readonly onEnd: RunOptions['onEnd']
}

/** Called once when an answer has ended, or could not begin after all. */
type OnEnd = Awaited<ReturnType<NonNullable<AskOptions['admit']>>>

/** What writes an answer, and whether anything may call a model for it. */
type Writer = Pick<WriteAnswerOptions, 'generator' | 'mayCallModel'>

/** Turns a question into a running answer, or joins one that was begun before. */
export class QuestionIntake {
  readonly #deps: QuestionIntakeDeps
  /** Questions with the same idempotency key are handled one after the other, so that the second joins the first. */
  readonly #keyedTurns = new KeyedTurns()
  /** Questions that are being admitted, until they have begun or were refused. */
  readonly #beginning = new Set<Promise<unknown>>()
  #isInterrupting = false

  constructor(deps: QuestionIntakeDeps) {
    this.#deps = deps
  }

  /** See `Answering.ask`. */
  async ask(question: Question, options: AskOptions): Promise<AskResult> {
    const {idempotencyKey = null} = options
    if (idempotencyKey === null) return this.#begin(question, options)
    return this.#keyedTurns.run(idempotencyKey, async () => {
      const holder = await this.#deps.journal.findByIdempotencyKey(idempotencyKey)
      return (
        joinedAnswer(holder, question.question, this.#deps.now(), this.#deps.redactor) ??
        this.#begin(question, options)
      )
    })
  }

  /** Resolves when every question received so far has begun or was refused. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#beginning)
  }

  /** From now on an answer that begins is interrupted at once: its question was admitted before the server closed. */
  interrupt(): void {
    this.#isInterrupting = true
  }

  /** Admits or refuses the question, then begins its answer. */
  #begin(question: Question, options: AskOptions): Promise<AskResult> {
    const beginning = this.#admit(question, options)
    this.#beginning.add(beginning)
    const settled = () => this.#beginning.delete(beginning)
    beginning.then(settled, settled)
    return beginning
  }

  async #admit(question: Question, options: AskOptions): Promise<AskResult> {
    const {admission, now} = this.#deps
    // Without a limit to check there is no await: the slot is taken in the same step as the call.
    const onEnd: OnEnd = options.admit === undefined ? () => {} : await options.admit()
    let releaseSlot = () => {}
    const abandon = () => {
      releaseSlot()
      onEnd({calledModel: false})
    }
    try {
      releaseSlot = admission.enter()
      const build = this.#buildFor(question)
      const startedAt = now()
      const clock = steadyClock(startedAt)
      const writer: Writer = options.extractsOnly
        ? {generator: this.#deps.extracts, mayCallModel: false}
        : {generator: this.#deps.generator, mayCallModel: true}
      const deps = {...this.#deps, generator: writer.generator}
      const prepared = await prepareAnswer(question, options, {startedAt, build}, deps)
      const holder = await this.#start(prepared, writer, {clock, releaseSlot, onEnd})
      if (holder === null) {
        return {answerId: prepared.entry.answerId, conversationId: prepared.conversationId, isNew: true}
      }
      // Another process has begun it meanwhile. The journal says that it holds the key, so it can be joined.
      const joined = joinedAnswer(holder, question.question, startedAt, this.#deps.redactor)!
      abandon()
      return joined
    } catch (error) {
      abandon()
      throw error
    }
  }

  /** @throws DocentError `not_ready`, `version_not_found`. */
  #buildFor({version}: Question): string {
    const {currentBuild, hasVersion} = this.#deps
    const build = currentBuild()
    if (build === null) throw new DocentError('not_ready', 'There is no index yet')
    if (version !== null && hasVersion?.(version) === false) {
      throw new DocentError('version_not_found', `The docs have no version ${version}`)
    }
    return build
  }

  /** Begins the answer, or resolves with the one that holds its idempotency key. */
  async #start(
    {entry, conversationId, question, history, continuation}: PreparedAnswer,
    writer: Writer,
    {
      clock,
      releaseSlot,
      onEnd,
    }: {readonly clock: () => number; readonly releaseSlot: () => void; readonly onEnd: OnEnd},
  ): Promise<JournalledAnswer | null> {
    const {journal, runs, retriever, limits, deadlines, firstReaderMs, redactor} = this.#deps
    const state = createAnswerState(entry.startedAt)
    const holder = await journal.begin(entry, state)
    if (holder !== null) return holder
    const run = new Run({
      entry,
      conversationId,
      state,
      clock,
      journal,
      resumable: question.resumable,
      graceMs: this.#deps.resumeGraceMs,
      firstReaderMs,
      deadlines,
      limits,
      onEnd: (summary, unexpected) => {
        releaseSlot()
        runs.scheduleRemoval(entry.answerId)
        // The error may quote the question.
        const kept =
          unexpected === null ? null : redactValue(unexpected, redactor.alsoFoundIn([entry.question]))
        this.#deps.onEnd(summary, kept)
        onEnd(summary)
      },
    })
    runs.add(run)
    run.begin(() => writeAnswer({run, question, history, continuation, retriever, ...writer, limits}))
    if (this.#isInterrupting) run.fail('shutting_down')
    return null
  }
}
