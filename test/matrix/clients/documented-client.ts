import type {ClientEvent, KnownFault, ReadAnswer, Reader} from './client.ts'
import {Refused} from './refused.ts'

type Ask = (question: string, onEvent: (type: string, data: object) => void) => Promise<void>
type AnyFetch = (url: string, init?: RequestInit) => Promise<Response>

const documentedFault: KnownFault = {
  cuts: ['after the head'],
  does: 'gives up',
  reason: 'the documented client cannot resume before it has seen an id',
}

/** The client that the page on streaming shows. Of a refusal it throws the message alone. */
export function documentedReader(read: ReadAnswer): Reader {
  const sees = {question: ['message'], size: ['message']} as const
  return {name: 'fetch', wire: 'events', read, sees, faults: [documentedFault]}
}

/**
 * The documented client passes no ids on. It must pass on the whole stream, so the position of an event is its number.
 * @param code from the page; declares the function `ask`
 */
export function readAsDocumented(anyFetch: AnyFetch, code: string): ReadAnswer {
  return async ({url, question}, onEvent) => {
    let isRefused = false
    const ask = askIn(code, async (path, init) => {
      const response = await anyFetch(`${url}${path}`, init)
      isRefused = !response.ok
      return response
    })
    let answerId = ''
    let seq = 0
    try {
      await ask(question, (type, data) => {
        if (type === 'start') ({answerId} = data as {answerId: string})
        onEvent({answerId, seq: ++seq, type, data: data as ClientEvent['data']})
      })
    } catch (error) {
      throw isRefused ? new Refused({message: (error as Error).message}) : error
    }
  }
}

function askIn(code: string, fetch: AnyFetch): Ask {
  return new Function('fetch', `${code}\nreturn ask`)(fetch) as Ask
}
