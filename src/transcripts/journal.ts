import type {Journal, JournalledAnswer} from '../answers/index.ts'
import {holdsIdempotencyKey} from '../answers/index.ts'
import type {Redacted, Redactor} from '../redaction/index.ts'
import {journalledOf, turnsOf} from './answer-row.ts'
import {eventsInMemory, journalledLive, type LiveAnswer, liveRow} from './live-answer.ts'
import type {LiveAnswers} from './live-answers.ts'
import {overlayEvents, overlayRow} from './overlay.ts'
import type {TranscriptReads} from './transcript-reads.ts'
import {type VisitorWords, visitorWordsOf} from './visitor-words.ts'
import type {WriteBehind} from './write-behind.ts'

export interface JournalOptions {
  readonly live: LiveAnswers
  readonly writes: WriteBehind
  readonly reads: TranscriptReads
  /** For what visitors write. It is redacted before anything has it, so that memory and file agree. */
  readonly redactor: Redactor
  readonly onRedacted: (found: Redacted['found']) => void
  /** Whether text is written to the file. */
  readonly keepsText: boolean
}

/** The journal: answers in memory over a file with write-behind. If the file fails, it serves only what is in memory. */
export function createJournal(options: JournalOptions): Journal {
  const {live, writes, reads, redactor, onRedacted, keepsText} = options
  const wordsOf = new WeakMap<LiveAnswer, VisitorWords>()

  function fromFile<T>(read: () => T, fallback: T): T {
    try {
      return read()
    } catch (error) {
      writes.reportFailure(error)
      return fallback
    }
  }

  function withKey(key: string): JournalledAnswer | null {
    const answer = live.withKey(key)
    if (answer !== undefined) return journalledLive(answer)
    const stored = fromFile(() => reads.rowByIdempotencyKey(key), null)
    return stored === null ? null : journalledOf(stored)
  }

  function inChat(chat: string): JournalledAnswer | null {
    const answer = live.inChat(chat)
    if (answer !== undefined) return journalledLive(answer)
    const stored = fromFile(() => reads.rowByChat(chat), null)
    return stored === null ? null : journalledOf(stored)
  }

  return {
    // No await between the look-up of the key and the claim.
    async begin(entry, state) {
      const holder = entry.idempotencyKey === null ? null : withKey(entry.idempotencyKey)
      if (holder !== null && holdsIdempotencyKey(holder, entry.startedAt)) return holder
      const words = visitorWordsOf(entry, redactor)
      const answer = live.begin(words.entry, state)
      wordsOf.set(answer, words)
      onRedacted(words.found)
      writes.add(answer)
      return null
    },
    append(answerId, event) {
      const answer = live.get(answerId)
      // Deleted while it ran: its events are dropped.
      if (answer === undefined) return
      const kept = wordsOf.get(answer)!.event(event)
      answer.allEvents?.push(kept)
      writes.add(answer, kept)
    },
    note(answerId, details) {
      const answer = live.get(answerId)
      if (answer === undefined) return
      answer.details = {...answer.details, ...wordsOf.get(answer)!.details(details)}
      answer.hasNewDetails = true
      writes.add(answer)
    },
    keep(answerId, material) {
      const answer = keepsText ? live.get(answerId) : undefined
      if (answer !== undefined) writes.keep(answer, wordsOf.get(answer)!.material(material))
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
      return overlayEvents(stored, later)
    },
    findByIdempotencyKey: async (key) => withKey(key),
    findByChat: async (chat) => inChat(chat),
    hasConversation: async (conversation) =>
      live.ofConversation(conversation).length > 0 ||
      fromFile(() => reads.conversationRows(conversation, 1).length > 0, false),
    async conversation(conversation, limit) {
      const stored = fromFile(() => reads.conversationRows(conversation, limit), [])
      const rows = new Map(stored.map((row) => [row.id, row]))
      for (const answer of live.ofConversation(conversation)) {
        const {answerId} = answer.entry
        const before = rows.get(answerId) ?? null
        // An answer that is in the file but not among its latest rows is too old.
        if (before !== null || answer.row === null) rows.set(answerId, overlayRow(before, liveRow(answer)))
      }
      return turnsOf([...rows.values()], limit)
    },
    flush: writes.flush,
    health: writes.health,
  }
}
