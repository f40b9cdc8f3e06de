import {type RefusalFact, refusedBy} from './refused.ts'

/** An event of an answer, as a library delivered it. */
export interface ClientEvent {
  readonly answerId: string
  readonly seq: number
  readonly type: string
  readonly data: Readonly<Record<string, unknown>>
}

export interface QuestionTarget {
  /** Where to ask and to read; connections to it may be cut. */
  readonly url: string
  /** The same server, never cut: for requests that the library under test does not make. */
  readonly directUrl: string
  readonly question: string
}

/**
 * Reads one answer as users of a library do: asks, passes each event on as it arrives, and resumes after a cut. Resolves
 * after the terminal event, when the library has closed by itself and reads no more.
 * @throws Refused with what the library can tell, if the server refuses.
 */
export type ReadAnswer = (asked: QuestionTarget, onEvent: (event: ClientEvent) => void) => Promise<void>

/** One way in which a library reads answers. */
export interface Reader {
  /** Empty for a library that has only one way. */
  readonly name: string
  readonly wire: 'events' | 'socket'
  readonly read: ReadAnswer
  /** What it can tell of each refusal. */
  readonly sees: Sight
  /** Number of requests until the answer has begun. Default 1. */
  readonly requestsToBegin?: number
  /** Default: by a separate request. */
  readonly stop?: (asked: QuestionTarget, answerId: string) => Promise<void>
  /** Known faults of the client after some cuts. */
  readonly faults?: readonly KnownFault[]
}

/** What a reader can tell when the server refuses. */
export interface Sight {
  /** Beyond the limit of questions. */
  readonly question: readonly RefusalFact[]
  /** Too long. */
  readonly size: readonly RefusalFact[]
  /** The connection that would read an answer, beyond the limit of requests. Undefined if it has none of its own. */
  readonly connection?: readonly RefusalFact[]
}

/** Of a client that sees the responses to its requests. */
export const seesResponses: Sight = {
  question: ['status', 'code', 'message', 'waitMs'],
  size: ['status', 'code', 'message'],
}

export interface KnownFault {
  /** The names of the cuts. */
  readonly cuts: readonly string[]
  readonly does: 'loses one event' | 'gives up'
  readonly reason: string
}

/**
 * Old libraries store the id of an event before its data has arrived, and then resume after it. If that was the last
 * event, they never learn how the answer ended.
 */
export function storesIdTooEarly(...cuts: readonly string[]): readonly KnownFault[] {
  const reason = 'it counts an event as received as soon as the line with its id has arrived'
  return [
    {
      cuts: ['after an id line', 'in a type', 'in the data', 'in a character', ...cuts],
      does: 'loses one event',
      reason,
    },
    {cuts: ['in the terminal event'], does: 'gives up', reason},
  ]
}

/** A client library in several versions. */
export interface ClientLibrary {
  /** The package on the registry, or what else is tried. */
  readonly name: string
  /** An exact version of each major version, oldest first; a word for what has none to choose from. */
  readonly versions: readonly string[]
  /** The oldest Node, as major and minor, for versions that do not run on every Node that Docent supports. */
  readonly needsNode?: Readonly<Record<string, readonly [major: number, minor: number]>>
  /** The version in the smoke test; null for none. */
  readonly smoke: string | null
  /** Says why it cannot run on this machine; null if it can. */
  missing?(): string | null
  /** Packs the package; undefined for one that is on the registry. Returns what npm can install. */
  packed?(): string
  readers(setting: ClientSetting): Promise<readonly Reader[]>
}

export interface ClientSetting {
  /** Installs the package, and imports a module of it. */
  readonly load: (name: string) => Promise<unknown>
  readonly version: string
  /** A page whose origin may ask the servers. */
  readonly pageUrl: string
  /** Remembers what is to be closed when all readers are checked. */
  readonly atEnd: (close: () => Promise<void>) => void
}

/** Makes an event from the fields of a frame: the id `<answerId>:<seq>`, the type and a JSON object. */
export function eventFrom(id: string | undefined, type: string, data: string): ClientEvent {
  const match = /^([\w-]+):(\d+)$/.exec(id ?? '')
  if (match === null) throw new Error(`an event ${type} has the id ${JSON.stringify(id)}`)
  return {answerId: match[1]!, seq: Number(match[2]), type, data: JSON.parse(data)}
}

export function isTerminal({type}: ClientEvent): boolean {
  return type === 'done' || type === 'error'
}

/** All event types of a stream: an `EventSource` needs a listener for each. */
export const eventTypes = ['start', 'sources', 'reasoning', 'tool', 'delta', 'citation', 'error', 'done']

/** The body of a question whose answer goes on while nobody reads it. */
export function questionBody({question}: QuestionTarget): string {
  return JSON.stringify({question, resumable: true})
}

/** Begins an answer and leaves it, for libraries that can only read. Returns its id. */
export async function begin(asked: QuestionTarget): Promise<string> {
  const response = await fetch(`${asked.directUrl}/api/answers`, {
    method: 'POST',
    headers: {'content-type': 'application/json', accept: 'text/event-stream'},
    body: questionBody(asked),
  })
  if (!response.ok) throw await refusedBy(response)
  let text = ''
  const decoder = new TextDecoder()
  for await (const bytes of response.body!) {
    text += decoder.decode(bytes, {stream: true})
    const id = /^id: ([\w-]+):1$/m.exec(text)?.[1]
    if (id !== undefined) return id
  }
  throw new Error(`no answer began: ${response.status} ${text}`)
}
