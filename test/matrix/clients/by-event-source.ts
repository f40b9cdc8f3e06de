import {setTimeout as delay} from 'node:timers/promises'
import {begin, eventFrom, eventTypes, isTerminal, type ReadAnswer} from './client.ts'

/** What every implementation of `EventSource` has. */
export interface EventSourceClass {
  new (
    url: string,
  ): {
    readonly readyState: number
    addEventListener(type: string, listener: (event: never) => void): void
    close(): void
  }
}

const closed = 2

/**
 * Reads an answer that was begun before, from its first event. An EventSource reconnects by itself after a cut and after
 * the end; then the server says that there is nothing more, and it closes.
 */
export function readByEventSource(EventSource: EventSourceClass): ReadAnswer {
  return async (asked, onEvent) => {
    const answerId = await begin(asked)
    const source = new EventSource(`${asked.url}/api/answers/${answerId}/events`)
    let hasEnded = false
    let failure: unknown
    const onMessage = ({type, lastEventId, data}: {type: string; lastEventId: string; data?: string}) => {
      // Its own "error" event has the same name as an event of the stream.
      if (data === undefined) return
      try {
        const event = eventFrom(lastEventId, type, data)
        hasEnded ||= isTerminal(event)
        onEvent(event)
      } catch (error) {
        failure ??= error
      }
    }
    for (const type of eventTypes) source.addEventListener(type, onMessage)
    while (source.readyState !== closed && failure === undefined) await delay(20)
    source.close()
    if (failure !== undefined) throw failure
    if (!hasEnded) throw new Error('the EventSource gave up before the answer ended')
  }
}
