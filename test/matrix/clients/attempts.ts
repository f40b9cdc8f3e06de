import {ok} from 'node:assert'
import {type ClientEvent, eventFrom, type QuestionTarget, type Reader} from './client.ts'

/** Something that a reader must be able to do. */
export interface Attempt {
  readonly name: string
  /** @throws Error if it cannot. */
  work(): Promise<void>
}

/** Much longer than a slow machine needs. */
const maxMs = 180_000

/** Makes all attempts at the same time, and waits for all. @throws Error with the first failure. */
export async function attemptAll(reader: Reader, attempts: readonly Attempt[]): Promise<void> {
  const results = await Promise.allSettled(attempts.map(attempt))
  // All have ended by now, so none of them disturbs the next reader.
  for (const result of results) if (result.status === 'rejected') throw result.reason

  async function attempt({name, work}: Attempt): Promise<void> {
    try {
      await inTime(work())
    } catch (cause) {
      const by = reader.name === '' ? '' : `${reader.name}, `
      throw new Error(`${by}${name}: ${(cause as Error).message}`, {cause})
    }
  }
}

async function inTime(work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`not finished after ${maxMs} ms`)), maxMs)
  })
  await Promise.race([work, timeout]).finally(() => clearTimeout(timer))
}

/** The events that a reader passes on; there is at least one. */
export async function readingOf(
  reader: Reader,
  asked: QuestionTarget,
  onEvent: (event: ClientEvent) => void = () => {},
): Promise<ClientEvent[]> {
  const got: ClientEvent[] = []
  await reader.read(asked, (event) => {
    got.push(withoutConversation(event))
    onEvent(event)
  })
  ok(got.length > 0, 'no event arrived')
  return got
}

/** The answer as stored by the server, parsed by line breaks only. */
export async function storedEvents(url: string, got: readonly ClientEvent[]): Promise<ClientEvent[]> {
  const response = await fetch(`${url}/api/answers/${got[0]!.answerId}/events`)
  return eventsIn(await response.text())
}

/** The events in the text of a whole stream. */
function eventsIn(text: string): ClientEvent[] {
  return text
    .split('\n\n')
    .filter((frame) => frame.startsWith('id: '))
    .map((frame) => {
      const [id, type, data] = frame.split('\n').map((line) => line.slice(line.indexOf(': ') + 2))
      return eventFrom(id, type!, data!)
    })
}

/** Removes the conversation key, which only the client that asks receives; everything else must be the same. */
function withoutConversation(event: ClientEvent): ClientEvent {
  return event.type === 'start' ? {...event, data: {...event.data, conversationId: null}} : event
}
