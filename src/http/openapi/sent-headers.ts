import type {Route} from '../routes.ts'
import {type Reply, withHeader} from './operation.ts'

type Sent = readonly [
  name: string,
  description: string,
  isSentWith: (route: Pick<Route, 'method' | 'path'>, status: string, reply: Reply) => boolean,
]

const isBelow = (path: string, folder: string) => path === folder || path.startsWith(`${folder}/`)

/** Headers that come with whole groups of responses, and what they tell. */
const sent: readonly Sent[] = [
  ['WWW-Authenticate', '`Bearer`: a token is needed.', (_, status) => status === '401'],
  [
    'X-Should-Retry',
    '`false` where the same request would fail again, or has to wait for more than a minute.',
    ({path}, status) => isBelow(path, '/v1') && !(Number(status) < 400),
  ],
  [
    'Link',
    'The other form of the page, its canonical address, and the lists of all pages (RFC 8288).',
    ({path}) => isBelow(path, '/docs'),
  ],
  [
    'X-Robots-Tag',
    '`noindex` for what search engines should not keep.',
    ({path}) => isBelow(path, '/docs') || path.startsWith('/llms') || isBelow(path, '/handover'),
  ],
  [
    'ETag',
    'For `If-None-Match`.',
    ({method}, status, reply) =>
      method === 'GET' && (status === '304' || (status === '200' && mayBeKept(reply))),
  ],
]

/** Whether a response with 200 may be answered with 304 the next time: an event stream is never. */
export function mayBeKept({content}: Reply): boolean {
  return Object.keys(content ?? {}).some((type) => type !== 'text/event-stream')
}

/** A reply with the headers that every one of its kind has or may have. */
export function withSentHeaders(route: Pick<Route, 'method' | 'path'>, status: string, reply: Reply): Reply {
  return sent
    .filter(([, , isSentWith]) => isSentWith(route, status, reply))
    .reduce((described, [name, description]) => withHeader(described, name, description), reply)
}
