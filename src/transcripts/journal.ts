import type {Journal, JournalledAnswer} from '../answers/index.ts'
import {holdsIdempotencyKey} from '../answers/index.ts'
import {journalledOf, turnsOf} from './answer-row.ts'
import {eventsInMemory, journalledLive, liveRow} from './live-answer.ts'
import type {LiveAnswers} from './live-answers.ts'
import {overlaidEvents, overlaidRow} from './overlay.ts'
import type {TranscriptReads} from './transcript-reads.ts'
import type {WriteBehind} from './write-behind.ts'

export interface JournalOptions {
  readonly live: LiveAnswers
  readonly writes: WriteBehind
  readonly reads: TranscriptReads
}

/** The journal: answers in memory over a file that is written behind. Without the file, what is in memory is all there is. */
export function createJournal({live, writes, reads}: JournalOptions): Journal {
  function fromFile<T>(read: () => T, fallback: T): T {
    try {
      return read()
    } catch (error) {
      writes.failed(error)
      return fallback
    }
  }

  function withKey(key: string): JournalledAnswer | null {
    const answer = live.withKey(key)
    if (answer !== undefined) return journalledLive(answer)
    const stored = fromFile(() => reads.rowByIdempotencyKey(key), null)
    return stored === null ? null : journalledOf(stored)
  }

  return {
    // Without a pause between the look-up of the key and the claim.
    async begin(entry, state) {
      const holder = entry.idempotencyKey === null ? null : withKey(entry.idempotencyKey)
      if (holder !== null && holdsIdempotencyKey(holder, entry.startedAt)) return holder
      writes.add(live.begin(entry, state))
      return null
    },
    append(answerId, event) {
      const answer = live.get(answerId)
      // Deleted while it ran: nothing more of it is kept.
      if (answer === undefined) return
      answer.whole?.push(event)
      writes.add(answer, event)
    },
    note(answerId, facts) {
      const answer = live.get(answerId)
      if (answer === undefined) return
      answer.facts = {...answer.facts, ...facts}
      answer.hasNewFacts = true
      writes.add(answer)
    },
    async find(answerId) {
      const answer = live.get(answerId)
      if (answer !== undefined) return journalledLive(answer)
      const stored = fromFile(() => reads.row(answerId), null)
      return stored === null ? null : journalledOf(stored)
    },
    async eventsAfter(answerId, seq) {
      const answer = live.get(answerId)
      const inMemory = answer === undefined ? [] : eventsInMemory(answer)
      const later = inMemory.filter((event) => event.seq > seq)
      const first = inMemory[0]
      if (first !== undefined && first.seq <= seq + 1) return later
      const row = answer === undefined ? fromFile(() => reads.row(answerId)?.row ?? null, null) : answer.row
      const stored = row === null ? [] : fromFile(() => reads.events(row, seq), [])
      return overlaidEvents(stored, later)
    },
    findByIdempotencyKey: async (key) => withKey(key),
    hasConversation: async (conversation) =>
      live.ofConversation(conversation).length > 0 ||
      fromFile(() => reads.conversationRows(conversation, 1).length > 0, false),
    async conversation(conversation, limit) {
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
    flush: writes.flush,
    health: writes.health,
  }
}
