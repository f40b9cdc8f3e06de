import type {IncomingMessage, Server, ServerResponse} from 'node:http'
import {pathTemplateOf} from '../../src/http/openapi/document.ts'
import type {JsonSchema} from '../../src/http/openapi/json-schema.ts'
import {type Route, routes} from '../../src/http/routes.ts'
import {
  type Content,
  document,
  type OperationObject,
  problemOfParameter,
  problemOfRequest,
  problemOfResponse,
} from './openapi-schemas.ts'

/** Compares what a server answers with its own OpenAPI document. */
export interface OpenApiCheck {
  /** `operationId status` of what was compared. */
  readonly seen: ReadonlySet<string>
  /** @throws Error with all that differs. */
  assertNoDifference(): void
}

/** Of longer responses only the status and the type are compared. */
const maxBytes = 1024 * 1024
/** Of each kind so many are compared, and so many events of each type in a stream: others would only take time. */
const maxOfKind = 50
const maxDifferences = 20
/** What a client may have to read; all others are HTTP's own. */
const describedHeaders = [
  ...['retry-after', 'location', 'set-cookie', 'content-disposition'],
  ...['www-authenticate', 'x-should-retry', 'link', 'x-robots-tag'],
]
/** Of `GET`, where the status says that it tells something: Express adds one to errors as well. */
const statusesWithTag = [200, 304]

const table = routes.map((route) => ({
  route,
  pattern: new RegExp(
    `^${route.path.replace(/[.]/g, '\\.').replace(/\*\w+/g, '.+').replace(/:\w+/g, '[^/]+')}/?$`,
  ),
}))

function operationOf(
  method: string,
  path: string,
): {readonly route: Route; readonly operation: OperationObject} | null {
  const route = table.find(({route, pattern}) => route.method === method && pattern.test(path))?.route
  if (route === undefined) return null
  const operation = document.paths[pathTemplateOf(route)]?.[method.toLowerCase()]
  return operation === undefined ? null : {route, operation}
}

/** Watches every request of a server from now on. */
export function checkedByOpenApi(server: Server): OpenApiCheck {
  const seen = new Set<string>()
  const differences: string[] = []
  const compared = new Map<string, number>()

  server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
    const address = URL.parse(request.url ?? '', 'http://localhost')
    const found = address && operationOf(request.method ?? '', address.pathname)
    if (address === null || found === null) return
    const chunks = chunksOf(response)
    response.once('finish', () => {
      const {operation, route} = found
      const {statusCode: status} = response
      // Refused before any route.
      if (status === 431) return
      const where = `${route.method} ${route.path} ${status}`
      const note = (difference: string) => {
        if (differences.length < maxDifferences) differences.push(`${where}: ${difference}`)
      }
      seen.add(`${operation.operationId} ${status}`)
      const reply =
        operation.responses[status] ?? (status >= 500 ? operation.responses['default'] : undefined)
      if (reply === undefined) return note('the status is not described')
      const mayBeAskedAgain = route.method === 'GET' && statusesWithTag.includes(status)
      for (const name of [...describedHeaders, ...(mayBeAskedAgain ? ['etag'] : [])])
        if (response.hasHeader(name) && !(name in lowerCased(reply.headers)))
          note(`the header ${name} is not described`)
      const count = compared.get(where) ?? 0
      compared.set(where, count + 1)
      compareBody(response, count < maxOfKind ? chunks() : null, reply.content ?? {}, note)
      if (status < 300) compareRequest(request, address.searchParams, operation, note)
    })
  })

  return {
    seen,
    assertNoDifference() {
      if (differences.length > 0)
        throw new Error(`/openapi.json differs from what is sent:\n${differences.join('\n')}`)
    },
  }
}

const lowerCased = (headers: object = {}) =>
  Object.fromEntries(Object.entries(headers).map(([name, header]) => [name.toLowerCase(), header]))

/** Keeps what is written; the function gives it, null where it is too long. */
function chunksOf(response: ServerResponse): () => Buffer | null {
  const chunks: Buffer[] = []
  let bytes = 0
  const keep = (chunk: unknown) => {
    if (typeof chunk !== 'string' && !(chunk instanceof Uint8Array)) return
    const buffer = Buffer.from(chunk as string)
    bytes += buffer.length
    if (bytes <= maxBytes) chunks.push(buffer)
  }
  const {write, end} = response
  response.write = ((...args: Parameters<typeof write>) => {
    keep(args[0])
    return write.apply(response, args)
  }) as typeof write
  response.end = ((...args: Parameters<typeof end>) => {
    keep(args[0])
    return end.apply(response, args)
  }) as typeof end
  return () => (bytes > maxBytes ? null : Buffer.concat(chunks))
}

function compareBody(
  response: ServerResponse,
  body: Buffer | null,
  content: Content,
  note: (difference: string) => void,
): void {
  if (body?.length === 0) return
  const type = String(response.getHeader('content-type') ?? '')
    .split(';')[0]!
    .trim()
  const media = content[type] ?? content['*/*']
  if (media === undefined) {
    note(`a body of type ${type || 'none'} is not described`)
    return
  }
  if (body === null || response.getHeader('content-encoding') !== undefined) return
  const text = body.toString()
  if (/[/+]json$/.test(type)) compare(JSON.parse(text), media.schema, note)
  const ofEvents = media['x-itemSchema']
  if (ofEvents !== undefined) for (const event of eventsIn(text)) compare(event, ofEvents, note)
}

/** The data of events, with their names as `type`. */
function eventsIn(text: string): unknown[] {
  const seen = new Map<string, number>()
  return text.split('\n\n').flatMap((frame) => {
    const name = /^event: ([^\n]*)$/m.exec(frame)?.[1]
    const data = /^data: ([^\n]*)$/m.exec(frame)?.[1]
    const count = seen.get(name ?? '') ?? 0
    if (data === undefined || count >= maxOfKind) return []
    seen.set(name ?? '', count + 1)
    const value = JSON.parse(data) as object
    return [name === undefined || 'jsonrpc' in value ? value : {type: name, ...value}]
  })
}

function compareRequest(
  request: IncomingMessage,
  query: URLSearchParams,
  {parameters = [], requestBody}: OperationObject,
  note: (difference: string) => void,
): void {
  const {body} = request as {readonly body?: unknown}
  const ofBody = requestBody?.content['application/json']
  // Express has parsed it.
  if (ofBody !== undefined && typeof body === 'object' && body !== null) {
    const problem = problemOfRequest(body, ofBody.schema)
    if (problem !== null) note(`a body that was accepted: ${problem}`)
  }
  for (const {name, in: place, schema} of parameters) {
    const value = query.get(name)
    if (place !== 'query' || value === null || value === '') continue
    const problem = problemOfParameter(value, schema)
    if (problem !== null) note(`a value of ${name} that was accepted: ${problem}`)
  }
}

function compare(value: unknown, schema: JsonSchema, note: (difference: string) => void): void {
  const problem = problemOfResponse(value, schema)
  if (problem !== null) note(`${problem} in ${JSON.stringify(value).slice(0, 300)}`)
}
