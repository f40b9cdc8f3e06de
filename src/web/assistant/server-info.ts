import {fetchInfo, type Info, type Transport} from '../../../packages/client/src/index.ts'
import {pause} from '../../lib/pause.ts'
import type {KeyValueStore} from '../session/conversation-store.ts'

export interface ServerInfoOptions {
  /** JSON of what the server says, where its page has it already; null elsewhere. */
  readonly given: string | null
  readonly transport: Transport
  /** Where it is kept for the next page. */
  readonly store: KeyValueStore
  readonly entry: string
  /** Called when the server has answered. */
  readonly onChange: () => void
}

const timeoutMs = 5_000
/** How long nothing is shown, on the first page only, so that nothing changes once it is. */
const maxUnreadyMs = 1_500

/**
 * What the server says before a question is asked. The look is decided once for each page, before anything is shown:
 * that of the last page, else what comes in time; what comes later is for the next page.
 */
export class ServerInfo {
  /** Resolves when the look is decided. */
  readonly ready: Promise<void>
  /** What the server itself said; null when it cannot be asked, or is too old to say. */
  readonly answered: Promise<Info | null>
  #latest: Info
  #look: NonNullable<Info['assistant']> | null

  constructor({given, transport, store, entry, onChange}: ServerInfoOptions) {
    const written = parsed(given)
    const kept = written ?? parsed(storedIn(store, entry))
    this.#latest = kept ?? {}
    this.#look = kept === null ? null : (kept.assistant ?? {})
    const signal = AbortSignal.timeout(timeoutMs)
    const asked = written === null ? fetchInfo(transport, signal).catch(() => null) : Promise.resolve(written)
    this.answered = asked.then((info) => (isObject(info) ? info : null))
    const received = this.answered.then((info) => {
      if (info === null) return
      this.#latest = info
      if (written === null) storeIn(store, entry, info)
      onChange()
    })
    const decided = kept === null ? Promise.race([received, pause(maxUnreadyMs)]) : Promise.resolve()
    this.ready = decided.then(() => {
      this.#look ??= this.#latest.assistant ?? {}
    })
  }

  get look(): NonNullable<Info['assistant']> {
    return this.#look ?? {}
  }

  get handOverUrl(): string | null {
    return this.#latest.handOver?.url ?? null
  }

  get transcripts(): Info['transcripts'] {
    return this.#latest.transcripts
  }
}

function parsed(json: string | null): Info | null {
  try {
    const info: unknown = JSON.parse(json ?? 'null')
    return isObject(info) ? info : null
  } catch {
    return null
  }
}

function isObject(info: unknown): info is Info {
  return typeof info === 'object' && info !== null
}

function storedIn(store: KeyValueStore, entry: string): string | null {
  try {
    return store.getItem(entry)
  } catch {
    return null
  }
}

function storeIn(store: KeyValueStore, entry: string, info: Info): void {
  try {
    store.setItem(entry, JSON.stringify(info))
  } catch {
    // Full, or not allowed: the next page asks again before it shows anything.
  }
}
