import {AnswerReading} from './answer-reading.ts'
import {
  type AnswerState,
  idempotencyKeyOf,
  isEnded,
  newAnswer,
  refused,
  retried,
  stopped,
  withNews,
} from './answer-state.ts'
import {
  askAnswer,
  type Fetch,
  followAnswer,
  type Network,
  RefusedError,
  type StreamNews,
  type StreamOptions,
} from './answer-stream.ts'
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
import {
  deleteConversation,
  type Feedback,
  type RequestOptions,
  rateAnswer,
  sendTimings,
  stopAnswer,
} from './requests.ts'
import {waitMsOf} from './waiting.ts'

export interface SessionOptions {
  readonly endpoint: string
  readonly fetch: Fetch
  readonly network: Network
  readonly store: ConversationStore
  /** Belongs to this tab alone: which conversation is open in it. */
  readonly tab: KeyValueStore
  readonly version: () => string | null
  readonly onChange: (change: Change) => void
  readonly now?: () => number
  readonly newId?: () => string
  readonly backoffMs?: readonly number[]
  readonly silenceMs?: number
}

/** What one tab's assistant does: one conversation at a time, one answer at a time. */
export interface Session {
  readonly answers: readonly AnswerState[]
  readonly conversationKey: string
  /** The answer that is being written, or null. */
  readonly running: AnswerState | null
  /**
   * Does nothing while an answer is being written. A question that was refused before is tried again in its place:
   * several tries of one question are one answer. It is not sent before the time that the server named.
   */
  ask(question: string, about?: string): void
  /** Ends the answer that is being written, also before its first token: here at once, then on the server. */
  stop(): void
  /** Asks again what broke off or was refused; what came of it is replaced. */
  retry(key: string): void
  /** Goes on from the text of an answer that broke off or was stopped. */
  goOn(key: string): void
  rate(key: string, feedback: Feedback): Promise<void>
  startNew(): void
  open(conversationKey: string): void
  conversations(): readonly Conversation[]
  /** Deletes on the server, then here. @throws RefusedError or the network's error, and then keeps it here. */
  remove(conversationKey: string): Promise<void>
  /** Writes down where things stand; for when the page goes away. */
  save(): void
  /** Tells the server when this browser first showed something of an answer; what cannot be sent is let go. */
  tellFirstUseful(answerId: string, firstUsefulMs: number): void
  /** Leaves the answer to the server, which keeps it for a while; `openSession` finds it again. */
  close(): void
}

/** Opens the conversation this tab had open, and resumes the answer that was being written. */
export function openSession(options: SessionOptions): Session {
  return new TabSession(options)
}

class TabSession implements Session {
  readonly #options: SessionOptions
  readonly #requests: RequestOptions
  readonly #keeper: ConversationKeeper
  readonly #now: () => number
  readonly #newId: () => string
  #open: OpenConversation
  #reading: AnswerReading | null = null

  constructor(options: SessionOptions) {
    const {endpoint, fetch, store, tab, now = Date.now, newId = () => crypto.randomUUID()} = options
    this.#options = options
    this.#requests = {endpoint, fetch}
    this.#keeper = new ConversationKeeper(store, tab, now)
    this.#now = now
    this.#newId = newId
    this.#open = this.#opened(this.#keeper.openBefore())
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
    const tried = this.answers.find(
      (answer) => answer.phase === 'refused' && answer.question === words && answer.about === passage,
    )
    if (tried === undefined) {
      const {conversationId} = this.#open
      const known = {askedAt: now, requestKey: this.#newId(), about: passage, conversationId}
      this.#start(newAnswer(this.#newId(), words, known))
      return
    }
    this.#open.putLast({...tried, askedAt: now})
    if (waitMsOf(tried, now) === 0) {
      this.#start(retried(tried, now, false))
      return
    }
    this.save()
    this.#changed()
  }

  stop(): void {
    const answer = this.running
    if (answer === null) return
    this.#show(stopped(answer), answer)
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
    await rateAnswer(answer.answerId, feedback, this.#requests)
    const latest = this.#open.find(answerKey) ?? answer
    this.#show({...latest, rating: feedback.rating}, latest)
    this.save()
    this.#changed()
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
    for (const id of conversationIdsOf(conversation)) await deleteConversation(id, this.#requests)
    if (conversationKey === this.conversationKey) this.#enter(null)
    store.remove(conversationKey)
    this.#changed()
  }

  save(): void {
    this.#keeper.save(this.#open)
  }

  tellFirstUseful(answerId: string, firstUsefulMs: number): void {
    sendTimings(answerId, {firstUsefulMs}, this.#requests).catch(() => {
      // One measurement fewer.
    })
  }

  close(): void {
    this.save()
    this.#leave()
    // A reading that waits for a name to stop its answer by has nobody to tell.
    this.#open.answers = []
  }

  #switchTo(conversationKey: string | null): void {
    this.save()
    this.#enter(conversationKey === null ? null : this.#options.store.get(conversationKey))
    this.#changed()
  }

  #enter(kept: Conversation | null): void {
    this.#leave()
    this.#open = this.#opened(kept)
    this.#resume()
  }

  #opened(kept: Conversation | null): OpenConversation {
    const conversation = new OpenConversation(kept?.key ?? this.#newId(), kept)
    this.#keeper.rememberOpen(conversation.key)
    return conversation
  }

  /** Goes on with the answer that was being written when the page went away. */
  #resume(): void {
    const {running} = this
    if (running === null) return
    const {key, answerId, seq} = running
    if (answerId === null) this.#start(running)
    else this.#read(key, (options) => followAnswer(answerId, seq, options))
  }

  #start(asked: AnswerState): void {
    // What an earlier version kept may have a passage that does not fit.
    const answer = {...asked, about: passageFor(asked.question, asked.about)}
    this.#open.put(answer)
    this.save()
    this.#changed()
    const request = {
      question: withPassage(answer.question, answer.about),
      conversationId: this.#open.conversationId,
      history: this.#open.historyFor(answer.key),
      version: this.#options.version(),
      continueAnswerId: answer.continues,
      idempotencyKey: idempotencyKeyOf(answer),
    }
    this.#read(answer.key, (options) => askAnswer(request, options))
  }

  #read(answerKey: string, news: (options: StreamOptions) => AsyncGenerator<StreamNews>): void {
    this.#leave()
    const {endpoint, fetch, network, backoffMs, silenceMs} = this.#options
    const reading: AnswerReading = new AnswerReading({
      news: (signal) =>
        news({
          endpoint,
          fetch,
          network,
          signal,
          ...(backoffMs === undefined ? {} : {backoffMs}),
          ...(silenceMs === undefined ? {} : {silenceMs}),
        }),
      onNews: (item) => this.#onNews(answerKey, item, reading),
      onFailure: (error) => this.#onFailure(answerKey, error),
      stopOnServer: (answerId) => stopAnswer(answerId, this.#requests),
    })
    this.#reading = reading
    void reading.read()
  }

  #leave(): void {
    this.#reading?.leave()
    this.#reading = null
  }

  /** False when another conversation is open. */
  #onNews(answerKey: string, item: StreamNews, reading: AnswerReading): boolean {
    const before = this.#open.find(answerKey)
    if (before === undefined) return false
    const after = withNews(before, item)
    if (after.conversationId !== null && (!reading.isLeft || this.#open.conversationId === null))
      this.#open.conversationId = after.conversationId
    this.#show(after, before)
    return true
  }

  #onFailure(answerKey: string, error: unknown): void {
    const before = this.#open.find(answerKey)
    if (before === undefined || isEnded(before)) return
    const problem = error instanceof RefusedError ? error : new RefusedError('internal', '', 0, null)
    this.#show(refused(before, problem, this.#now()), before)
  }

  #show(answer: AnswerState, before: AnswerState): void {
    this.#open.put(answer)
    const change = changeOf(answer, before)
    if (change.type === 'text') this.#keeper.saveNowAndThen(this.#open)
    else this.save()
    this.#options.onChange(change)
  }

  #changed(): void {
    this.#options.onChange({type: 'conversation'})
  }
}
