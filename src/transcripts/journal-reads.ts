import type {Journal} from '../answers/index.ts'
import {journalledOf, turnsOf} from './answer-row.ts'
import {eventsInMemory, journalledLive, liveRow} from './live-answer.ts'
import type {LiveAnswers} from './live-answers.ts'
import {overlaidEvents, overlaidRow} from './overlay.ts'
import type {TranscriptReads} from './transcript-reads.ts'

export interface JournalReadsOptions {
  readonly live: LiveAnswers
  readonly reads: TranscriptReads
  /** Called with what the file threw. */
  readonly onFailure: (error: unknown) => void
}

type JournalReads = Pick<
  Journal,
  'find' | 'eventsAfter' | 'findByIdempotencyKey' | 'hasConversation' | 'conversation'
>

/** What answering reads: it never throws, since without the file what is in memory is all there is. */
export function createJournalReads({live, reads, onFailure}: JournalReadsOptions): JournalReads {
  function fromFile<T>(read: () => T, fallback: T): T {
    try {
      return read()
    } catch (error) {
      onFailure(error)
      return fallback
    }
  }

  return {
    find(answerId) {
      const answer = live.get(answerId)
      if (answer !== undefined) return journalledLive(answer)
      const stored = fromFile(() => reads.row(answerId), null)
      return stored === null ? null : journalledOf(stored)
    },
    eventsAfter(answerId, seq) {
      const answer = live.get(answerId)
      const inMemory = answer === undefined ? [] : eventsInMemory(answer)
      const first = inMemory[0]
      if (first !== undefined && first.seq <= seq + 1) return inMemory.filter((event) => event.seq > seq)
      const row = answer === undefined ? fromFile(() => reads.row(answerId)?.row ?? null, null) : answer.row
      const stored = row === null ? [] : fromFile(() => reads.events(row, seq), [])
      return [...overlaidEvents(stored, inMemory)]
    },
    findByIdempotencyKey(key) {
      const answer = live.withKey(key)
      if (answer !== undefined) return journalledLive(answer)
      const stored = fromFile(() => reads.rowByIdempotencyKey(key), null)
      return stored === null ? null : journalledOf(stored)
    },
    hasConversation: (conversation) =>
      live.ofConversation(conversation).length > 0 ||
      fromFile(() => reads.conversationRows(conversation, 1).length > 0, false),
    conversation(conversation, limit) {
      const stored = fromFile(() => reads.conversationRows(conversation, limit), [])
      const rows = new Map(stored.map((row) => [row.id, row]))
      for (const answer of live.ofConversation(conversation)) {
        const {answerId} = answer.entry
        const before = rows.get(answerId) ?? null
        // One that the file has, and that is not among the last ones, began too long ago.
        if (before !== null || answer.row === null) rows.set(answerId, overlaidRow(before, liveRow(answer)))
      }
      return turnsOf([...rows.values()], limit)
    },
  }
}
