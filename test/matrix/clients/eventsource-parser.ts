import {readByFetch} from './by-fetch.ts'
import {type ClientLibrary, eventFrom, seesResponses} from './client.ts'

interface Message {
  readonly id?: string
  readonly event?: string
  readonly data: string
}

/** Up to version 2 there is one callback for everything; since version 3 there is one for each kind. */
interface Module {
  createParser(
    callbacks: ((parsed: Message & {readonly type: string}) => void) | {onEvent(message: Message): void},
  ): {feed(text: string): void}
}

export const eventsourceParser: ClientLibrary = {
  name: 'eventsource-parser',
  versions: ['1.1.2', '2.0.1', '3.1.1', '4.1.3'],
  needsNode: {'4.1.3': [22, 12]},
  smoke: '3.1.1',
  async readers({load, version}) {
    const {createParser} = (await load('eventsource-parser')) as Module
    const hasOneCallback = Number.parseInt(version, 10) < 3
    const read = readByFetch((onEvent) => {
      const onMessage = ({id, event, data}: Message) => onEvent(eventFrom(id, event ?? 'message', data))
      const parser = createParser(
        hasOneCallback
          ? (parsed) => {
              if (parsed.type === 'event') onMessage(parsed)
            }
          : {onEvent: onMessage},
      )
      return (text) => parser.feed(text)
    })
    return [{name: '', wire: 'events', read, sees: seesResponses}]
  },
}
