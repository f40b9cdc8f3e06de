import {createHash, randomUUID} from 'node:crypto'
import {setTimeout as delay} from 'node:timers/promises'
import {within} from '../lib/within.ts'
import type {Message, Outbox} from './outbox.ts'
import {keyOf, signedHeaders} from './signature.ts'

export const notifyEvents = ['answer.disliked', 'answer.failed', 'gap.opened'] as const
export type NotifyEvent = (typeof notifyEvents)[number]

/** Values of a message: names and codes, no words of visitors, no id that opens something. */
export type NotifyData = Readonly<Record<string, string | number | null | readonly string[]>>

export interface NotifierOptions {
  readonly outbox: Outbox
  /** Addresses that messages are sent to. */
  readonly urls: readonly string[]
  readonly secret: string
  readonly events: readonly NotifyEvent[]
  /** Called for each try, and for messages that are given up or dropped. */
  readonly onResult?: (result: 'sent' | 'failed' | 'given_up' | 'dropped', count: number) => void
  /** Called when a receiver fails for the first time after it worked, with its host. */
  readonly onProblem: (problem: unknown) => void
  /**
   * Pauses between tries to send a message, and to add it while the outbox fails, in milliseconds; their number says how many
   * follow the first. Default 30 s to 40 min.
   */
  readonly pausesMs?: readonly number[]
  /** Time limit of one try, in milliseconds. Default 10 s. */
  readonly timeLimitMs?: number
}

/** Sends messages to other programs, apart from whatever they are about. Close it once. */
export interface Notifier {
  /**
   * Never fails and never waits for a receiver.
   * @param about for a week, no second message of this event about the same is sent; default: each is.
   */
  notify(event: NotifyEvent, data: NotifyData, about?: string): void
  /**
   * Notifies of the gaps that have opened since it was called last, by any server. Never fails.
   * @param readOpen reads those that are open, by their ids; it may be called several times.
   */
  gapsAreOpen(readOpen: () => Promise<ReadonlyMap<string, NotifyData>>): Promise<void>
  /** Messages that wait. */
  waiting(): Promise<number>
  /** Ends what is being sent; it is sent again after the next start. */
  close(): Promise<void>
}

/** Five tries over about an hour. */
const defaultPausesMs = [30_000, 270_000, 900_000, 2_400_000]
/** Messages of one grouping: a new embedding model may open all gaps anew. */
const maxGaps = 20
/** Messages that wait until they can be added, of which there are as many in memory. */
const maxAdding = 1_000
/** How long what waits for a database is waited for at the end, each time, in milliseconds. */
const closeMs = 2_000
/** After a failure of the outbox itself. */
const storagePauseMs = 30_000

export function openNotifier(options: NotifierOptions): Notifier {
  const {outbox, urls, secret, events, onResult = () => {}, onProblem} = options
  const receivers = urls.map((url) => openReceiver(url, keyOf(secret), options))
  const adding = new Set<Promise<void>>()

  const closing = new AbortController()
  const {pausesMs = defaultPausesMs} = options

  async function add(event: NotifyEvent, data: NotifyData, about: string | null): Promise<void> {
    const body = JSON.stringify({type: event, timestamp: new Date().toISOString(), data})
    const message = {id: `msg_${randomUUID()}`, body, about: about === null ? null : `${event} ${about}`}
    // A database may be away for a while, which is what some messages are about.
    for (let tries = 0; ; tries++) {
      try {
        const dropped = await outbox.add(message, urls.map(receiverOf))
        if (dropped > 0) onResult('dropped', dropped)
        for (const receiver of receivers) receiver.wake()
        return
      } catch (error) {
        if (tries === 0) onProblem(error)
        const pauseMs = pausesMs[tries]
        if (pauseMs !== undefined && adding.size <= maxAdding)
          await delay(pauseMs, undefined, {signal: closing.signal, ref: false}).catch(() => {})
        if (pauseMs === undefined || adding.size > maxAdding || closing.signal.aborted) {
          onResult('dropped', urls.length)
          return
        }
      }
    }
  }

  function notify(event: NotifyEvent, data: NotifyData, about: string | null = null): void {
    if (!events.includes(event)) return
    const added = add(event, data, about).finally(() => adding.delete(added))
    adding.add(added)
  }

  return {
    notify,
    async gapsAreOpen(readOpen) {
      let open: ReadonlyMap<string, NotifyData> = new Map()
      try {
        const opened = await outbox.newGaps(async () => {
          open = await readOpen()
          return [...open.keys()]
        })
        for (const id of opened.slice(0, maxGaps)) notify('gap.opened', open.get(id)!)
      } catch (error) {
        onProblem(error)
      }
    },
    waiting: () => outbox.count(),
    async close() {
      closing.abort()
      await within(closeMs, Promise.all(adding), () => [])
      const closed = Promise.all(receivers.map((receiver) => receiver.close()))
      await within(closeMs, closed, () => [])
      await within(closeMs, outbox.close(), () => {})
    },
  }
}

/** Names a receiver in the outbox: an address may have a secret in its path. */
export function receiverOf(url: string): string {
  return createHash('sha256').update(url).digest('base64url').slice(0, 22)
}

/** Sends the messages of one receiver, one after the other, so that none delays those of another. */
function openReceiver(
  url: string,
  key: Buffer,
  {outbox, onResult = () => {}, onProblem, pausesMs = defaultPausesMs, timeLimitMs = 10_000}: NotifierOptions,
) {
  const name = receiverOf(url)
  const closing = new AbortController()
  let timer: NodeJS.Timeout | undefined
  let working: Promise<void> | null = null
  let isFailing = false
  /** Whether something was added since it was last looked what is due. */
  let isWoken = false

  function wake(): void {
    if (closing.signal.aborted) return
    isWoken = true
    if (working !== null) return
    clearTimeout(timer)
    working = work()
      .catch((error: unknown) => {
        onProblem(error)
        return storagePauseMs
      })
      .then((pauseMs) => {
        working = null
        if (closing.signal.aborted) return
        if (isWoken) wake()
        else if (pauseMs !== null) timer = setTimeout(wake, pauseMs).unref()
      })
  }

  /** @returns after how many milliseconds to look again; null: when something is added. */
  async function work(): Promise<number | null> {
    for (;;) {
      isWoken = false
      const next = await outbox.next(name)
      if (closing.signal.aborted) return null
      if (!('message' in next)) return next.pauseMs
      await attempt(next.message)
    }
  }

  async function attempt(message: Message): Promise<void> {
    const problem = await send(message)
    if (closing.signal.aborted && problem !== null) return
    if (problem === null) {
      isFailing = false
      onResult('sent', 1)
      return outbox.remove(message.number)
    }
    if (!isFailing) onProblem(new Error(`${new URL(url).host}: ${problem}`))
    isFailing = true
    const pauseMs = pausesMs[message.tries]
    onResult(pauseMs === undefined ? 'given_up' : 'failed', 1)
    if (pauseMs === undefined) return outbox.remove(message.number)
    return outbox.defer(message, pauseMs)
  }

  /** @returns what went wrong; null where the receiver took it. */
  async function send({id, body}: Message): Promise<string | null> {
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'user-agent': 'Docent',
          ...signedHeaders(key, id, Math.floor(Date.now() / 1000), body),
        },
        body,
        redirect: 'manual',
        signal: AbortSignal.any([closing.signal, AbortSignal.timeout(timeLimitMs)]),
      })
      // What it says is not read.
      await response.body?.cancel()
      return response.ok ? null : `it answered with ${response.status}`
    } catch (error) {
      const {message, cause} = error as Error
      return cause instanceof Error ? `${message}: ${cause.message}` : message
    }
  }

  // What was left by the last run.
  wake()
  return {
    wake,
    async close() {
      closing.abort()
      clearTimeout(timer)
      await working
    },
  }
}
