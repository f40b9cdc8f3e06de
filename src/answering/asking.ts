import {createAnswerState, type Journal, type JournalledAnswer} from '../answers/index.ts'
import {DocentError, type Question} from '../domain/index.ts'
import type {Generator} from '../generation/index.ts'
import {KeyedTurns} from '../lib/keyed-turns.ts'
import {steadyClock} from '../lib/steady-clock.ts'
import type {Retriever} from '../retrieval/index.ts'
import type {Admission} from './admission.ts'
import type {AskedAnswer, AskOptions} from './answering.ts'
import {joinedAnswer} from './idempotency.ts'
import {type PrepareAnswerDeps, type PreparedAnswer, prepareAnswer} from './prepare-answer.ts'
import {Run, type RunOptions} from './run.ts'
import {writeAnswer} from './write-answer.ts'

export interface AskingDeps extends PrepareAnswerDeps {
  readonly retriever: Retriever
  readonly generator: Generator
  readonly journal: Journal
  readonly admission: Admission
  /** Id of the build that answers now; null while there is none. */
  readonly currentBuild: () => string | null
  readonly hasVersion: ((version: string) => boolean) | undefined
  /** How long a run waits for its first reader. */
  readonly firstReaderMs: number
  readonly now: () => number
  /** Called once for every answer that has ended, before its asker is. */
  readonly onEnd: RunOptions['onEnd']
}

/** What is called once when an answer has ended, or has not begun after all. */
type OnEnd = Awaited<ReturnType<NonNullable<AskOptions['admit']>>>

/** From a question to an answer under way, or to one that was begun before. */
export class Asking {
  readonly #deps: AskingDeps
  /** Questions with one idempotency key are asked one after the other, so that the second joins the first. */
  readonly #keyed = new KeyedTurns()
  /** Questions that were let in, until they have begun or were refused. */
  readonly #beginning = new Set<Promise<unknown>>()
  #interrupts = false

  constructor(deps: AskingDeps) {
    this.#deps = deps
  }

  /** As `Answering.ask`. */
  async ask(question: Question, options: AskOptions): Promise<AskedAnswer> {
    const {idempotencyKey = null} = options
    if (idempotencyKey === null) return this.#begin(question, options)
    return this.#keyed.run(idempotencyKey, async () => {
      const holder = await this.#deps.journal.findByIdempotencyKey(idempotencyKey)
      return joinedAnswer(holder, question.question, this.#deps.now()) ?? this.#begin(question, options)
    })
  }

  /** Resolves when every question that has been let in until now has begun or was refused. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#beginning)
  }

  /** From now on what begins ends at once as interrupted: questions that were let in before the server closed. */
  interrupt(): void {
    this.#interrupts = true
  }

  /** Lets the question in or refuses it; then begins its answer. */
  #begin(question: Question, options: AskOptions): Promise<AskedAnswer> {
    const beginning = this.#admit(question, options)
    this.#beginning.add(beginning)
    const settled = () => this.#beginning.delete(beginning)
    beginning.then(settled, settled)
    return beginning
  }

  async #admit(question: Question, options: AskOptions): Promise<AskedAnswer> {
    const {admission, now} = this.#deps
    // Without a limit to ask, nothing is waited for: the place is counted in the same step as the call.
    const onEnd: OnEnd = options.admit === undefined ? () => {} : await options.admit()
    let leave = () => {}
    const giveBack = () => {
      leave()
      onEnd({calledModel: false})
    }
    try {
      leave = admission.enter()
      const build = this.#buildFor(question)
      const startedAt = now()
      const clock = steadyClock(startedAt)
      const prepared = await prepareAnswer(question, options, {startedAt, build}, this.#deps)
      const holder = await this.#start(prepared, {clock, leave, onEnd})
      if (holder === null) {
        return {answerId: prepared.entry.answerId, conversationId: prepared.conversationId, created: true}
      }
      // Another process has begun it meanwhile; the journal says that it holds the key, so it can be joined.
      const joined = joinedAnswer(holder, question.question, startedAt)!
      giveBack()
      return joined
    } catch (error) {
      giveBack()
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

  /** Begins the answer, or returns the one that has its idempotency key. */
  async #start(
    {entry, conversationId, question, history, continuation}: PreparedAnswer,
    {clock, leave, onEnd}: {readonly clock: () => number; readonly leave: () => void; readonly onEnd: OnEnd},
  ): Promise<JournalledAnswer | null> {
    const {journal, runs, retriever, generator, limits, deadlines, firstReaderMs} = this.#deps
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
        leave()
        runs.linger(entry.answerId)
        this.#deps.onEnd(summary, unexpected)
        onEnd(summary)
      },
    })
    runs.add(run)
    run.begin(() => writeAnswer({run, question, history, continuation, retriever, generator, limits}))
    if (this.#interrupts) run.fail('shutting_down')
    return null
  }
}
