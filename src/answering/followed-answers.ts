import type {JournalledAnswer, Peers} from '../answers/index.ts'
import {DocentError, type Ending, isTerminal, type SequencedEvent} from '../domain/index.ts'
import type {RunLimits} from './answering-limits.ts'
import {LiveReaders} from './live-readers.ts'
import {deliverEach, type RunReader} from './run-reader.ts'

type FollowedLimits = Pick<RunLimits, 'pauseLagEvents' | 'maxReaderLagEvents'>

/** How soon a reader that cannot be served here may come to the process that writes its answer. */
const retryMs = 500

/** Answers that other processes write, and that are read here: each is followed once, for all of its readers. */
export class FollowedAnswers {
  readonly #answers = new Map<string, FollowedAnswer>()
  readonly #peers: Peers
  readonly #limits: FollowedLimits

  constructor(peers: Peers, limits: FollowedLimits) {
    this.#peers = peers
    this.#limits = limits
  }

  /** Opens a reader of the events after `after`. @throws DocentError `storage` where answers of others cannot be followed. */
  read(answer: JournalledAnswer, after: number, signal: AbortSignal): RunReader {
    return this.#followed(answer).read(after, signal)
  }

  /**
   * Resolves with the ending of an answer that another process writes, once it is written; with `interrupted` if that cannot be
   * known.
   */
  async endingOf(answer: JournalledAnswer): Promise<Ending> {
    let ending: Ending = 'interrupted'
    const reader = this.#followed(answer).read(0, new AbortController().signal)
    await deliverEach(reader, ({event}) => {
      if (isTerminal(event)) ending = event.ending
      return null
    }).catch(() => {})
    return ending
  }

  /** Ends all readers: they can go on elsewhere. */
  close(): void {
    for (const answer of this.#answers.values()) answer.close()
    this.#answers.clear()
  }

  #followed(answer: JournalledAnswer): FollowedAnswer {
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

  constructor(answerId: string, peers: Peers, limits: FollowedLimits, onOver: () => void) {
    this.#readers = new LiveReaders({
      events: this.#events,
      hasEnded: () => this.#hasEnded,
      ...limits,
      onReaderJoined: () => {},
      onLastReaderLeft: () => this.#leaving.abort(),
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
        for (const event of events) this.#add(event)
      }
    } catch {
      // Its readers are told below.
    }
    // No ending is made up here: its number may be that of an event which they have not seen.
    if (!this.#hasEnded) this.#readers.fail(brokenOff())
  }

  #add(event: SequencedEvent): void {
    this.#events.push(event)
    if (isTerminal(event.event)) this.#hasEnded = true
    this.#readers.notify(event.event.type === 'delta')
  }
}

function brokenOff(): DocentError {
  return new DocentError('conflict', 'The answer can no longer be followed here; resume it', {
    retryAfterMs: retryMs,
  })
}
