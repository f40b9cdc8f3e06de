import type {Forgotten, PeerRequests, Peers} from '../../answers/index.ts'
import {isTerminal, type SequencedEvent} from '../../domain/index.ts'
import type {Postgres} from '../../postgres/index.ts'
import type {AnswerReads} from './answer-reads.ts'
import {writtenChannel} from './answer-writer.ts'

/** The channel on which replicas ask whoever writes an answer. */
const askedChannel = 'docent_asked'

export interface PostgresPeersOptions {
  readonly postgres: Postgres
  readonly reads: AnswerReads
  /** The name of this process. */
  readonly replica: string
  /** Called when others have removed answers, and no run of this process writes one of them any more. */
  readonly onForgotten: (what: Forgotten) => Promise<void>
  /** Why answers of other processes cannot be followed; null if they can. */
  readonly cannotFollow: string | null
}

export interface PostgresPeers extends Peers {
  /** Tells the runs of this process that an answer is no longer theirs. */
  taken(answerId: string): void
}

/** Messages may be lost with a connection: so often it is looked whether there are events without one. */
const pollMs = 1_000
/** How long a reader elsewhere counts, and how often that is said again. */
const readingMs = 10_000
const sayReadingMs = 3_000
/** After the last reader here has left: longer than others who read it take to say so again. */
const leftMs = sayReadingMs + 1_000
/** So often in a row the events may not be readable, with a pause of `pollMs`. */
const maxFailures = 10

type Asked =
  | {readonly what: 'stop'; readonly answerId: string}
  | {readonly what: 'read'; readonly answerId: string; readonly forMs: number}
  | {readonly what: 'forget'; readonly forgotten: Forgotten; readonly by: string}

/** The other processes on the same database, by its messages; and by looking, where those are missed. */
export function createPostgresPeers(options: PostgresPeersOptions): PostgresPeers {
  const {postgres, reads, replica, cannotFollow, onForgotten} = options
  /** Wakes who follows an answer, by its number. */
  const followers = new Map<number, Set<() => void>>()
  const serving = new Set<PeerRequests>()
  let endListening: (() => void) | null = null

  function wakeAll(): void {
    for (const wakes of followers.values()) for (const wake of wakes) wake()
  }

  function onWritten(payload: string): void {
    for (const row of payload.split(',')) for (const wake of followers.get(Number(row)) ?? []) wake()
  }

  /** @returns a function that ends the subscription. */
  function subscribe(row: number, wake: () => void): () => void {
    const wakes = followers.get(row) ?? new Set()
    followers.set(row, wakes.add(wake))
    endListening ??= postgres.listen(writtenChannel, onWritten, wakeAll)
    return () => {
      wakes.delete(wake)
      if (wakes.size === 0 && followers.get(row) === wakes) followers.delete(row)
      if (followers.size > 0) return
      endListening?.()
      endListening = null
    }
  }

  const ask = (asked: Asked) => postgres.notify(askedChannel, JSON.stringify(asked))

  function onAsked(payload: string): void {
    const asked = askedIn(payload)
    if (asked === null) return
    for (const requests of serving) {
      if (asked.what === 'stop') requests.stop(asked.answerId)
      else if (asked.what === 'read') requests.read(asked.answerId, asked.forMs)
    }
    if (asked.what === 'forget' && asked.by !== replica) void forgetHere(asked.forgotten)
  }

  async function forgetHere(what: Forgotten): Promise<void> {
    await Promise.allSettled([...serving].map((requests) => requests.forget(what)))
    await onForgotten(what).catch(() => {})
  }

  async function* follow(
    answerId: string,
    seq: number,
    signal: AbortSignal,
  ): AsyncGenerator<readonly SequencedEvent[]> {
    const found = await reads.row(answerId)
    if (found === null) return
    let after = seq
    let failures = 0
    let isWoken = true
    let wake = () => {}
    const end = subscribe(found.row, () => {
      isWoken = true
      wake()
    })
    const sayReading = (forMs: number) => ask({what: 'read', answerId, forMs}).catch(() => {})
    const saying = setInterval(() => void sayReading(readingMs), sayReadingMs)
    saying.unref?.()
    void sayReading(readingMs)
    try {
      while (!signal.aborted) {
        isWoken = false
        try {
          const events = await reads.events(found.row, after)
          const last = events.at(-1)
          if (last !== undefined) {
            after = last.seq
            yield events
            if (isTerminal(last.event)) return
          } else if ((await reads.row(answerId)) === null) return
          failures = 0
        } catch (error) {
          failures += 1
          if (failures >= maxFailures) throw error
        }
        if (isWoken || signal.aborted) continue
        await new Promise<void>((resolve) => {
          const done = () => {
            clearTimeout(timer)
            signal.removeEventListener('abort', done)
            resolve()
          }
          const timer = setTimeout(done, pollMs)
          wake = done
          signal.addEventListener('abort', done, {once: true})
        })
      }
    } finally {
      clearInterval(saying)
      end()
      void sayReading(leftMs)
    }
  }

  return {
    cannotFollow,
    follow,
    stop: (answerId) => ask({what: 'stop', answerId}),
    forget: (forgotten) => ask({what: 'forget', forgotten, by: replica}),
    serve(requests) {
      serving.add(requests)
      const end = postgres.listen(askedChannel, onAsked)
      return () => {
        serving.delete(requests)
        end()
      }
    },
    taken(answerId) {
      for (const requests of serving) requests.taken(answerId)
    },
  }
}

/** Null for what no replica has sent: anybody who may use the database can send on its channels. */
function askedIn(payload: string): Asked | null {
  try {
    return JSON.parse(payload) as Asked | null
  } catch {
    return null
  }
}
