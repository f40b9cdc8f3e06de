import type {AnswerState, Journal, JournalEntry, JournalFacts, JournalledAnswer} from '../answers/index.ts'
import {holdsIdempotencyKey, refOf} from '../answers/index.ts'
import {DocentError, isTerminal, type SequencedEvent} from '../domain/index.ts'
import {rowsOf} from './event-rows.ts'
import {type LiveAnswer, liveRow, matches, memoryItem, sizeOf, withoutReview} from './live-answer.ts'
import {holdFile, openDatabase, storageError} from './open-database.ts'
import {recoverAnswers} from './recover-answers.ts'
import {redactedEvent, redactedFacts} from './redaction.ts'
import {createEraser, removeAnswers} from './removal.ts'
import {startRetention} from './retention.ts'
import {
  type AnswerRow,
  createTranscriptReads,
  excerptOf,
  journalledOf,
  transcriptOf,
  turnsOf,
} from './transcript-reads.ts'
import type {Transcript, TranscriptFilter, TranscriptItem, TranscriptStore} from './transcript-store.ts'

export interface TranscriptsOptions {
  /** The SQLite file; `:memory:` for none. Its folder is made when missing. */
  readonly file: string
  /**
   * `full` keeps everything. `metadata` never writes words of the visitor, the model, the docs or staff to disk, only
   * what happened and when, with rating and verdict. `off` writes nothing at all. Default `full`. Answers under way can be resumed in all.
   */
  readonly mode?: 'full' | 'metadata' | 'off'
  /** Older answers are removed, at the start and every hour; 0, the default, keeps them. */
  readonly retentionDays?: number
  /** About how large the file may grow before the oldest answers are removed; 0, the default, for no bound. */
  readonly maxBytes?: number
  readonly now?: () => number
  /** How long writes are gathered; default 75. */
  readonly flushMs?: number
  /** Events held in memory while they cannot be written; beyond it the largest answers lose theirs. Default 100,000. */
  readonly maxPending?: number
  /** Where SQLite stops growing the file; default no limit of our own. */
  readonly maxFileBytes?: number
  /** Told when the log stops being written, with the reason, and with null when it is written again. */
  readonly onDegraded?: (reason: string | null) => void
  /** Told false when another process holds copies of what was removed in the file, and true when they are gone. */
  readonly onErased?: (isErased: boolean) => void
  /** Told at the start of a file that others on this machine may read, as it is another user's, and what to do. */
  readonly onExposed?: (warning: string) => void
  /** Told once, when the first answers are removed for want of room. */
  readonly onFull?: () => void
}

export interface Transcripts extends Journal, TranscriptStore {
  /** Answers that a crash had left open and that are now `interrupted`. */
  readonly recovered: number
  /** Writes what it can and closes the file. Idempotent. */
  close(): void
}

const busyTimeoutMs = 20
const staffBusyTimeoutMs = 250
/** So long the event loop may be held by one transaction. */
const maxFlushMs = 8
const firstRetryMs = 250
const maxRetryMs = 5_000
/** Before the file is closed: some eight seconds in all, what a purge may take on a slow disk. */
const flushAttempts = 12
const maxPendingChars = 64 * 1024 * 1024

/**
 * The journal of all answers and everything read from it, in one SQLite file written by this process alone.
 * @throws DocentError `storage` when the file cannot be used, `locked` while another server uses it; it is never
 * overwritten.
 */
export function openTranscripts(options: TranscriptsOptions): Transcripts {
  const {file, mode = 'full', retentionDays = 0, maxBytes = 0, flushMs = 75, maxPending = 100_000} = options
  const now = options.now ?? Date.now
  const db = openDatabase(file, options)
  let hold: ReturnType<typeof holdFile> | null = null
  let recovered: number
  try {
    hold = holdFile(file)
    recovered = recoverAnswers(db)
  } catch (error) {
    hold?.release()
    db.close()
    throw storageError(error, file)
  }
  db.pragma(`busy_timeout = ${busyTimeoutMs}`)
  const reads = createTranscriptReads(db)
  const eraser = createEraser(db, options.onErased)

  const live = new Map<string, LiveAnswer>()
  const liveByKey = new Map<string, string>()
  const dirty = new Set<LiveAnswer>()
  /** Those without a row yet: a few, unless the file takes nothing. */
  const unwritten = new Set<LiveAnswer>()
  let pendingCount = 0
  let pendingChars = 0
  let lostAnswers = 0
  let flushTimer: ReturnType<typeof setTimeout> | null = null
  let soon: ReturnType<typeof setImmediate> | null = null
  let retryMs = firstRetryMs
  let reason: string | null = null
  let isClosed = false

  const insertAnswer = db.prepare(
    `INSERT INTO answers (id, ref, conversation, question, version, build, generator, model, embedding, started_at,
       settings, channel, idempotency_key)
     VALUES (@id, @ref, @conversation, @question, @version, @build, @generator, @model, @embedding, @startedAt,
       @settings, @channel, @idempotencyKey)`,
  )
  const insertEvents = db.prepare(
    'INSERT OR IGNORE INTO events (answer, seq, last_seq, at, data, pieces) VALUES (?, ?, ?, ?, ?, ?)',
  )
  const updateFacts = db.prepare('UPDATE answers SET facts = ? WHERE row = ?')
  const endAnswer = db.prepare(
    'UPDATE answers SET ending = ?, abstained = ?, partial = ?, text = ?, usage = ?, timings = ? WHERE row = ?',
  )

  /** Writes one after the other until the time is up, and gives the rows of those it came to. */
  const writeSome = db.transaction((withinMs: number): Map<LiveAnswer, number> => {
    const startedAt = performance.now()
    const rows = new Map<LiveAnswer, number>()
    for (const answer of dirty) {
      rows.set(answer, write(answer))
      if (performance.now() - startedAt > withinMs) break
    }
    return rows
  })

  function write(answer: LiveAnswer): number {
    const {entry, fold} = answer
    const isRedacted = mode !== 'full'
    let row = answer.row
    if (row === null) {
      const inserted = insertAnswer.run({
        id: entry.answerId,
        ref: refOf(entry.answerId),
        conversation: entry.conversation,
        question: isRedacted ? '' : entry.question,
        version: isRedacted ? null : entry.version,
        build: entry.build,
        generator: entry.generator,
        model: entry.model,
        embedding: entry.embedding,
        startedAt: entry.startedAt,
        settings: JSON.stringify(entry.settings),
        channel: entry.channel,
        idempotencyKey: entry.idempotencyKey,
      })
      row = Number(inserted.lastInsertRowid)
    }
    const events = isRedacted ? answer.pending.map(redactedEvent) : answer.pending
    for (const {seq, last_seq, at, data, pieces} of rowsOf(events))
      insertEvents.run(row, seq, last_seq, at, data, pieces)
    if (answer.hasNewFacts) updateFacts.run(JSON.stringify(factsToKeep(answer)), row)
    if (fold.ending !== null) {
      endAnswer.run(
        fold.ending,
        fold.abstained ? 1 : 0,
        fold.partial ? 1 : 0,
        isRedacted ? '' : fold.text,
        JSON.stringify(fold.usage),
        JSON.stringify(fold.timings()),
        row,
      )
    }
    return row
  }

  function factsToKeep({facts, isPartial}: LiveAnswer): JournalFacts {
    const kept = mode === 'full' ? facts : redactedFacts(facts)
    if (!isPartial) return kept
    const note = 'The log could not be written for a while: some of this answer’s events are missing.'
    return {...kept, notes: [...(kept.notes ?? []), note]}
  }

  /**
   * Writes what is gathered: one transaction, or where that would hold up the streams several with other work
   * between them. False when it could not be written; everything is kept then.
   */
  function flushSome(withinMs = maxFlushMs): boolean {
    if (flushTimer !== null) clearTimeout(flushTimer)
    if (soon !== null) clearImmediate(soon)
    flushTimer = null
    soon = null
    if (dirty.size === 0 || isClosed) return dirty.size === 0
    try {
      // Immediate: a transaction that reads before it writes would fail at once when another process has written.
      const rows = mode === 'off' ? null : writeSome.immediate(withinMs)
      for (const answer of rows?.keys() ?? [...dirty]) {
        if (rows !== null) {
          answer.row = rows.get(answer) ?? null
          unwritten.delete(answer)
        }
        count(answer.pending, -1)
        answer.pending = []
        answer.hasNewFacts = false
        dirty.delete(answer)
        if (answer.fold.ending !== null) forget(answer)
      }
      retryMs = firstRetryMs
      setReason(null)
      retention.written()
      if (dirty.size > 0) scheduleSoon()
      return true
    } catch (error) {
      setReason(storageError(error, file).message)
      schedule(retryMs)
      retryMs = Math.min(maxRetryMs, retryMs * 2)
      return false
    }
  }

  /** Writes all that is gathered at once. */
  function flushNow(): boolean {
    return flushSome(Number.POSITIVE_INFINITY)
  }

  function forget(answer: LiveAnswer): void {
    live.delete(answer.entry.answerId)
    unwritten.delete(answer)
    const key = answer.entry.idempotencyKey
    if (key !== null && liveByKey.get(key) === answer.entry.answerId) liveByKey.delete(key)
  }

  function setReason(next: string | null): void {
    if (next === reason || isClosed) return
    reason = next
    options.onDegraded?.(next)
  }

  function schedule(ms: number): void {
    if (flushTimer !== null || isClosed) return
    flushTimer = setTimeout(flushSome, ms)
    // A log that cannot be written must not keep the process alive.
    if (reason !== null) flushTimer.unref?.()
  }

  /** Endings go to disk in the next turn, together with all that ends in this one. */
  function scheduleSoon(): void {
    if (soon !== null || reason !== null || isClosed) return
    soon = setImmediate(flushSome)
  }

  /** Gives up events of the largest answers until there is room; their endings are kept. */
  function shed(): void {
    while (pendingCount > maxPending || pendingChars > maxPendingChars) {
      let largest: LiveAnswer | null = null
      for (const answer of dirty) {
        if (answer.pending.length > (largest?.pending.length ?? 1)) largest = answer
      }
      if (largest === null) {
        // Only endings are left: the oldest answers go wholly.
        const [oldest] = dirty
        if (oldest === undefined) return
        dirty.delete(oldest)
        forget(oldest)
        count(oldest.pending, -1)
        lostAnswers += 1
        continue
      }
      const last = largest.pending.at(-1)!
      const dropped = isTerminal(last.event) ? largest.pending.slice(0, -1) : largest.pending
      largest.pending = isTerminal(last.event) ? [last] : []
      largest.isPartial = true
      largest.hasNewFacts = true
      count(dropped, -1)
    }
  }

  function count(events: readonly SequencedEvent[], sign: 1 | -1): void {
    pendingCount += sign * events.length
    for (const {event} of events) pendingChars += sign * sizeOf(event)
  }

  /** One synchronous step, so that nothing comes between the look-up of the key and the claim. */
  async function begin(entry: JournalEntry, state: AnswerState): Promise<JournalledAnswer | null> {
    const holder = entry.idempotencyKey === null ? null : findByKey(entry.idempotencyKey)
    if (holder !== null && holdsIdempotencyKey(holder, entry.startedAt)) return holder
    const answer: LiveAnswer = {
      entry,
      fold: state,
      row: null,
      pending: [],
      whole: mode === 'full' ? null : [],
      facts: {},
      hasNewFacts: false,
      isPartial: false,
    }
    live.set(entry.answerId, answer)
    unwritten.add(answer)
    if (entry.idempotencyKey !== null) liveByKey.set(entry.idempotencyKey, entry.answerId)
    dirty.add(answer)
    schedule(flushMs)
    return null
  }

  function append(answerId: string, event: SequencedEvent): void {
    const answer = live.get(answerId)
    // Deleted while it ran: nothing more of it is kept.
    if (answer === undefined) return
    const ends = isTerminal(event.event)
    answer.whole?.push(event)
    if (!answer.isPartial || ends) {
      answer.pending.push(event)
      pendingCount += 1
      pendingChars += sizeOf(event.event)
      if (pendingCount > maxPending || pendingChars > maxPendingChars) shed()
    }
    dirty.add(answer)
    if (ends) scheduleSoon()
    schedule(flushMs)
  }

  function note(answerId: string, facts: JournalFacts): void {
    const answer = live.get(answerId)
    if (answer === undefined) return
    answer.facts = {...answer.facts, ...facts}
    answer.hasNewFacts = true
    dirty.add(answer)
    schedule(flushMs)
  }

  /** Runs a read, with what is gathered written first where that is possible. */
  function reading<T>(read: () => T): T {
    if (dirty.size > 0 && reason === null && mode !== 'off') flushNow()
    try {
      return read()
    } catch (error) {
      throw storageError(error, file)
    }
  }

  /** Runs a write of staff, which may wait a moment for another process. */
  function patiently<T>(change: () => T): T {
    db.pragma(`busy_timeout = ${staffBusyTimeoutMs}`)
    try {
      return change()
    } catch (error) {
      throw storageError(error, file)
    } finally {
      db.pragma(`busy_timeout = ${busyTimeoutMs}`)
    }
  }

  /** The journal's own reads never throw: without the file, what is in memory is all there is. */
  function quietly<T>(read: () => T, fallback: T): T {
    try {
      return read()
    } catch (error) {
      setReason(storageError(error, file).message)
      schedule(retryMs)
      return fallback
    }
  }

  function find(answerId: string): JournalledAnswer | null {
    const answer = live.get(answerId)
    if (answer !== undefined) return {...answer.entry, ending: answer.fold.ending}
    const row = quietly(() => reads.row(answerId), null)
    return row === null ? null : journalledOf(row)
  }

  function findByKey(key: string): JournalledAnswer | null {
    const answerId = liveByKey.get(key)
    if (answerId !== undefined) return find(answerId)
    const row = quietly(() => reads.rowByIdempotencyKey(key), null)
    return row === null ? null : journalledOf(row)
  }

  function eventsAfter(answerId: string, seq: number): SequencedEvent[] {
    const answer = live.get(answerId)
    if (answer?.whole) return answer.whole.filter((event) => event.seq > seq)
    const unwritten = answer?.pending.filter((event) => event.seq > seq) ?? []
    const row = answer === undefined ? (quietly(() => reads.row(answerId), null)?.row ?? null) : answer.row
    const written = row === null ? [] : quietly(() => reads.events(row, seq), [])
    return [...written, ...unwritten]
  }

  const rowOf = (answer: LiveAnswer): AnswerRow => liveRow(answer, mode === 'full')

  function get(answerId: string): Transcript | null {
    return reading(() => {
      const answer = live.get(answerId)
      if (answer === undefined) return reads.get(answerId)
      const stored = reads.row(answerId)
      const row = rowOf(answer)
      // Feedback may be there already while the answer still runs.
      const merged = stored === null ? row : {...stored, ...withoutReview(row)}
      return transcriptOf(merged, eventsAfter(answerId, 0))
    })
  }

  function list(filter: TranscriptFilter, page?: {readonly cursor?: string; readonly limit?: number}) {
    return reading(() => {
      const found = reads.list(filter, page)
      const items = found.items.map((item): TranscriptItem => {
        const answer = live.get(item.answerId)
        if (answer === undefined || item.ending !== null) return item
        return {...item, timings: answer.fold.timings(), excerpt: excerptOf(answer.fold.text)}
      })
      if (page?.cursor !== undefined || reason === null) return {...found, items}
      // The log cannot be written: what only memory has comes first, since it is the newest.
      const missing = [...unwritten].filter((answer) => matches(answer, filter))
      return {
        ...found,
        items: [...missing.reverse().map((answer) => memoryItem(rowOf(answer))), ...items],
      }
    })
  }

  function change(answerId: string, statement: string, ...values: unknown[]): void {
    if (dirty.size > 0) flushNow()
    const {changes} = patiently(() => db.prepare(statement).run(...values, answerId))
    if (changes === 0) throw new DocentError('not_found', `There is no transcript ${answerId}`)
  }

  /** Removes answers by a condition, in steps, and then leaves no copy in the write-ahead log. */
  function removeWhere(
    condition: string,
    value: string | number,
    isMeant: (answer: LiveAnswer) => boolean,
  ): number {
    if (dirty.size > 0) flushNow()
    let removed = 0
    for (const answer of [...live.values()].filter(isMeant)) {
      dirty.delete(answer)
      count(answer.pending, -1)
      forget(answer)
      if (answer.row === null) removed += 1
    }
    try {
      removed += patiently(() => removeAnswers(db, condition, value))
    } catch (error) {
      // An earlier step may have gone through.
      eraser.erase()
      throw error
    }
    if (removed > 0) eraser.erase()
    return removed
  }

  function purge(before: number): number {
    return removeWhere('started_at < ?', before, (answer) => answer.entry.startedAt < before)
  }

  async function flush(): Promise<void> {
    for (let attempt = 0; !flushNow() && attempt < flushAttempts; attempt++) {
      // Another process writes: that passes. Anything else is known already.
      if (reason === null || !reason.includes('locked')) return
      await new Promise((resolve) => setTimeout(resolve, Math.min(1_000, 50 * 2 ** attempt)))
    }
  }

  // A process that was killed may have left copies of what it had removed.
  eraser.erase()
  const retention = startRetention(db, {
    days: retentionDays,
    maxBytes,
    now,
    attempt: (remove) => quietly(() => patiently(remove), 0),
    erase: eraser.erase,
    onFull: () => options.onFull?.(),
  })

  return {
    recovered,
    begin,
    append,
    note,
    find: async (answerId) => find(answerId),
    eventsAfter: async (answerId, seq) => eventsAfter(answerId, seq),
    findByIdempotencyKey: async (key) => findByKey(key),
    hasConversation: async (conversation) =>
      [...live.values()].some(({entry}) => entry.conversation === conversation) ||
      quietly(() => reads.conversationRows(conversation, 1).length > 0, false),
    async conversation(conversation, limit) {
      const stored = quietly(() => reads.conversationRows(conversation, limit), [])
      const missing = [...unwritten].filter(({entry}) => entry.conversation === conversation)
      const answers = [
        ...stored.map((row) => {
          const answer = live.get(row.id)
          return answer === undefined ? row : rowOf(answer)
        }),
        ...missing.map(rowOf),
      ]
      return turnsOf(answers, limit)
    },
    flush,
    health: () => ({
      degraded: reason !== null || lostAnswers > 0,
      reason:
        reason ??
        (lostAnswers > 0 ? `${lostAnswers} answer(s) were lost while the log could not be written` : null),
      unflushed: pendingCount,
    }),
    list,
    get,
    setFeedback(answerId, feedback) {
      const kept = mode === 'full' ? feedback : {rating: feedback.rating, reasons: [], comment: null}
      change(
        answerId,
        'UPDATE answers SET rating = ?, rating_reasons = ?, rating_comment = ?, rated_at = ? WHERE id = ?',
        kept.rating,
        JSON.stringify(kept.reasons),
        kept.comment,
        now(),
      )
      return kept
    },
    setFirstUseful(answerId, firstUsefulMs) {
      const answer = live.get(answerId)
      if (answer !== undefined) {
        if (answer.facts.firstUsefulMs === undefined) note(answerId, {firstUsefulMs})
        return
      }
      patiently(() =>
        db
          .prepare(
            "UPDATE answers SET facts = json_set(facts, '$.firstUsefulMs', ?) WHERE id = ? AND json_extract(facts, '$.firstUsefulMs') IS NULL",
          )
          .run(firstUsefulMs, answerId),
      )
    },
    setReview(answerId, {verdict, note, correctedAnswer}) {
      if (mode !== 'full' && (note !== null || correctedAnswer !== null)) {
        // Said, since a reviewer who has written something must know that it is not there.
        throw new DocentError(
          'invalid_request',
          `TRANSCRIPTS=${mode} keeps no words: send the verdict alone.`,
        )
      }
      change(
        answerId,
        'UPDATE answers SET verdict = ?, review_note = ?, corrected_answer = ?, reviewed_at = ? WHERE id = ?',
        verdict,
        note,
        correctedAnswer,
        now(),
      )
    },
    delete: (answerId) => removeWhere('id = ?', answerId, ({entry}) => entry.answerId === answerId) > 0,
    deleteConversation: (conversation) =>
      removeWhere('conversation = ?', conversation, ({entry}) => entry.conversation === conversation),
    purge,
    get isErased() {
      return eraser.isDone
    },
    *export(filter) {
      reading(() => null)
      for (const answerId of reads.ids(filter)) {
        const transcript = get(answerId)
        if (transcript !== null) yield transcript
      }
    },
    close() {
      if (isClosed) return
      flushNow()
      isClosed = true
      if (flushTimer !== null) clearTimeout(flushTimer)
      if (soon !== null) clearImmediate(soon)
      retention.close()
      eraser.close()
      db.close()
      hold.release()
    },
  }
}
