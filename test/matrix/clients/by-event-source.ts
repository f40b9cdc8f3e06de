import {
  begin,
  eventFrom,
  eventTypes,
  isTerminal,
  type ReadAnswer,
  type Sight,
  seesResponses,
} from './client.ts'
import {pause} from './pause.ts'
import {Refused} from './refused.ts'

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

/** The question is asked with `fetch`; of its own request an EventSource tells nothing. */
export const eventSourceSees: Sight = {...seesResponses, connection: []}

/** An event of the stream, or its own "error"; some packages give that the status of the response. */
interface Message {
  readonly type: string
  readonly lastEventId: string
  readonly data?: string
  readonly code?: number
  readonly status?: number
}

/**
 * Reads an answer that was begun before, from its first event. An EventSource reconnects by itself after a cut and after
 * the end; then the server says that there is nothing more, and it closes.
 */
export function readByEventSource(EventSource: EventSourceClass): ReadAnswer {
  return async (asked, onEvent) => {
    const answerId = await begin(asked)
    const source = new EventSource(`${asked.url}/api/answers/${answerId}/events`)
    let [hasBegun, hasEnded] = [false, false]
    let failure: unknown
    let status: number | undefined
    const onMessage = ({type, lastEventId, data, ...own}: Message) => {
      // Its own "error" event has the same name as an event of the stream.
      if (data === undefined) {
        status = own.code ?? own.status
        return
      }
      hasBegun = true
      try {
        const event = eventFrom(lastEventId, type, data)
        hasEnded ||= isTerminal(event)
        onEvent(event)
      } catch (error) {
        failure ??= error
      }
    }
    for (const type of eventTypes) source.addEventListener(type, onMessage)
    while (source.readyState !== closed && failure === undefined) await pause(20)
    source.close()
    if (failure !== undefined) throw failure
    if (!hasBegun) throw new Refused(status === undefined ? {} : {status})
    if (!hasEnded) throw new Error('the EventSource gave up before the answer ended')
  }
}
