import type {Journal, JournalEntry, JournalledAnswer} from '../answers/index.ts'
import {holdsIdempotencyKey} from '../answers/index.ts'
import type {SequencedEvent} from '../domain/index.ts'
import {within} from '../lib/within.ts'
import type {Redacted, Redactor} from '../redaction/index.ts'
import {type AnswerRow, journalledOf, turnsOf} from './answer-row.ts'
import {eventsInMemory, journalledLive, type LiveAnswer, liveRow} from './live-answer.ts'
import type {LiveAnswers} from './live-answers.ts'
import {overlayEvents, overlayRow} from './overlay.ts'
import {type VisitorWords, visitorWordsOf} from './visitor-words.ts'
import type {WriteBehind} from './write-behind.ts'

type MaybePromise<T> = T | Promise<T>

/** The reads of a store that the journal needs. They throw, or reject, if it cannot be read. */
export interface JournalReads {
  row(answerId: string): MaybePromise<AnswerRow | null>
  /** The newest answer begun with the key. */
  rowByIdempotencyKey(key: string): MaybePromise<AnswerRow | null>
  /** The newest answer begun in the chat. */
  rowByChat(chat: string): MaybePromise<AnswerRow | null>
  /** Events of a row with a greater `seq`, in order. */
  events(row: number, after: number): MaybePromise<readonly SequencedEvent[]>
  /** The last answers of a conversation, oldest first. */
  conversationRows(conversation: string, limit: number): MaybePromise<readonly AnswerRow[]>
}

export interface JournalOptions {
  readonly live: LiveAnswers
  readonly writes: WriteBehind
  readonly reads: JournalReads
  /**
   * Claims the idempotency key of an answer that begins, where several processes write to the store. Resolves with the answer
   * that holds it, or with null if this one does now. Never rejects. Default: only this process writes, and looks it up.
   */
  readonly claim?: (entry: JournalEntry, key: string) => Promise<JournalledAnswer | null>
  /** For what visitors write. It is redacted before anything has it, so that memory and file agree. */
  readonly redactor: Redactor
  readonly onRedacted: (found: Redacted['found']) => void
  /** Whether text is written to the file. */
  readonly keepsText: boolean
}

/** How long an answer waits for a store that is asked over the network, in milliseconds. */
const readMs = 2_000
/** The same, where that has failed. */
const degradedReadMs = 250

function tooLate(): never {
  throw new Error('The answers could not be read in time: timeout')
}

/** The journal: answers in memory over a store with write-behind. If the store fails, it serves only what is in memory. */
export function createJournal(options: JournalOptions): Journal {
  const {live, writes, reads, redactor, onRedacted, keepsText} = options
  const wordsOf = new WeakMap<LiveAnswer, VisitorWords>()

  /** At once if the store reads at once: then nothing comes between a read and what follows from it. */
  function fromStore<T>(read: () => MaybePromise<T>, fallback: T): MaybePromise<T> {
    const failed = (error: unknown) => {
      writes.reportFailure(error)
      return fallback
    }
    try {
      const found = read()
      return found instanceof Promise
        ? within(writes.isDegraded ? degradedReadMs : readMs, found, tooLate).catch(failed)
        : found
    } catch (error) {
      return failed(error)
    }
  }

  const liveWithKey = (key: string): JournalledAnswer | null => {
    const answer = live.withKey(key)
    return answer === undefined ? null : journalledLive(answer)
  }

  function withKey(key: string): MaybePromise<JournalledAnswer | null> {
    const answer = liveWithKey(key)
    if (answer !== null) return answer
    const stored = fromStore(() => reads.rowByIdempotencyKey(key), null)
    return stored instanceof Promise ? stored.then(journalledOrNull) : journalledOrNull(stored)
  }

  /** The answer that holds the key of one that is about to begin; at once if only this process writes. */
  function holderOf(entry: JournalEntry, key: string): MaybePromise<JournalledAnswer | null> {
    const {claim} = options
    if (claim === undefined) return withKey(key)
    const holder = liveWithKey(key)
    // After the wait, another question of this process may have begun: it was not told of it if the store cannot be reached.
    return holder ?? claim(entry, key).then((claimed) => claimed ?? liveWithKey(key))
  }

  return {
    async begin(entry, state) {
      const words = visitorWordsOf(entry, redactor)
      const found = entry.idempotencyKey === null ? null : holderOf(words.entry, entry.idempotencyKey)
      // No await where there is nothing to wait for: the look-up and the claim are one step then.
      const holder = found instanceof Promise ? await found : found
      if (holder !== null && holdsIdempotencyKey(holder, entry.startedAt)) return holder
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
      return journalledOrNull(await fromStore(() => reads.row(answerId), null))
    },
    async eventsAfter(answerId, seq) {
      const answer = live.get(answerId)
      const inMemory = answer === undefined ? [] : eventsInMemory(answer)
      const later = inMemory.filter((event) => event.seq > seq)
      const first = inMemory[0]
      if (first !== undefined && first.seq <= seq + 1) return later
      const row = answer === undefined ? (await fromStore(() => reads.row(answerId), null))?.row : answer.row
      const stored = row == null ? [] : await fromStore(() => reads.events(row, seq), [])
      return overlayEvents(stored, later)
    },
    findByIdempotencyKey: async (key) => withKey(key),
    async findByChat(chat) {
      const answer = live.inChat(chat)
      if (answer !== undefined) return journalledLive(answer)
      return journalledOrNull(await fromStore(() => reads.rowByChat(chat), null))
    },
    hasConversation: async (conversation) =>
      live.ofConversation(conversation).length > 0 ||
      (await fromStore(() => reads.conversationRows(conversation, 1), [])).length > 0,
    async conversation(conversation, limit) {
      const stored = await fromStore(() => reads.conversationRows(conversation, limit), [])
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

function journalledOrNull(row: AnswerRow | null): JournalledAnswer | null {
  return row === null ? null : journalledOf(row)
}
