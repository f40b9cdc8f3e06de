import {eventsOf, type ReadEvent} from './event-reader.ts'

/** An answer that is being read; the events so far are in `seen`. */
export interface Reading {
  readonly response: Response
  readonly seen: ReadEvent[]
  /** Reads until `count` events of a type have been seen. @throws Error if the stream ends before. */
  until(type: string, count?: number): Promise<ReadEvent>
  /** Reads to the end of the stream. */
  all(): Promise<readonly ReadEvent[]>
  leave(): void
}

export async function readingOf(begin: (signal: AbortSignal) => Promise<Response>): Promise<Reading> {
  const hangUp = new AbortController()
  const response = await begin(hangUp.signal)
  const events = eventsOf(response)
  const seen: ReadEvent[] = []
  const next = async (): Promise<boolean> => {
    const {value, done} = await events.next()
    if (!done) seen.push(value)
    return !done
  }
  return {
    response,
    seen,
    async until(type, count = 1) {
      while (true) {
        const found = seen.filter((event) => event.type === type)[count - 1]
        if (found) return found
        if (!(await next())) throw new Error(`The stream ended before ${count} × ${type}`)
      }
    },
    async all() {
      while (await next());
      return seen
    },
    leave: () => hangUp.abort(),
  }
}

/** The id of the answer that is being read. */
export function idOf({seen}: Pick<Reading, 'seen'>): string {
  const id = seen[0]?.data['answerId']
  if (typeof id !== 'string') throw new Error('The stream has not begun')
  return id
}
