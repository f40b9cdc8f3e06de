import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {root} from '../programs.ts'
import type {ClientEvent, KnownFault, ReadAnswer} from './client.ts'

type Ask = (question: string, onEvent: (type: string, data: object) => void) => Promise<void>

/** The function `ask` from the page on streaming, with another `fetch`. */
function documentedAsk(fetch: (path: string, init?: RequestInit) => Promise<Response>): Ask {
  const page = readFileSync(join(root, 'content/streaming.md'), 'utf8')
  const code = /^## A client in plain fetch\n+```js\n(.*?)^```$/ms.exec(page)?.[1]
  if (code === undefined) throw new Error('content/streaming.md shows no client in plain fetch')
  return new Function('fetch', `${code}\nreturn ask`)(fetch) as Ask
}

export const documentedFault: KnownFault = {
  cuts: ['after the head'],
  does: 'gives up',
  reason: 'the documented client cannot resume before it has seen an id',
}

/** The documented client passes no ids on. It must pass on the whole stream, so the position of an event is its number. */
export function readAsDocumented(anyFetch: typeof fetch): ReadAnswer {
  return async ({url, question}, onEvent) => {
    const ask = documentedAsk((path, init) => anyFetch(`${url}${path}`, init))
    let answerId = ''
    let seq = 0
    await ask(question, (type, data) => {
      if (type === 'start') ({answerId} = data as {answerId: string})
      onEvent({answerId, seq: ++seq, type, data: data as ClientEvent['data']})
    })
  }
}
