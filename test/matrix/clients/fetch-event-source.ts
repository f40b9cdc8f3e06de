import {randomUUID} from 'node:crypto'
import {
  type ClientLibrary,
  eventFrom,
  isTerminal,
  questionBody,
  type ReadAnswer,
  seesResponses,
  storesIdTooEarly,
} from './client.ts'
import {refusedBy} from './refused.ts'

const pauseMs = 50

interface Message {
  readonly id: string
  readonly event: string
  readonly data: string
}

interface Module {
  fetchEventSource(
    url: string,
    options: RequestInit & {
      openWhenHidden: boolean
      onopen(response: Response): Promise<void>
      onmessage(message: Message): void
      onclose(): void
      onerror(error: unknown): number
    },
  ): Promise<void>
}

export const fetchEventSource: ClientLibrary = {
  name: '@microsoft/fetch-event-source',
  versions: ['2.0.1'],
  smoke: '2.0.1',
  async readers({load}) {
    const library = (await load('@microsoft/fetch-event-source')) as Module
    const read: ReadAnswer = (asked, onEvent) => readIn(library, asked, onEvent)
    return [
      {
        name: '',
        wire: 'events',
        read,
        sees: seesResponses,
        faults: storesIdTooEarly('before the blank line'),
      },
    ]
  },
}

/** After a cut it repeats the question with `Last-Event-ID`; the idempotency key makes it join the same answer. */
async function readIn(
  {fetchEventSource}: Module,
  asked: Parameters<ReadAnswer>[0],
  onEvent: Parameters<ReadAnswer>[1],
): Promise<void> {
  let hasEnded = false
  let refusal: Error | undefined
  const leaveBrowser = enterBrowser()
  try {
    await fetchEventSource(`${asked.url}/api/answers`, {
      method: 'POST',
      headers: {'content-type': 'application/json', 'idempotency-key': randomUUID()},
      body: questionBody(asked),
      openWhenHidden: true,
      async onopen(response) {
        if (response.status !== 200) refusal = await refusedBy(response)
        if (refusal !== undefined) throw refusal
      },
      onmessage({id, event, data}) {
        // Comments and `retry:` arrive as messages without data.
        if (data === '') return
        const read = eventFrom(id, event, data)
        hasEnded ||= isTerminal(read)
        onEvent(read)
      },
      onclose() {
        if (!hasEnded) throw new Error('the stream was closed before its end')
      },
      onerror() {
        if (refusal !== undefined) throw refusal
        return pauseMs
      },
    })
  } finally {
    leaveBrowser()
  }
}

let readersInBrowser = 0

/** The library expects a page; these are all the globals that it uses. Returns a function that removes them. */
function enterBrowser(): () => void {
  if (readersInBrowser++ === 0) {
    const document = {hidden: false, addEventListener() {}, removeEventListener() {}}
    Object.assign(globalThis, {window: globalThis, document})
  }
  return () => {
    if (--readersInBrowser > 0) return
    Reflect.deleteProperty(globalThis, 'window')
    Reflect.deleteProperty(globalThis, 'document')
  }
}
