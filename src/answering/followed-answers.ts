import type {JournalledAnswer, Peers} from '../answers/index.ts'
import {DocentError, type Ending, isTerminal, type SequencedEvent, shuttingDown} from '../domain/index.ts'
import type {RunLimits} from './answering-limits.ts'
import {LiveReaders} from './live-readers.ts'
import {deliverEach, type RunReader} from './run-reader.ts'

type FollowedLimits = Pick<RunLimits, 'pauseLagEvents' | 'maxReaderLagEvents'>

/** How soon a reader that cannot be served here may come to the process that writes its answer. */
const retryMs = 500

/** How long the ending of an answer that was stopped is waited for: longer than it takes to notice that its process is dead. */
const stopMs = 15_000
/** How often another process is asked to stop an answer. */
const askAgainMs = 1_000

/** Answers that other processes write, and that are read here: each is followed once, for all of its readers. */
export class FollowedAnswers {
  readonly #answers = new Map<string, FollowedAnswer>()
  readonly #peers: Peers
  readonly #limits: FollowedLimits
  #isClosed = false

  constructor(peers: Peers, limits: FollowedLimits) {
    this.#peers = peers
    this.#limits = limits
  }

  /**
   * Opens a reader of the events after `after`.
   * @throws DocentError `storage` where answers of others cannot be followed; `shutting_down` after `close`.
   */
  read(answer: JournalledAnswer, after: number, signal: AbortSignal): RunReader {
    return this.#followed(answer).read(after, signal)
  }

  /**
   * Stops an answer that another process writes, and resolves with its ending once it is written; with `interrupted` if that
   * cannot be known. Asks again until then: a message is lost while the other one's connection to the database is broken.
   * @throws DocentError `storage` if the other one cannot be asked.
   */
  async stop(answer: JournalledAnswer): Promise<Ending> {
    const ended = this.#endingOf(answer)
    const asking = setInterval(() => void this.#peers.stop(answer.answerId).catch(() => {}), askAgainMs)
    try {
      await this.#peers.stop(answer.answerId)
      return await ended
    } finally {
      clearInterval(asking)
    }
  }

  /** Never rejects: nobody waits for it until the other process has been asked. */
  async #endingOf(answer: JournalledAnswer): Promise<Ending> {
    let ending: Ending = 'interrupted'
    try {
      await deliverEach(this.#followed(answer).read(0, AbortSignal.timeout(stopMs)), ({event}) => {
        if (isTerminal(event)) ending = event.ending
        return null
      })
    } catch {
      // It may have been stopped all the same.
    }
    return ending
  }

  /** Ends all readers, and takes no more: they can go on elsewhere. */
  close(): void {
    this.#isClosed = true
    for (const answer of this.#answers.values()) answer.close()
    this.#answers.clear()
  }

  #followed(answer: JournalledAnswer): FollowedAnswer {
    if (this.#isClosed) throw shuttingDown()
    const {cannotFollow} = this.#peers
    if (cannotFollow !== null) throw new DocentError('storage', cannotFollow, {retryAfterMs: retryMs})
    const {answerId} = answer
    const known = this.#answers.get(answerId)
    if (known !== undefined) return known
    const followed = new FollowedAnswer(answerId, this.#peers, this.#limits, () => {
      if (this.#answers.get(answerId) === followed) this.#answers.delete(answerId)
    })
    this.#answers.set(answerId, followed)
    return followed
  }
}

/** One answer of another process, for as long as it is read here. */
class FollowedAnswer {
  readonly #events: SequencedEvent[] = []
  readonly #readers: LiveReaders
  readonly #leaving = new AbortController()
  #hasEnded = false

  /** @param onOver called when it can be read no more, perhaps twice */
  constructor(answerId: string, peers: Peers, limits: FollowedLimits, onOver: () => void) {
    this.#readers = new LiveReaders({
      events: this.#events,
      hasEnded: () => this.#hasEnded,
      ...limits,
      onReaderJoined: () => {},
      onLastReaderLeft: () => {
        // Whoever comes from now on follows it anew, and is not cut off with this one.
        onOver()
        this.#leaving.abort()
      },
    })
    void this.#follow(answerId, peers).finally(onOver)
  }

  read(after: number, signal: AbortSignal): RunReader {
    return this.#readers.read(after, signal)
  }

  /** Ends its readers without an ending. */
  close(): void {
    this.#readers.fail(brokenOff())
    this.#leaving.abort()
  }

  async #follow(answerId: string, peers: Peers): Promise<void> {
    try {
      for await (const events of peers.follow(answerId, 0, this.#leaving.signal)) {
        this.#add(events)
      }
    } catch {
      // Its readers are told below.
    }
    // No ending is made up here: its number may be that of an event which they have not seen.
    if (!this.#hasEnded) this.#readers.fail(brokenOff())
  }

  /** At once: a reader is not too slow because many come together. */
  #add(events: readonly SequencedEvent[]): void {
    for (const event of events) {
      this.#events.push(event)
      if (isTerminal(event.event)) this.#hasEnded = true
    }
    this.#readers.notify(events.every(({event}) => event.type === 'delta'))
  }
}

function brokenOff(): DocentError {
  return new DocentError('conflict', 'The answer can no longer be followed here; resume it', {
    retryAfterMs: retryMs,
  })
}
