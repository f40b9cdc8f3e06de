import {type EventSourceClass, eventSourceSees, readByEventSource} from './by-event-source.ts'
import {type ClientLibrary, storesIdTooEarly} from './client.ts'

/** Version 2 exports its class as the module, later ones by name. */
interface Module {
  readonly EventSource?: EventSourceClass
  readonly default?: EventSourceClass
}

export const eventsource: ClientLibrary = {
  name: 'eventsource',
  versions: ['2.0.2', '3.0.7', '4.1.1', '5.1.5'],
  needsNode: {'5.1.5': [22, 12]},
  smoke: '4.1.1',
  async readers({load, version}) {
    const {EventSource, default: whole} = (await load('eventsource')) as Module
    const read = readByEventSource((EventSource ?? whole)!)
    // Beyond the standard, its error has the status.
    const sees = {...eventSourceSees, connection: ['status'] as const}
    return [
      {
        name: '',
        wire: 'events',
        read,
        sees,
        ...(version.startsWith('2.') ? {faults: storesIdTooEarly()} : {}),
      },
    ]
  },
}
