import type {Turn} from '../../domain/index.ts'
import {headOf} from '../../lib/cut.ts'
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
import type {Conversation, ConversationStore, KeyValueStore} from './conversation-store.ts'
import {passageFor, withPassage} from './passage.ts'
import {deleteConversation, type Feedback, rateAnswer, sendTimings, stopAnswer} from './requests.ts'
import {waitMsOf} from './waiting.ts'

export type Change =
  /** Another conversation, or another set of answers. */
  | {readonly type: 'conversation'}
  /** Only words or citations were added: draw them with the next frame. */
  | {readonly type: 'text'; readonly answer: AnswerState}
  | {readonly type: 'answer'; readonly answer: AnswerState; readonly before: AnswerState}

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

const tabEntry = 'docent:open-conversation'
/** Words are written to the browser's storage this often at most. */
const saveEveryMs = 1_000
/** A burst of events is taken in slices of this length, so that frames and keys come between. */
const maxSliceMs = 8

/** Lets the browser do what it has to do. */
function breath(): Promise<void> {
  const {scheduler} = globalThis as {scheduler?: {yield?: () => Promise<void>}}
  return scheduler?.yield?.() ?? new Promise((resolve) => setTimeout(resolve))
}

/** One answer being read. */
interface Reading {
  readonly controller: AbortController
  /** Stopped before the server had given the answer a name: it is read until it has one, and then stopped there. */
  awaitsName: boolean
}

/** Opens the conversation this tab had open, and resumes the answer that was being written. */
export function openSession(options: SessionOptions): Session {
  const now = options.now ?? Date.now
  const newId = options.newId ?? (() => crypto.randomUUID())
  const {store, tab, onChange} = options
  const requests = {endpoint: options.endpoint, fetch: options.fetch}

  let key = ''
  let conversationId: string | null = null
  let answers: readonly AnswerState[] = []
  let reading: Reading | null = null
  let savedAt = 0

  const running = (): AnswerState | null => answers.find((answer) => !isEnded(answer)) ?? null

  function save(): void {
    savedAt = now()
    if (answers.length === 0) return
    store.save({key, conversationId, updatedAt: answers.at(-1)!.askedAt, answers})
  }

  function put(answer: AnswerState): void {
    const before = answers.find((known) => known.key === answer.key)
    answers =
      before === undefined
        ? [...answers, answer]
        : answers.map((known) => (known === before ? answer : known))
  }

  function show(answer: AnswerState, before: AnswerState): void {
    put(answer)
    const isText =
      answer.phase === before.phase &&
      answer.connection === before.connection &&
      answer.steps === before.steps &&
      (answer.carried === null) === (before.carried === null) &&
      answer.sources === before.sources &&
      answer.answerId === before.answerId
    if (!isText || now() - savedAt > saveEveryMs) save()
    onChange(isText ? {type: 'text', answer} : {type: 'answer', answer, before})
  }

  async function read(
    answerKey: string,
    news: (options: StreamOptions) => AsyncGenerator<StreamNews>,
  ): Promise<void> {
    leave()
    const mine: Reading = {controller: new AbortController(), awaitsName: false}
    reading = mine
    const {signal} = mine.controller
    const current = (): AnswerState | undefined => answers.find((answer) => answer.key === answerKey)
    try {
      const stream = news({
        endpoint: options.endpoint,
        fetch: options.fetch,
        network: options.network,
        signal,
        ...(options.backoffMs === undefined ? {} : {backoffMs: options.backoffMs}),
        ...(options.silenceMs === undefined ? {} : {silenceMs: options.silenceMs}),
      })
      let sliceStart = performance.now()
      for await (const item of stream) {
        if (signal.aborted) return
        if (performance.now() - sliceStart > maxSliceMs) {
          await breath()
          sliceStart = performance.now()
        }
        const before = current()
        if (before !== undefined) {
          const after = withNews(before, item)
          if (after.conversationId !== null && (reading === mine || conversationId === null))
            conversationId = after.conversationId
          show(after, before)
        }
        if (mine.awaitsName && item.type === 'event' && item.event.type === 'start') {
          mine.awaitsName = false
          await stopOnServer(item.event.answerId, mine)
        }
        // Left: another answer or another conversation is open.
        if (!mine.awaitsName && (reading !== mine || before === undefined)) return
      }
    } catch (error) {
      if (signal.aborted) return
      const before = current()
      if (before === undefined || isEnded(before)) return
      const problem = error instanceof RefusedError ? error : new RefusedError('internal', '', 0, null)
      show(refused(before, problem, now()), before)
    }
  }

  async function stopOnServer(answerId: string, its: Reading | null): Promise<void> {
    try {
      await stopAnswer(answerId, requests)
    } catch {
      // Unreachable: leaving ends it too, after the server's grace time.
      its?.controller.abort()
    }
  }

  /** Reads on no longer; one that is to be stopped on the server sees to that first. */
  function leave(): void {
    if (reading?.awaitsName === false) reading.controller.abort()
    reading = null
  }

  function start(asked: AnswerState): void {
    // What an earlier version kept may have a passage that does not fit.
    const answer = {...asked, about: passageFor(asked.question, asked.about)}
    put(answer)
    save()
    onChange({type: 'conversation'})
    const request = {
      question: withPassage(answer.question, answer.about),
      conversationId,
      history: conversationId === null ? historyOf(answers.filter(({key}) => key !== answer.key)) : [],
      version: options.version(),
      continueAnswerId: answer.continues,
      idempotencyKey: idempotencyKeyOf(answer),
    }
    void read(answer.key, (streamOptions) => askAnswer(request, streamOptions))
  }

  function enter(conversation: Conversation | null): void {
    leave()
    key = conversation?.key ?? newId()
    conversationId = conversation?.conversationId ?? null
    answers = conversation?.answers ?? []
    try {
      tab.setItem(tabEntry, key)
    } catch {
      // Forbidden: a reload begins anew.
    }
    const unfinished = running()
    if (unfinished === null) return
    if (unfinished.answerId === null) start(unfinished)
    else
      void read(unfinished.key, (streamOptions) =>
        followAnswer(unfinished.answerId!, unfinished.seq, streamOptions),
      )
  }

  let remembered: string | null = null
  try {
    remembered = tab.getItem(tabEntry)
  } catch {
    // Forbidden: begin anew.
  }
  enter(remembered === null ? null : store.get(remembered))

  return {
    get answers() {
      return answers
    },
    get conversationKey() {
      return key
    },
    get running() {
      return running()
    },
    ask(question, about = '') {
      const words = question.trim()
      if (running() !== null || words === '') return
      const passage = passageFor(words, about)
      const tried = answers.find(
        (answer) => answer.phase === 'refused' && answer.question === words && answer.about === passage,
      )
      if (tried === undefined)
        return start(
          newAnswer(newId(), words, {askedAt: now(), requestKey: newId(), about: passage, conversationId}),
        )
      answers = [...answers.filter((answer) => answer !== tried), {...tried, askedAt: now()}]
      if (waitMsOf(tried, now()) === 0) return start(retried(tried, now(), false))
      save()
      onChange({type: 'conversation'})
    },
    stop() {
      const answer = running()
      if (answer === null) return
      show(stopped(answer), answer)
      if (answer.answerId !== null) void stopOnServer(answer.answerId, reading)
      else if (reading !== null) reading.awaitsName = true
    },
    retry(answerKey) {
      const answer = answers.find((known) => known.key === answerKey)
      if (answer === undefined || running() !== null || waitMsOf(answer, now()) > 0) return
      start(retried(answer, now(), false))
    },
    goOn(answerKey) {
      const answer = answers.find((known) => known.key === answerKey)
      if (answer !== undefined && running() === null) start(retried(answer, now(), true))
    },
    async rate(answerKey, feedback) {
      const answer = answers.find((known) => known.key === answerKey)
      if (answer?.answerId == null) return
      await rateAnswer(answer.answerId, feedback, requests)
      const latest = answers.find((known) => known.key === answerKey) ?? answer
      show({...latest, rating: feedback.rating}, latest)
      save()
      onChange({type: 'conversation'})
    },
    startNew() {
      if (answers.length === 0) return
      save()
      enter(null)
      onChange({type: 'conversation'})
    },
    open(conversationKey) {
      save()
      enter(store.get(conversationKey))
      onChange({type: 'conversation'})
    },
    conversations: () => store.list(),
    async remove(conversationKey) {
      const conversation = store.get(conversationKey)
      for (const id of conversationIdsOf(conversation)) await deleteConversation(id, requests)
      if (conversationKey === key) {
        leave()
        answers = []
        enter(null)
      }
      store.remove(conversationKey)
      onChange({type: 'conversation'})
    },
    save,
    tellFirstUseful(answerId, firstUsefulMs) {
      sendTimings(answerId, {firstUsefulMs}, requests).catch(() => {
        // A measurement less.
      })
    },
    close() {
      save()
      leave()
      // Whoever waits for a name to stop it by tells nobody any more.
      answers = []
    },
  }
}

/** All that the server ever called it: it begins a new one where the one before is gone. */
function conversationIdsOf(conversation: Conversation | null): ReadonlySet<string> {
  const ids = conversation?.answers.map((answer) => answer.conversationId) ?? []
  return new Set([...ids, conversation?.conversationId].filter((id) => id != null))
}

/** So many questions and answers are told to a server that does not know them, each cut to this length. */
const maxToldAnswers = 3
const maxToldChars = 1_500

/** What was said before, for a server that cannot know it: the name of the conversation never came. */
function historyOf(answers: readonly AnswerState[]): readonly Turn[] {
  return answers
    .filter(({text}) => text !== '')
    .slice(-maxToldAnswers)
    .flatMap(({question, text}): Turn[] => [
      {role: 'user', content: headOf(question, maxToldChars)},
      {role: 'assistant', content: headOf(text, maxToldChars)},
    ])
}
