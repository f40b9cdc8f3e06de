import {deepStrictEqual as deepEqual, strictEqual as equal, match, ok} from 'node:assert'
import type {Era, SdkVersion} from './sdk.ts'

interface Failure {
  /** Of the protocol, or of the SDK. */
  readonly code: number | string | null
  /** Of HTTP. */
  readonly status: number | null
  readonly message: string
}

interface Called {
  readonly content: readonly {readonly type: string; readonly text: string}[]
  readonly structuredContent?: Readonly<Record<string, unknown>>
  readonly isError?: boolean
  readonly failure?: Failure
}

type Failed = {readonly failure?: Failure}

interface Listed {
  readonly name: string
  readonly description: string
  readonly inputSchema: {readonly type: string}
  readonly outputSchema?: {readonly type: string}
  readonly annotations?: Readonly<Record<string, unknown>>
}

/** Everything that there is to ask, with what it gave. */
interface Tour {
  readonly server: {readonly name: string; readonly title?: string}
  readonly capabilities: object
  readonly instructions: string | null
  /** Of the protocol, where the client tells. */
  readonly version: string | null
  readonly tools: readonly Listed[]
  readonly found: Called
  readonly notFound: Called
  readonly page: Called
  readonly pages: Called
  readonly search: Called
  readonly fetched: Called
  readonly unknownPage: Called
  readonly badArguments: Called
  readonly unknownTool: Failed
  readonly resources: readonly {readonly uri: string; readonly title?: string}[]
  readonly templates: readonly {readonly uriTemplate: string}[]
  readonly read: {readonly contents: readonly {readonly uri: string; readonly text: string}[]}
  readonly unknownResource: Failed
}

/** What the program in `client.mjs` saw. */
export interface Seen {
  readonly http: Tour & {readonly versionHeader: string | null}
  readonly stdio: Tour
  readonly tooLarge: Failed
  readonly afterTooLarge: Called
  readonly foreign: Failed | null
  readonly listed: Failed | null
  readonly fewSearches: Called
  readonly fewRequests: Failed
}

/** @throws AssertionError if any of it is wrong. */
export function checkSeen(seen: Seen, {sdk, version, protocol}: SdkVersion, era: Era): void {
  const spoken = era === 'modern' ? '2026-07-28' : protocol
  // Before 2025-06-18 no request had to name the version.
  equal(seen.http.versionHeader, spoken < '2025-06-18' ? null : spoken)
  for (const tour of [seen.http, seen.stdio]) {
    checkTour(tour)
    if (sdk === '@modelcontextprotocol/client') equal(tour.version, spoken, `${version} agrees on ${spoken}`)
  }
  equal(seen.http.server.name, '127.0.0.1/docent')
  equal(seen.stdio.server.name, 'docent')

  checkRefusal(seen.tooLarge, 413, /The request body is larger than 64 KB\./)
  equal(seen.afterTooLarge.structuredContent?.['total'], 3, 'the client can go on after a refusal')
  // The probe of the newer era says only that access was denied.
  checkRefusal(seen.foreign, 403, era === 'modern' ? /denied access/ : /origin may not use this server/)
  equal(seen.listed, null, 'an origin that is listed may ask')
  equal(seen.fewSearches.isError, true)
  match(textOf(seen.fewSearches), /^No more than 1 searches in a minute; try again in \d+ seconds?\.$/)
  checkRefusal(seen.fewRequests, 429, /No more than 8 requests in a minute; try again in \d+ second/)
}

/** Each SDK has the status in another place; the first versions have it in the message alone. */
function checkRefusal(seen: Failed | null, status: number, message: RegExp): void {
  const failure = seen?.failure
  ok(failure, 'it was not refused')
  const {code, message: text} = failure
  equal(failure.status ?? (typeof code === 'number' ? code : Number(/HTTP (\d+)/.exec(text)?.[1])), status)
  match(text, message)
}

const textOf = ({content}: Called) => content.map(({text}) => text).join('\n')

const listIn = ({structuredContent}: Called, name: string) =>
  (structuredContent?.[name] ?? []) as readonly Readonly<Record<string, unknown>>[]

function checkTour(tour: Tour): void {
  equal(tour.server.title, 'Boiler docs')
  deepEqual(tour.capabilities, {resources: {}, tools: {}})
  match(tour.instructions ?? '', /“Boiler”.*search_docs.*get_doc/s)
  checkTools(tour.tools)
  checkCalls(tour)
  checkMistakes(tour)
  checkResources(tour)
}

function checkTools(tools: readonly Listed[]): void {
  deepEqual(
    tools.map(({name}) => name),
    ['search_docs', 'get_doc', 'list_docs', 'search', 'fetch'],
  )
  for (const {description, inputSchema, outputSchema, annotations} of tools) {
    match(description, /“Boiler”/)
    deepEqual([inputSchema.type, outputSchema?.type], ['object', 'object'])
    const {readOnlyHint, destructiveHint, idempotentHint, openWorldHint} = annotations ?? {}
    deepEqual([readOnlyHint, destructiveHint, idempotentHint, openWorldHint], [true, false, true, false])
  }
}

/** Found, with its source; not found; and what each tool returns, as text and as data. */
function checkCalls({found, notFound, page, pages, search, fetched}: Tour): void {
  for (const called of [found, notFound, page, pages, search, fetched]) {
    ok(called.failure === undefined && called.isError !== true, JSON.stringify(called))
  }
  const tokens = 'https://docs.example.com/guides/port#tokens'
  const [first] = listIn(found, 'results')
  deepEqual([found.structuredContent?.['answered'], first!['url']], [true, tokens])
  equal(first!['text'], 'Tokens expire after one hour.')
  match(textOf(found), new RegExp(`^## 1\\. Change the port › Tokens\n\n${tokens}\n`))

  equal(notFound.structuredContent?.['answered'], false)
  match(textOf(notFound), /^The docs likely do not answer this/)

  match(String(page.structuredContent?.['text']), /^# Change the port\n.*## Tokens\n/s)
  deepEqual(
    listIn(pages, 'pages').map(({id}) => id),
    ['guides/port.md', 'guides/valves.md'],
  )
  deepEqual(JSON.parse(textOf(search)), search.structuredContent)
  deepEqual(JSON.parse(textOf(fetched)), fetched.structuredContent)
  deepEqual(
    [fetched.structuredContent?.['url'], fetched.structuredContent?.['text']],
    [tokens, '## Tokens\n\nTokens expire after one hour.'],
  )
}

/** What the model can mend is a result; what it cannot is an error of the protocol. */
function checkMistakes({unknownPage, badArguments, unknownTool, unknownResource}: Tour): void {
  deepEqual([unknownPage.isError, badArguments.isError], [true, true])
  match(textOf(unknownPage), /no page "guides\/ports"\. The nearest are:\n- guides\/port\.md/)
  match(textOf(badArguments), /^page: /)
  equal(unknownTool.failure?.code, -32602)
  match(unknownTool.failure.message, /there are search_docs, get_doc, list_docs, search, fetch/)
  equal(unknownResource.failure?.code, -32602)
}

function checkResources({resources, templates, read}: Tour): void {
  const uri = 'docs:///guides/port.md'
  deepEqual(
    resources.map((resource) => resource.uri),
    ['docs:///index.md', uri, 'docs:///guides/valves.md'],
  )
  deepEqual(
    templates.map(({uriTemplate}) => uriTemplate),
    ['docs:///{+path}'],
  )
  equal(read.contents[0]!.uri, uri)
  match(read.contents[0]!.text, /Tokens expire after one hour\./)
}
