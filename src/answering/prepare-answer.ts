import {
  canBeConversationKey,
  type Journal,
  type JournalEntry,
  type JournalledAnswer,
  newConversationId,
  refOf,
} from '../answers/index.ts'
import type {Question, Turn} from '../domain/index.ts'
import type {Generator} from '../generation/index.ts'
import type {Redactor} from '../redaction/index.ts'
import type {AskOptions} from './answering.ts'
import type {AnsweringLimits, Deadlines} from './answering-limits.ts'
import {type Continuation, continuationOf, stillWritten} from './continuation.ts'
import {maxTurnsRead, openingAndLatestTurns, turnsBefore} from './conversation-history.ts'
import {isSameKept, keptTurns} from './kept-words.ts'
import type {RunsInMemory} from './runs-in-memory.ts'
import type {StoredAnswers} from './stored-answers.ts'

export interface PrepareAnswerDeps {
  readonly journal: Pick<Journal, 'hasConversation' | 'conversation' | 'eventsAfter'>
  readonly stored: StoredAnswers
  readonly runs: RunsInMemory
  readonly generator: Pick<Generator, 'name' | 'model'>
  readonly embedding: string
  readonly deadlines: Deadlines
  readonly resumeGraceMs: number
  readonly limits: AnsweringLimits
  /** What the journal redacts questions with. */
  readonly redactor: Redactor
  readonly newId: () => string
}

/** All that is known about an answer before it begins. */
export interface PreparedAnswer {
  readonly entry: JournalEntry
  /** The key of the conversation whose digest is in `entry`: the one that was sent, or a new one. */
  readonly conversationId: string
  /** The question to answer: that of the earlier answer if one is continued. */
  readonly question: Question
  readonly history: readonly Turn[]
  readonly continuation: Continuation | null
}

/**
 * Reads what an answer needs from the journal: its conversation, and the answer it continues.
 * @param at when the question was accepted, and which build answers it.
 * @throws DocentError `not_found` or `conflict` for an answer that cannot be continued.
 */
export async function prepareAnswer(
  submitted: Question,
  options: AskOptions,
  at: {readonly startedAt: number; readonly build: string},
  deps: PrepareAnswerDeps,
): Promise<PreparedAnswer> {
  const {journal, generator, embedding, deadlines, resumeGraceMs, limits, newId} = deps
  const earlier = options.continueAnswerId ? await deps.stored.find(options.continueAnswerId) : null
  const continuation = earlier === null ? null : await continuationFrom(earlier, deps)
  const question = earlier === null ? submitted : questionOf(earlier, submitted, deps.redactor)
  const isOngoing = await hasConversation(submitted.conversationId, journal)
  const conversationId = isOngoing ? submitted.conversationId! : newConversationId()
  const conversation = refOf(conversationId)
  const turns = await historyOf(question, isOngoing ? conversation : null, deps)
  const history =
    earlier === null || question.history.length > 0 ? turns : turnsBefore(turns, earlier.question)
  const entry: JournalEntry = {
    answerId: newId(),
    conversation,
    question: question.question,
    version: question.version,
    lang: question.lang ?? null,
    page: question.page ?? null,
    build: at.build,
    generator: generator.name,
    model: generator.model,
    embedding,
    startedAt: at.startedAt,
    settings: {
      ...deadlines,
      resumeGraceMs,
      resumable: question.resumable,
      sourcesPerAnswer: limits.sourcesPerAnswer,
      maxRounds: limits.maxRounds,
      ...(continuation === null ? {} : {continues: continuation.answerId}),
    },
    channel: options.channel,
    idempotencyKey: options.idempotencyKey ?? null,
    chat: options.chat ?? null,
    visitor: options.visitor ?? null,
  }
  return {entry, conversationId, question, history, continuation}
}

async function continuationFrom(
  earlier: JournalledAnswer,
  {runs, journal}: PrepareAnswerDeps,
): Promise<Continuation> {
  if (runs.get(earlier.answerId)?.hasEnded === false) throw stillWritten()
  return continuationOf(earlier, await journal.eventsAfter(earlier.answerId, 0))
}

/**
 * The earlier question, not what the client sends now: the continued text answers that one. Where it is the same, with what
 * is not kept of it.
 */
function questionOf(earlier: JournalledAnswer, submitted: Question, redactor: Redactor): Question {
  const isSame = earlier.question === '' || isSameKept(earlier.question, submitted.question, redactor)
  return {
    ...submitted,
    question: isSame ? submitted.question : earlier.question,
    version: earlier.version ?? submitted.version,
    lang: earlier.lang ?? submitted.lang ?? null,
    page: earlier.page ?? submitted.page ?? null,
  }
}

/** Whether this is the key of an existing conversation. */
async function hasConversation(
  conversationId: string | null,
  journal: PrepareAnswerDeps['journal'],
): Promise<boolean> {
  if (conversationId === null || !canBeConversationKey(conversationId)) return false
  return journal.hasConversation(refOf(conversationId))
}

type HistoryDeps = Pick<PrepareAnswerDeps, 'journal' | 'limits' | 'redactor'>

/**
 * The turns before a question: those that it carries, else those of its conversation.
 * @param conversation the `refOf` of an existing one; null for none.
 */
async function historyOf(
  question: Question,
  conversation: string | null,
  {journal, limits, redactor}: HistoryDeps,
): Promise<readonly Turn[]> {
  const {maxHistoryTurns} = limits
  if (question.history.length > 0 || conversation === null) {
    return keptTurns(openingAndLatestTurns(question.history, maxHistoryTurns), redactor)
  }
  return openingAndLatestTurns(await journal.conversation(conversation, maxTurnsRead), maxHistoryTurns)
}

/** The turns before a question that is not asked yet. */
export async function historyBefore(question: Question, deps: HistoryDeps): Promise<readonly Turn[]> {
  const {conversationId} = question
  const isOngoing = await hasConversation(conversationId, deps.journal)
  return historyOf(question, isOngoing ? refOf(conversationId!) : null, deps)
}
