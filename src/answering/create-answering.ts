import {randomUUID} from 'node:crypto'
import type {AnswerSnapshot, Journal, JournalledAnswer} from '../answers/index.ts'
import {
  type AnswerFold,
  canBeConversationKey,
  errorEventOf,
  foldOf,
  newConversationId,
  refOf,
} from '../answers/index.ts'
import {
  type AnswerEvent,
  DocentError,
  type Ending,
  isTerminal,
  type Question,
  type SequencedEvent,
  type SourcesEvent,
  type Turn,
} from '../domain/index.ts'
import type {Generator} from '../generation/index.ts'
import type {Retriever} from '../retrieval/index.ts'
import type {Answering, AskedAnswer, AskOptions, ReadOptions} from './answering.ts'
import {
  type AnswerSummary,
  beginRun,
  type Continued,
  type Deadlines,
  defaultRunLimits,
  type Run,
  type RunLimits,
} from './run.ts'
import {
  deliverEach,
  eachEvent,
  gatheredEvents,
  type RunReader,
  readerOf,
  readerOfAsker,
} from './run-reader.ts'

export interface AnsweringLimits extends RunLimits {
  /** Runs at the same time; more are refused as `rate_limited`. */
  readonly maxConcurrent: number
  /** Turns of a conversation that a question is understood from: the latest, and those that opened it. */
  readonly maxHistoryTurns: number
}

export const defaultAnsweringLimits: AnsweringLimits = {
  ...defaultRunLimits,
  maxConcurrent: 1000,
  maxHistoryTurns: 12,
}

/** What is told of the runs, for an operator; pino fits. Never questions, never text. */
export interface AnsweringLog {
  info(facts: object, message: string): void
  error(facts: object, message: string): void
}

export interface AnsweringOptions {
  readonly retriever: Retriever
  readonly generator: Generator
  readonly journal: Journal
  /** Id of the build that answers now; null while there is none. */
  readonly currentBuild: () => string | null
  /** Whether the docs have this version, where that is known at once. */
  readonly hasVersion?: (version: string) => boolean
  /** The embedding model's name, for `start` and the log. */
  readonly embedding: string
  readonly deadlines: Deadlines
  /** How long a resumable answer goes on without a reader. */
  readonly resumeGraceMs: number
  /** How long an answer waits for its first reader; default 10 s, or the grace if that is longer. */
  readonly firstReaderMs?: number
  /** How long an answer that has ended is kept in memory; default 5 s. After that the journal serves it. */
  readonly lingerMs?: number
  readonly limits?: Partial<AnsweringLimits>
  readonly now?: () => number
  /** Ids must not be guessable: who knows one may read the answer. Default random UUIDs. */
  readonly newId?: () => string
  readonly log?: AnsweringLog
  /** Called once for every answer that ends: the place to count. */
  readonly onEnd?: (summary: AnswerSummary) => void
}

const idempotencyMs = 24 * 60 * 60 * 1000
/** Answers recovered after a crash whose readers are remembered; oldest forgotten first. */
const maxRecoveredRemembered = 10_000
/** Readers of one recovered answer that are told its ending late; made-up numbers could ask for ever. */
const maxTold = 1_000

/** Answers as runs over a retriever, a generator and a journal. Closes none of them. */
export function createAnswering(options: AnsweringOptions): Answering {
  const {journal, generator, retriever} = options
  const limits: AnsweringLimits = {...defaultAnsweringLimits, ...options.limits}
  const now = options.now ?? Date.now
  const newId = options.newId ?? randomUUID
  const lingerMs = options.lingerMs ?? 5_000
  /** Runs under way and, for a while, runs that have ended. */
  const runs = new Map<string, Run>()
  const lingering = new Map<string, ReturnType<typeof setTimeout>>()
  const recovered = new Map<string, Set<number>>()
  let active = 0
  let isClosing = false

  function join(question: Question, {idempotencyKey = null}: AskOptions): AskedAnswer | null {
    const begun = idempotencyKey === null ? null : journal.findByIdempotencyKey(idempotencyKey)
    if (begun === null || now() - begun.startedAt >= idempotencyMs) return null
    // A transcript without the question's words cannot tell; then the key is believed.
    if (begun.question !== '' && begun.question !== question.question) {
      throw new DocentError('conflict', 'This idempotency key was used for another question')
    }
    return {answerId: begun.answerId, conversationId: null, created: false}
  }

  function ask(question: Question, asked: AskOptions): AskedAnswer {
    const idempotencyKey = asked.idempotencyKey ?? null
    const begun = join(question, asked)
    if (begun !== null) return begun
    if (isClosing) throw new DocentError('shutting_down', 'The server takes no new questions')
    if (active >= limits.maxConcurrent) {
      throw new DocentError('rate_limited', 'Too many answers are being written; ask again in a moment.', {
        retryAfterMs: 1000,
        details: {limit: 'all_answers'},
      })
    }
    const build = options.currentBuild()
    if (build === null) throw new DocentError('not_ready', 'There is no index yet')
    if (question.version !== null && options.hasVersion?.(question.version) === false) {
      throw new DocentError('version_not_found', `The docs have no version ${question.version}`)
    }

    const earlier = asked.continueAnswerId ? journalled(asked.continueAnswerId) : null
    const continued = earlier === null ? null : continuedFrom(earlier)
    const joined = conversationOf(question.conversationId)
    const conversationId = joined ?? newConversationId()
    const conversation = refOf(conversationId)
    // The words that were asked, not what the client sends now: the text that goes on answers those.
    const asks: Question =
      earlier === null
        ? question
        : {
            ...question,
            question: earlier.question || question.question,
            version: earlier.version ?? question.version,
          }
    const run = beginRun({
      entry: {
        answerId: newId(),
        conversation,
        question: asks.question,
        version: asks.version,
        build,
        generator: generator.name,
        model: generator.model,
        embedding: options.embedding,
        startedAt: now(),
        settings: {
          ...options.deadlines,
          resumeGraceMs: options.resumeGraceMs,
          resumable: asks.resumable,
          sourcesPerAnswer: limits.sourcesPerAnswer,
          maxRounds: limits.maxRounds,
          ...(continued === null ? {} : {continues: continued.answerId}),
        },
        channel: asked.channel,
        idempotencyKey,
      },
      conversationId,
      question: asks,
      history: historyOf(asks, joined === null ? null : conversation, earlier),
      continued,
      retriever,
      generator,
      journal,
      deadlines: options.deadlines,
      graceMs: options.resumeGraceMs,
      firstReaderMs: options.firstReaderMs ?? Math.max(10_000, options.resumeGraceMs),
      limits,
      onEnd(summary, unexpected) {
        ended(summary, unexpected)
        asked.onEnd?.(summary)
      },
    })
    runs.set(run.entry.answerId, run)
    active += 1
    return {answerId: run.entry.answerId, conversationId, created: true}
  }

  function ended(summary: AnswerSummary, unexpected: DocentError | null): void {
    active -= 1
    const {answerId} = summary
    const timer = setTimeout(() => {
      runs.delete(answerId)
      lingering.delete(answerId)
    }, lingerMs)
    timer.unref?.()
    lingering.set(answerId, timer)
    const {answerId: _, ...facts} = summary
    const ref = refOf(answerId)
    if (unexpected !== null) options.log?.error({ref, err: unexpected}, 'an answer failed unexpectedly')
    options.log?.info({ref, ...facts}, 'answer ended')
    options.onEnd?.(summary)
  }

  function journalled(answerId: string): JournalledAnswer {
    const found = journal.find(answerId)
    if (found === null) throw new DocentError('not_found', 'There is no such answer')
    return found
  }

  function continuedFrom(earlier: JournalledAnswer): Continued {
    const run = runs.get(earlier.answerId)
    if ((run !== undefined && !run.isEnded) || earlier.ending === null) {
      throw new DocentError('conflict', 'The answer to go on from is still being written')
    }
    const events = journal.eventsAfter(earlier.answerId, 0)
    const fold = foldOf(events, earlier.startedAt)
    if (fold.partial && fold.finishReason !== 'max_tokens') {
      // Asked to go on, a model that declined declines again, and one whose context is full has no room.
      throw new DocentError('conflict', 'The answer to go on from cannot go on; ask in other words')
    }
    const isWhole = earlier.ending === 'abstained' || (earlier.ending === 'complete' && !fold.partial)
    if (isWhole) throw new DocentError('conflict', 'The answer to go on from did not break off')
    const sources = events.flatMap(({event}): SourcesEvent[] => (event.type === 'sources' ? [event] : []))
    const {answerId} = earlier
    // A log that keeps no words has nothing to go on from, so the answer is written anew.
    if (sources.some(({query}) => query === '')) return {answerId, text: '', sources: [], citations: []}
    return {answerId, text: fold.text, sources, citations: fold.citations}
  }

  /** The key as it was given, where it opens a conversation that there is; null begins a new one. */
  function conversationOf(conversationId: string | null): string | null {
    if (conversationId === null || !canBeConversationKey(conversationId)) return null
    return journal.hasConversation(refOf(conversationId)) ? conversationId : null
  }

  /** @param joined the conversation that the question goes on with, by its digest; null for a new one. */
  function historyOf(
    question: Question,
    joined: string | null,
    earlier: JournalledAnswer | null,
  ): readonly Turn[] {
    if (question.history.length > 0) return question.history
    if (joined === null) return []
    const turns = openingAndLatest(journal.conversation(joined, rememberedTurns), limits.maxHistoryTurns)
    // The turn that is continued is not its own past: the question, and what was answered where a limit cut it.
    const asked = turns.at(-1)?.role === 'assistant' ? -2 : -1
    return earlier !== null && turns.at(asked)?.content === earlier.question ? turns.slice(0, asked) : turns
  }

  function open(answerId: string, {after, signal, isAsker}: ReadOptions): RunReader {
    const run = runs.get(answerId)
    const from = startOf(after)
    if (run === undefined) return readerOf(storedEvents(journalled(answerId), from), signal)
    const reader = run.read(from, signal)
    return isAsker ? readerOfAsker(reader, run.takeConversationId) : reader
  }

  /** From the journal, always up to a terminal event, whatever the journal may have lost. */
  function storedEvents(found: JournalledAnswer, after: number): readonly SequencedEvent[] {
    const stored = journal.eventsAfter(found.answerId, after)
    if (stored.length === 0 && after > 0)
      return found.ending === 'interrupted' ? lateTerminal(found, after) : []

    const gap = stored.findIndex((event, index) => event.seq !== after + index + 1)
    const sound = gap === -1 ? stored : stored.slice(0, gap)
    const last = sound.at(-1)
    if (last !== undefined && isTerminal(last.event)) {
      if (found.ending === 'interrupted') told(found.answerId).add(last.seq)
      return sound
    }
    // The disk was full or gone while this answer was written: the reader learns that it is not all.
    const event: AnswerEvent = {...errorEventOf('storage'), ending: 'interrupted'}
    return [...sound, {seq: (last?.seq ?? after) + 1, at: last?.at ?? found.startedAt, event}]
  }

  /**
   * A crash loses the last moments' events, so a reader may have seen more than the journal has, and the terminal
   * event that recovery added may stand at a number this reader knows as something else. It is told the ending
   * under the next number; only a reader that was told it there is past the end.
   */
  function lateTerminal(found: JournalledAnswer, after: number): readonly SequencedEvent[] {
    const terminal = journal.eventsAfter(found.answerId, 0).at(-1)
    if (terminal?.event.type !== 'error' || terminal.event.code !== 'server_restarted') return []
    const seqs = told(found.answerId)
    if (seqs.has(after) || seqs.size > maxTold) return []
    seqs.add(after + 1)
    return [{...terminal, seq: after + 1}]
  }

  function told(answerId: string): Set<number> {
    let seqs = recovered.get(answerId)
    if (seqs === undefined) {
      seqs = new Set()
      recovered.set(answerId, seqs)
      if (recovered.size > maxRecoveredRemembered) recovered.delete(recovered.keys().next().value!)
    }
    return seqs
  }

  function snapshot(answerId: string): AnswerSnapshot | null {
    const run = runs.get(answerId)
    if (run !== undefined) return snapshotOf({...run.entry, ending: run.fold.ending}, run.fold)
    const found = journal.find(answerId)
    if (found === null) return null
    return snapshotOf(found, foldOf(storedEvents(found, 0), found.startedAt))
  }

  async function stop(answerId: string): Promise<Ending> {
    const run = runs.get(answerId)
    if (run === undefined) {
      const found = journalled(answerId)
      return found.ending ?? 'interrupted'
    }
    run.stop()
    return run.ended
  }

  function forget(what: Parameters<Answering['forget']>[0]): void {
    for (const [id, run] of runs) {
      const isMeant = 'answerId' in what ? id === what.answerId : run.entry.conversation === what.conversation
      if (!isMeant) continue
      run.stop()
      clearTimeout(lingering.get(id))
      lingering.delete(id)
      runs.delete(id)
    }
  }

  async function shutdown(graceMs: number): Promise<void> {
    isClosing = true
    const open = [...runs.values()].filter((run) => !run.isEnded)
    if (open.length > 0 && graceMs > 0) {
      let timer: ReturnType<typeof setTimeout> | undefined
      const grace = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, graceMs)
      })
      await Promise.race([Promise.all(open.map((run) => run.ended)), grace])
      clearTimeout(timer)
    }
    for (const run of open) run.interrupt('shutting_down')
    for (const timer of lingering.values()) clearTimeout(timer)
    // Readers that are still catching up hold their run; new ones are served from the journal.
    lingering.clear()
    runs.clear()
    await journal.flush()
  }

  return {
    ask,
    join,
    events(answerId, options) {
      const {bufferMs = 0} = options
      const openReader = () => open(answerId, options)
      return bufferMs > 0 ? gatheredEvents(openReader, bufferMs) : eachEvent(openReader)
    },
    async deliver(answerId, options, receive) {
      const {bufferMs = 0} = options
      const openReader = () => open(answerId, options)
      if (bufferMs === 0) return deliverEach(openReader(), receive)
      for await (const event of gatheredEvents(openReader, bufferMs)) {
        const wait = receive(event)
        if (wait !== null) await wait
      }
    },
    stop,
    forget,
    snapshot,
    get active() {
      return active
    },
    shutdown,
  }
}

/** So many turns of a conversation are looked back at for the one that opened it. */
const rememberedTurns = 100

/** The latest turns and the exchange that opened the conversation, `most` together: it says what all of it is about. */
function openingAndLatest(turns: readonly Turn[], most: number): readonly Turn[] {
  if (turns.length <= most) return turns
  const opening = turns.slice(0, turns[1]?.role === 'assistant' ? 2 : 1).slice(0, most)
  return [...opening, ...turns.slice(turns.length - most + opening.length)]
}

/** What makes no sense as a number begins at the beginning. */
function startOf(after = 0): number {
  return Number.isSafeInteger(after) && after > 0 ? after : 0
}

function snapshotOf(entry: JournalledAnswer, fold: AnswerFold): AnswerSnapshot {
  return {
    answerId: entry.answerId,
    question: entry.question,
    build: entry.build,
    ending: fold.ending ?? entry.ending,
    abstained: fold.abstained,
    reason: fold.reason,
    nearest: fold.nearest,
    finishReason: fold.finishReason,
    partial: fold.partial,
    error: fold.error,
    text: fold.text,
    sources: fold.sources,
    citations: fold.citations,
    usage: fold.usage,
    timings: fold.timings(),
  }
}
