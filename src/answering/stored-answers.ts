import {
  type AnswerSnapshot,
  answerStateOf,
  errorEventOf,
  type Journal,
  type JournalledAnswer,
  type Peers,
  snapshotOf,
} from '../answers/index.ts'
import {type AnswerEvent, DocentError, isTerminal, type SequencedEvent} from '../domain/index.ts'
import {pause} from '../lib/pause.ts'

/**
 * With other processes, an answer that is not found is looked for again after these pauses: a reader who was cut off right after
 * its first event may come here before a busy process has written it, and would take `not_found` for the end.
 */
const newAnswerPausesMs = [50, 100, 200, 400, 800]

/** Answers read from the journal, because their run is no longer in memory. */
export class StoredAnswers {
  readonly #journal: Pick<Journal, 'find' | 'eventsAfter' | 'health'>
  readonly #peers: Peers | undefined

  /** @param peers other processes that write to the journal: an answer without an ending is still written by one of them */
  constructor(journal: Pick<Journal, 'find' | 'eventsAfter' | 'health'>, peers?: Peers) {
    this.#journal = journal
    this.#peers = peers
  }

  /** @throws DocentError `not_found`; `storage` if that cannot be known now. */
  async find(answerId: string): Promise<JournalledAnswer> {
    const found = await this.#findSoon(answerId)
    if (found !== null) return found
    throw new DocentError('not_found', 'There is no such answer')
  }

  /** Whether another process is writing the answer. */
  isElsewhere({ending}: JournalledAnswer): boolean {
    return ending === null && this.#peers !== undefined
  }

  /** Events with a greater `seq` than `after`, always up to a terminal event, even if the journal has lost some. */
  async eventsAfter(
    {answerId, startedAt}: JournalledAnswer,
    after: number,
  ): Promise<readonly SequencedEvent[]> {
    const stored = await this.#journal.eventsAfter(answerId, after)
    const last = stored.at(-1)
    if (last === undefined || !isTerminal(last.event)) this.#refuseIfUnreadable()
    return stored.length === 0 && after > 0 ? [] : upToTerminal(stored, after, startedAt)
  }

  async #findSoon(answerId: string): Promise<JournalledAnswer | null> {
    let found = await this.#journal.find(answerId)
    // Another process may have begun it just now.
    for (const ms of this.#peers === undefined ? [] : newAnswerPausesMs) {
      if (found !== null) break
      await pause(ms)
      found = await this.#journal.find(answerId)
    }
    if (found === null) this.#refuseIfUnreadable()
    return found
  }

  /**
   * With others, what this process does not know may be in a store that it cannot read now: that is no answer to whether there is
   * such an answer, or how it went on. @throws DocentError `storage`.
   */
  #refuseIfUnreadable(): void {
    if (this.#peers === undefined || !this.#journal.health().degraded) return
    throw new DocentError('storage', 'The answers cannot be read now; try again in a moment', {
      retryAfterMs: 1_000,
    })
  }

  /** Null for an unknown id. @throws DocentError `storage` if that cannot be known now. */
  async snapshot(answerId: string): Promise<AnswerSnapshot | null> {
    const found = await this.#findSoon(answerId)
    if (found === null) return null
    const events = this.isElsewhere(found)
      ? await this.#journal.eventsAfter(answerId, 0)
      : await this.eventsAfter(found, 0)
    return snapshotOf(found, answerStateOf(events, found.startedAt))
  }
}

/**
 * Events that follow `after` without a gap, up to a terminal event; the one of an answer that a crash cut off may follow with a
 * gap, since readers may have seen more than was written. If there is none, the disk was full or missing while the answer was
 * written: an ending is added that tells the reader that the answer is incomplete.
 */
export function upToTerminal(
  stored: readonly SequencedEvent[],
  after: number,
  startedAt: number,
): readonly SequencedEvent[] {
  const gap = stored.findIndex(({seq, event}, index) => seq !== after + index + 1 && !isCutOff(event))
  const contiguous = gap === -1 ? stored : stored.slice(0, gap)
  const last = contiguous.at(-1)
  if (last !== undefined && isTerminal(last.event)) return contiguous
  const event: AnswerEvent = {...errorEventOf('storage'), ending: 'interrupted'}
  return [...contiguous, {seq: (last?.seq ?? after) + 1, at: last?.at ?? startedAt, event}]
}

/** Whether it ends an answer that a crash cut off. */
function isCutOff(event: AnswerEvent): boolean {
  return event.type === 'error' && event.code === 'server_restarted'
}
