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
import type {AskOptions} from './answering.ts'
import type {AnsweringLimits, Deadlines} from './answering-limits.ts'
import {type Continuation, continuationOf, stillWritten} from './continuation.ts'
import {openingAndLatest, turnsBefore, turnsRead} from './conversation-history.ts'
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
  readonly newId: () => string
}

/** All that is known of an answer before it begins. */
export interface PreparedAnswer {
  readonly entry: JournalEntry
  /** The key of the conversation that `entry` has the digest of: the one that was given, or a new one. */
  readonly conversationId: string
  /** What is answered: where an earlier answer is gone on from, the words that one was asked with. */
  readonly question: Question
  readonly history: readonly Turn[]
  readonly continuation: Continuation | null
}

/**
 * Reads from the journal what an answer needs of its conversation and of the answer it goes on from.
 * @param at when the question was accepted, and which build answers it.
 * @throws DocentError `not_found` or `conflict` for an answer that cannot be gone on from.
 */
export async function prepareAnswer(
  asked: Question,
  options: AskOptions,
  at: {readonly startedAt: number; readonly build: string},
  deps: PrepareAnswerDeps,
): Promise<PreparedAnswer> {
  const {journal, generator, embedding, deadlines, resumeGraceMs, limits, newId} = deps
  const earlier = options.continueAnswerId ? await deps.stored.find(options.continueAnswerId) : null
  const continuation = earlier === null ? null : await continuationFrom(earlier, deps)
  const question = earlier === null ? asked : questionOf(earlier, asked)
  const isOngoing = await hasConversation(asked.conversationId, journal)
  const conversationId = isOngoing ? asked.conversationId! : newConversationId()
  const conversation = refOf(conversationId)
  const history =
    question.history.length === 0 && isOngoing
      ? await historyOf(conversation, earlier, deps)
      : question.history
  const entry: JournalEntry = {
    answerId: newId(),
    conversation,
    question: question.question,
    version: question.version,
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
  }
  return {entry, conversationId, question, history, continuation}
}

async function continuationFrom(
  earlier: JournalledAnswer,
  {runs, journal}: PrepareAnswerDeps,
): Promise<Continuation> {
  if (runs.get(earlier.answerId)?.isEnded === false) throw stillWritten()
  return continuationOf(earlier, await journal.eventsAfter(earlier.answerId, 0))
}

/** The words that were asked then, not what the client sends now: the text that goes on answers those. */
function questionOf(earlier: JournalledAnswer, asked: Question): Question {
  return {
    ...asked,
    question: earlier.question || asked.question,
    version: earlier.version ?? asked.version,
  }
}

/** Whether this is the key of a conversation that there is. */
async function hasConversation(
  conversationId: string | null,
  journal: PrepareAnswerDeps['journal'],
): Promise<boolean> {
  if (conversationId === null || !canBeConversationKey(conversationId)) return false
  return journal.hasConversation(refOf(conversationId))
}

async function historyOf(
  conversation: string,
  earlier: JournalledAnswer | null,
  {journal, limits}: PrepareAnswerDeps,
): Promise<readonly Turn[]> {
  const turns = openingAndLatest(await journal.conversation(conversation, turnsRead), limits.maxHistoryTurns)
  return earlier === null ? turns : turnsBefore(turns, earlier.question)
}
