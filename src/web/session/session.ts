import {
  askAnswer,
  deleteConversation,
  type Feedback,
  followAnswer,
  type Measured,
  newKey,
  type PageContext,
  type Question,
  RefusedError,
  rateAnswer,
  type StreamOptions,
  type StreamUpdate,
  sendTimings,
  stopAnswer,
} from '../../../packages/client/src/index.ts'
import {AnswerReading} from './answer-reading.ts'
import {
  type AnswerState,
  idempotencyKeyOf,
  isEnded,
  newAnswer,
  refused,
  retried,
  stopped,
  withExpected,
  withUpdate,
} from './answer-state.ts'
import {type Change, changeOf} from './change.ts'
import {ConversationKeeper} from './conversation-keeper.ts'
import {
  type Conversation,
  type ConversationStore,
  conversationIdsOf,
  type KeyValueStore,
} from './conversation-store.ts'
import {OpenConversation} from './open-conversation.ts'
import {passageFor, withPassage} from './passage.ts'
import {SourcesAhead} from './sources-ahead.ts'
import {waitMsOf} from './waiting.ts'

export interface SessionOptions extends Omit<StreamOptions, 'signal'> {
  readonly store: ConversationStore
  /** Storage of this tab alone: holds which conversation is open in it. */
  readonly tab: KeyValueStore
  readonly version: () => string | null
  /** As an `AskRequest` has it. */
  readonly lang?: () => string | null
  /** Where the reader is; null where the site does not tell. */
  readonly page?: () => PageContext | null
  readonly onChange: (change: Change) => void
  readonly now?: () => number
  readonly newId?: () => string
}

/** The assistant's state in one tab: one conversation at a time, one answer at a time. */
export interface Session {
  readonly answers: readonly AnswerState[]
  readonly conversationKey: string
  /** The answer that is being written, or null. */
  readonly running: AnswerState | null
  /**
   * Does nothing while an answer is being written. A question that was refused before is tried again as the same
   * answer. It is not sent before the time that the server named.
   */
  ask(question: string, about?: string): void
  /** Looks for the sources of what is being typed, once it pauses, so that they are there with `ask`. */
  prepare(question: string, about?: string): void
  /** Stops the answer that is being written, also before its first token: here at once, then on the server. */
  stop(): void
  /** Asks again after an answer broke off or was refused, and replaces it. */
  retry(key: string): void
  /** Continues the text of an answer that broke off or was stopped. */
  goOn(key: string): void
  rate(key: string, feedback: Feedback): Promise<void>
  startNew(): void
  open(conversationKey: string): void
  conversations(): readonly Conversation[]
  /** Deletes on the server, then here. @throws RefusedError or the network's error; then it is kept here. */
  remove(conversationKey: string): Promise<void>
  /** Stores the open conversation, for when the page is unloaded. */
  save(): void
  /** Reports when this browser first showed part of an answer, or which of its sources was opened; failures are ignored. */
  report(answerKey: string | undefined, measured: Measured): void
  /** Disconnects. The server keeps the answer for a while, and `openSession` resumes it. */
  close(): void
}

/** Opens the conversation that was open in this tab and resumes the answer that was being written. */
export function openSession(options: SessionOptions): Session {
  return new TabSession(options)
}

class TabSession implements Session {
  readonly #options: SessionOptions
  readonly #keeper: ConversationKeeper
  readonly #ahead: SourcesAhead
  readonly #now: () => number
  readonly #newId: () => string
  #open: OpenConversation
  #reading: AnswerReading | null = null

  constructor(options: SessionOptions) {
    const {store, tab, now = Date.now, newId = newKey} = options
    this.#options = options
    this.#ahead = new SourcesAhead(options)
    this.#keeper = new ConversationKeeper(store, tab, now)
    this.#now = now
    this.#newId = newId
    this.#open = this.#conversationFrom(this.#keeper.lastOpen())
    this.#resume()
  }

  get answers(): readonly AnswerState[] {
    return this.#open.answers
  }

  get conversationKey(): string {
    return this.#open.key
  }

  get running(): AnswerState | null {
    return this.#open.running
  }

  ask(question: string, about = ''): void {
    const words = question.trim()
    if (this.running !== null || words === '') return
    const passage = passageFor(words, about)
    const now = this.#now()
    const earlier = this.answers.find(
      (answer) => answer.phase === 'refused' && answer.question === words && answer.about === passage,
    )
    if (earlier === undefined) {
      const {conversationId} = this.#open
      const known = {askedAt: now, requestKey: this.#newId(), about: passage, conversationId}
      this.#start(newAnswer(this.#newId(), words, known))
      return
    }
    this.#open.moveToEnd({...earlier, askedAt: now})
    if (waitMsOf(earlier, now) === 0) {
      this.#start(retried(earlier, now, false))
      return
    }
    this.save()
    this.#notifyChanged()
  }

  prepare(question: string, about = ''): void {
    const words = question.trim()
    if (this.running === null) this.#ahead.lookFor(this.#questionOf(words, passageFor(words, about), null))
  }

  stop(): void {
    const answer = this.running
    if (answer === null) return
    this.#update(stopped(answer), answer)
    this.#reading?.stop(answer.answerId)
  }

  retry(answerKey: string): void {
    const answer = this.#open.find(answerKey)
    if (answer === undefined || this.running !== null || waitMsOf(answer, this.#now()) > 0) return
    this.#start(retried(answer, this.#now(), false))
  }

  goOn(answerKey: string): void {
    const answer = this.#open.find(answerKey)
    if (answer !== undefined && this.running === null) this.#start(retried(answer, this.#now(), true))
  }

  async rate(answerKey: string, feedback: Feedback): Promise<void> {
    const answer = this.#open.find(answerKey)
    if (answer?.answerId == null) return
    await rateAnswer(answer.answerId, feedback, this.#options)
    const latest = this.#open.find(answerKey) ?? answer
    const {rating = latest.rating, missing = latest.missing ?? false} = feedback
    this.#update({...latest, rating, missing}, latest)
    this.save()
    this.#notifyChanged()
  }

  startNew(): void {
    if (this.answers.length > 0) this.#switchTo(null)
  }

  open(conversationKey: string): void {
    this.#switchTo(conversationKey)
  }

  conversations(): readonly Conversation[] {
    return this.#options.store.list()
  }

  async remove(conversationKey: string): Promise<void> {
    const {store} = this.#options
    const conversation = store.get(conversationKey)
    for (const id of conversationIdsOf(conversation)) await deleteConversation(id, this.#options)
    if (conversationKey === this.conversationKey) this.#load(null)
    store.remove(conversationKey)
    this.#notifyChanged()
  }

  save(): void {
    this.#keeper.save(this.#open)
  }

  report(answerKey: string | undefined, measured: Measured): void {
    const answerId = this.#open.find(answerKey!)?.answerId
    // What is lost does no harm.
    if (answerId) sendTimings(answerId, measured, this.#options).catch(() => {})
  }

  close(): void {
    this.#ahead.cancel()
    this.save()
    this.#detach()
    // A reading that still waits for an id, in order to stop its answer, must not report updates any more.
    this.#open.answers = []
  }

  #switchTo(conversationKey: string | null): void {
    this.save()
    this.#load(conversationKey === null ? null : this.#options.store.get(conversationKey))
    this.#notifyChanged()
  }

  #load(kept: Conversation | null): void {
    this.#detach()
    this.#open = this.#conversationFrom(kept)
    this.#resume()
  }

  #conversationFrom(kept: Conversation | null): OpenConversation {
    const conversation = new OpenConversation(kept?.key ?? this.#newId(), kept)
    this.#keeper.rememberOpen(conversation.key)
    return conversation
  }

  /** Resumes the answer that was being written when the page was unloaded. */
  #resume(): void {
    const {running} = this
    if (running === null) return
    const {key, answerId, seq} = running
    if (answerId === null) this.#start(running)
    else this.#read(key, (options) => followAnswer(answerId, seq, options))
  }

  #start(asked: AnswerState): void {
    // What an earlier version stored may have a passage that does not fit.
    const about = passageFor(asked.question, asked.about)
    const question = this.#questionOf(asked.question, about, asked.key)
    const answer = withExpected({...asked, about}, this.#ahead.takeFor(question))
    this.#open.upsert(answer)
    this.save()
    this.#notifyChanged()
    const request = {
      ...question,
      continueAnswerId: answer.continues,
      idempotencyKey: idempotencyKeyOf(answer),
    }
    this.#read(answer.key, (options) => askAnswer(request, options))
  }

  /** @param answerKey of its own answer, which is no earlier turn; null before there is one. */
  #questionOf(question: string, about: string, answerKey: string | null): Question {
    return {
      question: withPassage(question, about),
      conversationId: this.#open.conversationId,
      history: this.#open.historyFor(answerKey),
      version: this.#options.version(),
      lang: this.#options.lang?.() ?? null,
      page: this.#options.page?.() ?? null,
    }
  }

  #read(answerKey: string, updates: (options: StreamOptions) => AsyncGenerator<StreamUpdate>): void {
    this.#detach()
    const reading: AnswerReading = new AnswerReading({
      updates: (signal) => updates({...this.#options, signal}),
      onUpdate: (item) => this.#onUpdate(answerKey, item, reading),
      onFailure: (error) => this.#onFailure(answerKey, error),
      stopOnServer: (answerId) => stopAnswer(answerId, this.#options),
    })
    this.#reading = reading
    void reading.read()
  }

  #detach(): void {
    this.#reading?.detach()
    this.#reading = null
  }

  /** Returns false when another conversation is open. */
  #onUpdate(answerKey: string, item: StreamUpdate, reading: AnswerReading): boolean {
    const before = this.#open.find(answerKey)
    if (before === undefined) return false
    const after = withUpdate(before, item)
    if (after.conversationId !== null && (!reading.isDetached || this.#open.conversationId === null))
      this.#open.conversationId = after.conversationId
    this.#update(after, before)
    return true
  }

  #onFailure(answerKey: string, error: unknown): void {
    const before = this.#open.find(answerKey)
    if (before === undefined || isEnded(before)) return
    const problem = error instanceof RefusedError ? error : new RefusedError('internal', '', 0, null)
    this.#update(refused(before, problem, this.#now()), before)
  }

  #update(answer: AnswerState, before: AnswerState): void {
    this.#open.upsert(answer)
    const change = changeOf(answer, before)
    if (change.type === 'text') this.#keeper.saveThrottled(this.#open)
    else this.save()
    this.#options.onChange(change)
  }

  #notifyChanged(): void {
    this.#options.onChange({type: 'conversation'})
  }
}
