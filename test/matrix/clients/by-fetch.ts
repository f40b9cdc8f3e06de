import {randomUUID} from 'node:crypto'
import {setTimeout as delay} from 'node:timers/promises'
import {type Asked, type ClientEvent, isTerminal, questionBody, type ReadAnswer} from './client.ts'

/** Turns the text of a stream into events, piece by piece. */
export type PiecewiseParser = (onEvent: (event: ClientEvent) => void) => (text: string) => void

/** The pauses between attempts are short: nothing here is ever overloaded. */
const pauseMs = 50

/** Asks and reads by `fetch` and a parser, and resumes after a cut, as the documentation says. */
export function readByFetch(parser: PiecewiseParser): ReadAnswer {
  return async (asked, onEvent) => {
    const key = randomUUID()
    let last: ClientEvent | undefined
    for (;;) {
      try {
        const response = await fetch(...requestOf(asked, key, last))
        if (response.status !== 200) throw new Error(`the server answered ${response.status}`)
        // What a cut left half-read is forgotten with its parser.
        const feed = parser((event) => {
          last = event
          onEvent(event)
        })
        const decoder = new TextDecoder()
        for await (const bytes of response.body!) feed(decoder.decode(bytes, {stream: true}))
      } catch (error) {
        // `fetch` says so by a TypeError when the connection breaks.
        if (!(error instanceof TypeError)) throw error
      }
      if (last !== undefined && isTerminal(last)) return
      await delay(pauseMs)
    }
  }
}

function requestOf(
  asked: Asked,
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
    // Asked again because not even the first event came, it joins the answer that was begun.
    'idempotency-key': key,
  }
  return [`${asked.url}/api/answers`, {method: 'POST', headers, body: questionBody(asked)}]
}
