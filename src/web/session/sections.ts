import {
  fetchSection,
  RefusedError,
  type SectionText,
  type Transport,
} from '../../../packages/client/src/index.ts'

export interface SectionPlace {
  readonly url: string
  readonly anchor: string
}

export type SectionReading =
  | {readonly status: 'loading' | 'gone' | 'failed'}
  | {readonly status: 'found'; readonly section: SectionText}

/** Sections kept, and how long: the docs may be indexed anew meanwhile. */
const maxKept = 20
const maxAgeMs = 5 * 60_000

/** Sections of the docs as they are now, loaded when they are first asked for. */
export class Sections {
  readonly #transport: Transport
  readonly #onChange: () => void
  readonly #kept = new Map<string, {readonly reading: SectionReading; readonly since: number}>()
  readonly #closed = new AbortController()

  constructor(transport: Transport, onChange: () => void) {
    this.#transport = transport
    this.#onChange = onChange
  }

  /** What is known of a section; loads it if nothing is, and reports when it has changed. */
  read(place: SectionPlace): SectionReading {
    const known = this.#kept.get(keyOf(place))
    if (known !== undefined && Date.now() - known.since < maxAgeMs) return known.reading
    const loading = this.#keep(place, {status: 'loading'})
    void this.#load(place)
    return loading
  }

  /** Loads again what could not be loaded. */
  retry(place: SectionPlace): void {
    this.#kept.delete(keyOf(place))
    this.#onChange()
  }

  close(): void {
    this.#closed.abort()
  }

  async #load({url, anchor}: SectionPlace): Promise<void> {
    const {signal} = this.#closed
    try {
      const section = await fetchSection({url, anchor, signal}, this.#transport)
      this.#keep({url, anchor}, {status: 'found', section})
    } catch (error) {
      const isGone = error instanceof RefusedError && error.code === 'not_found'
      this.#keep({url, anchor}, {status: isGone ? 'gone' : 'failed'})
    }
    if (!signal.aborted) this.#onChange()
  }

  #keep(place: SectionPlace, reading: SectionReading): SectionReading {
    this.#kept.delete(keyOf(place))
    this.#kept.set(keyOf(place), {reading, since: Date.now()})
    if (this.#kept.size > maxKept) this.#kept.delete(this.#kept.keys().next().value!)
    return reading
  }
}

const keyOf = ({url, anchor}: SectionPlace): string => `${url}#${anchor}`
