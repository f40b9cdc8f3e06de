import {type ErrorCode, isRetryable} from '../../domain/index.ts'
import {packageVersion} from '../../package/index.ts'
import {statusOf} from '../error-response.ts'
import {type Caller, type Route, routes} from '../routes.ts'
import {cookieName} from '../staff/sessions.ts'
import type {JsonSchema} from './json-schema.ts'
import {
  forNow,
  type Media,
  nothing,
  type Operation,
  type Operations,
  type Reply,
  ref,
  tags,
  text,
} from './operation.ts'
import {asking} from './operations/asking.ts'
import {docsTeam} from './operations/docs-team.ts'
import {pages} from './operations/pages.ts'
import {protocols} from './operations/protocols.ts'
import {staffOperations} from './operations/staff.ts'
import schemas from './response-schemas.json' with {type: 'json'}
import {mayBeKept, withSentHeaders} from './sent-headers.ts'

/** By method and path, as `GET /api/answers/:id`. Files that are served by name are described by the table of routes. */
export const operations: Operations = {...asking, ...protocols, ...pages, ...staffOperations, ...docsTeam}

const description = `The whole HTTP interface of this server. Addresses for \`GET\` also take \`HEAD\`.

What can be refused is refused before an answer begins, as JSON with a \`code\` that programs can rely on. New fields, and new
values of \`code\`, may come with a new version; ignore what you do not know.`

const securitySchemes = {
  staffToken: {
    type: 'http',
    scheme: 'bearer',
    description: 'A token of staff. What it allows depends on its role.',
  },
  staffSession: {
    type: 'apiKey',
    in: 'cookie',
    name: cookieName,
    description: 'Set by a sign-in. Changes are accepted from pages of this server alone.',
  },
  apiToken: {type: 'http', scheme: 'bearer', description: '`API_TOKEN`, where it is set.'},
  metricsToken: {
    type: 'http',
    scheme: 'bearer',
    description: '`METRICS_TOKEN`; without it, only this machine.',
  },
  webhookSignature: {
    type: 'apiKey',
    in: 'header',
    name: 'X-Hub-Signature-256',
    description:
      '`sha256=` and the HMAC of the body with `WEBHOOK_SECRET`, in hexadecimal, as GitHub sends it.',
  },
  webhookToken: {
    type: 'apiKey',
    in: 'header',
    name: 'X-Gitlab-Token',
    description: '`WEBHOOK_SECRET` itself, as GitLab sends it.',
  },
}

const ofStaff: readonly Caller[] = ['staff', 'support', 'docs', 'admin']

/**
 * All routes as an OpenAPI 3.1 document: requests by the schemas that check them, responses by the types that are sent.
 * @param base where this server is reached, without a slash at the end; empty where that is not known.
 * @throws Error for a route that is not described, and a description without a route.
 * @see https://spec.openapis.org/oas/v3.1.1.html
 */
export function openApiDocument(base: string): JsonSchema {
  common ??= commonDocument()
  return {...common, servers: [{url: base === '' ? '/' : base}]}
}

let common: JsonSchema | null = null

function commonDocument(): JsonSchema {
  const paths: Record<string, Record<string, object>> = {}
  const described = new Set(Object.keys(operations))
  for (const route of routes) {
    const key = `${route.method} ${route.path}`
    const operation = operations[key] ?? (route.isFile ? fileOperation(route) : null)
    if (operation === null) throw new Error(`src/http/openapi/operations describes no ${key}`)
    described.delete(key)
    const path = pathTemplateOf(route)
    paths[path] = {...paths[path], [route.method.toLowerCase()]: operationObject(route, operation)}
  }
  if (described.size > 0) throw new Error(`There is no route ${[...described].join(', ')}`)
  return {
    openapi: '3.1.1',
    info: {
      title: 'Docent',
      version: packageVersion(),
      description,
      license: {name: 'MIT', identifier: 'MIT'},
    },
    tags: Object.entries(tags).map(([name, about]) => ({name, description: about})),
    paths,
    components: {schemas: {...schemas, ...requestSchemas()}, securitySchemes},
  }
}

/** The path of a route as OpenAPI writes it: `/api/answers/{id}`. */
export function pathTemplateOf({path}: Pick<Route, 'path'>): string {
  return path.replace(/[:*](\w+)/g, '{$1}')
}

/** Of bodies, by name. */
function requestSchemas(): Readonly<Record<string, JsonSchema>> {
  return Object.assign({}, ...Object.values(operations).map(({body}) => body?.schemas))
}

function operationObject(route: Route, operation: Operation): object {
  const {method, path, about, caller} = route
  const {id, tag, description, parameters = [], body, replies, errors = [], ...extensions} = operation
  const codes = [...new Set([...errorsOf(route, operation), ...errors])]
  const statuses = new Set(codes.map((code) => statusOf[code]))
  const refusals = [...statuses].map((status): [string, Reply] => [
    String(status),
    refusal(
      path,
      codes.filter((code) => statusOf[code] === status),
    ),
  ])
  const {200: whole} = replies
  const responses: Record<string, Reply> = {
    ...Object.fromEntries(refusals),
    ...(method === 'GET' && whole !== undefined && mayBeKept(whole)
      ? {304: nothing('It has not changed, as `If-None-Match` says.')}
      : {}),
    ...replies,
    default: refusal(path, ['internal']),
  }
  const inPath = [...path.matchAll(/[:*](\w+)/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    ...describedPart(path, name!),
    schema: {type: 'string'},
  }))
  return {
    operationId: id,
    tags: [tag],
    summary: about,
    ...describedFor(caller, description),
    ...(inPath.length + parameters.length === 0 ? {} : {parameters: [...inPath, ...parameters]}),
    ...(body === undefined ? {} : {requestBody: {required: body.required, content: body.content}}),
    responses: Object.fromEntries(
      Object.entries(responses).map(([status, reply]) => [status, withSentHeaders(route, status, reply)]),
    ),
    security: securityOf(method, path, caller),
    ...extensions,
  }
}

function describedPart(path: string, name: string): {readonly description?: string} {
  const description = partsOfPaths.find(([beginning]) => path.startsWith(`${beginning}${name}`))?.[1]
  return description === undefined ? {} : {description}
}

/** What stands in a path, by what comes before it. */
const partsOfPaths: readonly (readonly [string, string])[] = [
  ['/api/answers/:', 'The id of the answer.'],
  ['/api/conversations/:', 'The key of the conversation.'],
  ['/api/chat/:', 'The id that the client has given the chat.'],
  ['/v1/models/:', 'The id of the model.'],
  ['/locales/:', 'The name of the file.'],
  ['/assets/:', 'The name of the file.'],
  ['/console-:', 'The name of the part.'],
  ['/docs/*', 'The path of the page; it may have slashes.'],
  ['/console/*', 'The path of the view; it may have slashes.'],
  ['/handover/:', 'The key in the link.'],
  ['/api/admin/people/:', 'The id of the person, or the name.'],
  ['/api/admin/transcripts/:', 'The id of the answer, or its `ref` once it has ended.'],
  ['/api/admin/handovers/:', 'The id of the link.'],
  ['/api/admin/visitors/:', 'The `visitor` of a transcript.'],
  ['/api/admin/verified/:', 'The id of the verified answer.'],
  ['/api/admin/golden/:', 'The id of the golden question.'],
  ['/api/admin/gaps/:', 'The id of the gap.'],
  ['/api/admin/builds/:', 'The id of the build.'],
  ['/api/admin/reindex/:', 'The id of the ingest.'],
]

/** Which staff may call it comes first. */
function describedFor(caller: Caller, description: string | undefined): {readonly description?: string} {
  const lines = [whoMay[caller], description].filter((line) => line !== undefined)
  return lines.length === 0 ? {} : {description: lines.join('\n\n')}
}

const whoMay: Partial<Record<Caller, string>> = {
  staff: 'For staff in any role.',
  support: 'For staff in the roles `support` and `admin`.',
  docs: 'For staff in the roles `docs` and `admin`.',
  admin: 'For staff in the role `admin`.',
  'own pages': 'For programs and pages of this server.',
}

/** The errors that any route of its kind has. */
function errorsOf({method, path, caller}: Route, {parameters = [], tag}: Operation): ErrorCode[] {
  const isForStaff = ofStaff.includes(caller)
  const hasQuery = parameters.some((parameter) => parameter.in === 'query')
  const kinds: readonly (readonly [boolean, readonly ErrorCode[]])[] = [
    [isForStaff, ['unauthorized', 'forbidden', 'origin_not_allowed', 'not_audited']],
    [caller === 'visitors' || caller === 'own pages', ['origin_not_allowed']],
    [caller === 'operators', ['unauthorized', 'forbidden']],
    [path.startsWith('/v1/'), ['unauthorized']],
    [hasQuery && tag !== 'Pages', ['invalid_request']],
    // A body that is not asked for is read all the same.
    [method !== 'GET', ['invalid_request', 'too_large', 'unsupported_media_type']],
    // The page and the console may not be built.
    [tag === 'Pages', ['not_found']],
    // A part of the path may be no UTF-8.
    [/[:*]/.test(path), ['not_found', 'invalid_request']],
    // Before any route.
    [true, ['rate_limited', 'host_not_allowed']],
  ]
  return kinds.flatMap(([applies, codes]) => (applies ? codes : []))
}

/** Where other protocols have a code of their own in its place. */
function placeOfCode(path: string): string {
  if (path.startsWith('/v1/'))
    return ', in `error.docent.code`; `error.code` is OpenAI’s name where there is one'
  return path === '/mcp' ? ', in `error.data.code`' : ''
}

/** An error in the form that clients of its address expect. */
function refusal(path: string, codes: readonly ErrorCode[]): Reply {
  const description = `${codes.map((code) => `\`${code}\``).join(', ')}${placeOfCode(path)}`
  const isTemporary = codes.some(isRetryable)
  const reply = {description, content: errorContent(path)}
  return isTemporary ? forNow(reply) : reply
}

function errorContent(path: string): Readonly<Record<string, Media>> {
  const asJson = {'application/json': {schema: ref(errorTypeOf(path))}}
  const asText = {schema: {type: 'string'}}
  if (path.startsWith('/docs')) return {...asJson, 'text/markdown': asText, 'text/html': asText}
  return path.startsWith('/llms') ? {...asJson, 'text/markdown': asText} : asJson
}

function errorTypeOf(path: string): string {
  if (path.startsWith('/v1/')) return 'OpenAiErrorBody'
  return path === '/mcp' ? 'RpcResponse' : 'ErrorBody'
}

function securityOf(method: string, path: string, caller: Caller): readonly object[] {
  const of = (...names: readonly (keyof typeof securitySchemes)[]) => names.map((name) => ({[name]: []}))
  if (ofStaff.includes(caller)) {
    const isWebhook = method === 'POST' && path === '/api/admin/reindex'
    return of(
      'staffToken',
      'staffSession',
      ...(isWebhook ? (['webhookSignature', 'webhookToken'] as const) : []),
    )
  }
  if (caller === 'operators') return [{}, ...of('metricsToken')]
  return path.startsWith('/v1/') ? [{}, ...of('apiToken')] : []
}

const typeOfFile: Readonly<Record<string, string>> = {
  js: 'text/javascript',
  css: 'text/css',
  svg: 'image/svg+xml',
  txt: 'text/plain',
}

/** A file; its name makes the id, as `getWidgetJs`. */
function fileOperation({path}: Route): Operation {
  const words = path.match(/\w+/g) ?? []
  const id = `get${words.map((word) => word[0]!.toUpperCase() + word.slice(1)).join('')}`
  const type = typeOfFile[words.at(-1) ?? '']
  const file: Reply =
    type === undefined ? {description: 'The file.', content: {'*/*': {schema: {}}}} : text(type, 'The file.')
  return {id, tag: 'Pages', replies: {200: file}}
}
