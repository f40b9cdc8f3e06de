/** An event of an answer, as a library handed it over. */
export interface ClientEvent {
  readonly answerId: string
  readonly seq: number
  readonly type: string
  readonly data: Readonly<Record<string, unknown>>
}

export interface Asked {
  /** Where to ask and to read. What comes from there may be cut. */
  readonly url: string
  /** The same server, never cut: for requests that the library under test does not make. */
  readonly directUrl: string
  readonly question: string
}

/**
 * Reads one answer as users of a library do: asks, hands over each event as it comes, and goes on after a cut.
 * Resolves after the terminal event, when the library has closed by itself and will read no more.
 */
export type ReadAnswer = (asked: Asked, onEvent: (event: ClientEvent) => void) => Promise<void>

/** One way in which a library reads answers. */
export interface Reader {
  /** Empty for a library that has one way only. */
  readonly name: string
  readonly wire: 'events' | 'socket'
  readonly read: ReadAnswer
  /** Default: by a request of its own. */
  readonly stop?: (asked: Asked, answerId: string) => Promise<void>
  /** What the client is known to do wrong after some cuts. */
  readonly faults?: readonly KnownFault[]
}

export interface KnownFault {
  /** The names of the cuts. */
  readonly cuts: readonly string[]
  readonly does: 'loses one event' | 'gives up'
  readonly reason: string
}

/**
 * Old libraries keep the id of an event whose data has not come yet, and ask for what comes after it. When that was
 * the last event they never learn how the answer ended.
 */
export function takesIdTooEarly(...cuts: readonly string[]): readonly KnownFault[] {
  const reason = 'it takes an event for seen as soon as the line with its id has come'
  return [
    {
      cuts: ['behind an id line', 'in a type', 'in the data', 'in a character', ...cuts],
      does: 'loses one event',
      reason,
    },
    {cuts: ['in the terminal event'], does: 'gives up', reason},
  ]
}

/** A client library in several versions. */
export interface ClientLibrary {
  /** The package on the registry; `node` is no package but what Node has itself. */
  readonly name: string
  /** One of each major, exact, oldest first. */
  readonly versions: readonly string[]
  /** The oldest Node, as major and minor, of versions that do not run on every Node of ours. */
  readonly needsNode?: Readonly<Record<string, readonly [major: number, minor: number]>>
  /** The version that the smoke tries; null for none. */
  readonly smoke: string | null
  /** @param load imports a module of the package from where it was installed. */
  readers(load: (name: string) => Promise<unknown>, version: string): Promise<readonly Reader[]>
}

/** Takes `<answerId>:<seq>` and one JSON object, as they stand in a frame. */
export function eventFrom(id: string | undefined, type: string, data: string): ClientEvent {
  const match = /^([\w-]+):(\d+)$/.exec(id ?? '')
  if (match === null) throw new Error(`an event ${type} has the id ${JSON.stringify(id)}`)
  return {answerId: match[1]!, seq: Number(match[2]), type, data: JSON.parse(data)}
}

export function isTerminal({type}: ClientEvent): boolean {
  return type === 'done' || type === 'error'
}

/** Every type that a stream may have: an `EventSource` wants to know each. */
export const eventTypes = ['start', 'sources', 'reasoning', 'tool', 'delta', 'citation', 'error', 'done']

/** What is asked: the answer goes on while nobody reads it. */
export function questionBody({question}: Asked): string {
  return JSON.stringify({question, resumable: true})
}

/** Begins an answer and leaves it, for libraries that can only read. Returns its id. */
export async function begin(asked: Asked): Promise<string> {
  const response = await fetch(`${asked.directUrl}/api/answers`, {
    method: 'POST',
    headers: {'content-type': 'application/json', accept: 'text/event-stream'},
    body: questionBody(asked),
  })
  let text = ''
  const decoder = new TextDecoder()
  for await (const bytes of response.body!) {
    text += decoder.decode(bytes, {stream: true})
    const id = /^id: ([\w-]+):1$/m.exec(text)?.[1]
    if (id !== undefined) return id
  }
  throw new Error(`no answer began: ${response.status} ${text}`)
}
