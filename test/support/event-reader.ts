import {createParser, type EventSourceMessage} from 'eventsource-parser'

export interface ReadEvent {
  readonly id: string | undefined
  readonly type: string
  readonly data: Record<string, unknown>
}

/** Yields the events of a response, read with a third-party parser. Leaving the loop closes the connection. */
export async function* eventsOf(response: Response): AsyncGenerator<ReadEvent> {
  const ready: EventSourceMessage[] = []
  const parser = createParser({onEvent: (event) => ready.push(event)})
  const decoder = new TextDecoder()
  for await (const bytes of response.body!) {
    parser.feed(decoder.decode(bytes, {stream: true}))
    for (const {id, event = '', data} of ready.splice(0)) yield {id, type: event, data: JSON.parse(data)}
  }
}

export async function allEventsOf(response: Response): Promise<ReadEvent[]> {
  const all: ReadEvent[] = []
  for await (const event of eventsOf(response)) all.push(event)
  return all
}

/** The events as in a replay, without the conversation key, which only the client that asked receives. */
export function replayed(events: readonly ReadEvent[]): ReadEvent[] {
  return events.map((event) =>
    event.type === 'start' ? {...event, data: {...event.data, conversationId: null}} : event,
  )
}

/** The text of all deltas. */
export function textOf(events: readonly ReadEvent[]): string {
  return events
    .filter(({type}) => type === 'delta')
    .map(({data}) => data['text'])
    .join('')
}

/** The number in `id: <answerId>:<seq>`. */
export function seqOf(event: ReadEvent): number {
  return Number(event.id?.split(':')[1])
}
