import {randomUUID} from 'node:crypto'
import {setTimeout as delay} from 'node:timers/promises'
import {type ClientEvent, isTerminal, type QuestionTarget, questionBody, type ReadAnswer} from './client.ts'
import {refusedBy} from './refused.ts'

/** Parses the text of a stream piece by piece. */
export type PiecewiseParser = (onEvent: (event: ClientEvent) => void) => (text: string) => void

/** Pause between attempts; short, because nothing is overloaded here. */
const pauseMs = 50

/** Asks and reads with `fetch` and a parser, and resumes after a cut, as documented. */
export function readByFetch(parser: PiecewiseParser): ReadAnswer {
  return async (asked, onEvent) => {
    const key = randomUUID()
    let last: ClientEvent | undefined
    for (;;) {
      try {
        const response = await fetch(...requestOf(asked, key, last))
        if (response.status !== 200) throw await refusedBy(response)
        // A new parser, because the rest of an event that was cut off will not come.
        const feed = parser((event) => {
          last = event
          onEvent(event)
        })
        const decoder = new TextDecoder()
        for await (const bytes of response.body!) feed(decoder.decode(bytes, {stream: true}))
      } catch (error) {
        // `fetch` throws a TypeError when the connection breaks.
        if (!(error instanceof TypeError)) throw error
      }
      if (last !== undefined && isTerminal(last)) return
      await delay(pauseMs)
    }
  }
}

function requestOf(
  asked: QuestionTarget,
  key: string,
  last: ClientEvent | undefined,
): [url: string, init: RequestInit] {
  if (last !== undefined) {
    const headers = {'last-event-id': `${last.answerId}:${last.seq}`}
    return [`${asked.url}/api/answers/${last.answerId}/events`, {headers}]
  }
  const headers = {
    'content-type': 'application/json',
    accept: 'text/event-stream',
    // If the question is repeated because no event arrived, it joins the answer that was begun.
    'idempotency-key': key,
  }
  return [`${asked.url}/api/answers`, {method: 'POST', headers, body: questionBody(asked)}]
}
