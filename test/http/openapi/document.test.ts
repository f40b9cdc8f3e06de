import {Validator} from '@seriousme/openapi-schema-validator'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {openApiDocument} from '../../../src/http/openapi/document.ts'
import {routes} from '../../../src/http/routes.ts'
import {startDocent, type TestDocent} from '../../support/start-docent.ts'

interface Document {
  readonly openapi: string
  readonly info: {readonly version: string}
  readonly servers: readonly {readonly url: string}[]
  readonly paths: Readonly<Record<string, Readonly<Record<string, DocumentedOperation>>>>
  readonly components: {readonly schemas: Readonly<Record<string, Schema>>}
}

interface DocumentedOperation {
  readonly operationId: string
  readonly summary: string
  readonly security: readonly object[]
  readonly parameters?: readonly {
    readonly name: string
    readonly in: string
    readonly required?: boolean
    readonly schema: Schema
  }[]
  readonly requestBody?: {readonly content: Readonly<Record<string, {readonly schema: Schema}>>}
  readonly responses: Readonly<Record<string, {readonly content?: object; readonly headers?: object}>>
}

type Schema = Readonly<Record<string, unknown>> & {
  readonly properties?: Readonly<Record<string, Schema>>
  readonly items?: Schema
}

let product: TestDocent
let document: Document

beforeAll(async () => {
  product = await startDocent()
  document = (await (await fetch(`${product.url}/openapi.json`)).json()) as Document
})
afterAll(() => product.close())

const operations = (): DocumentedOperation[] =>
  Object.values(document.paths).flatMap((path) => Object.values(path))

function bodyOf(path: string, method = 'post'): Schema {
  const {$ref} = document.paths[path]![method]!.requestBody!.content['application/json']!.schema
  return document.components.schemas[String($ref).split('/').at(-1)!]!
}

/** The fields that may have a number with a fraction, those without a name of their own by their path. */
function fractionsIn(schema: unknown, path = ''): string[] {
  if (typeof schema !== 'object' || schema === null) return []
  return Object.entries(schema).flatMap(([key, part]) => {
    if (key === 'type') return [part].flat().includes('number') ? [path] : []
    if (key !== 'properties') return fractionsIn(part, path)
    return Object.entries(part as object).flatMap(([name, field]) =>
      fractionsIn(field, path === '' ? name : `${path}.${name}`),
    )
  })
}

describe('the document', () => {
  test('is valid by a public validator', async () => {
    expect(
      await new Validator().validate(structuredClone(document) as unknown as Record<string, unknown>),
    ).toEqual({valid: true})
  })

  test('the validator finds a mistake', async () => {
    const {paths: _, ...rest} = document
    const {valid} = await new Validator().validate({...rest, paths: {'/x': {get: {responses: 'none'}}}})
    expect(valid).toBe(false)
  })

  test('has every route, once, by the line of the table', () => {
    const found = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, {summary}]) => `${method.toUpperCase()} ${path} ${summary}`),
    )
    const expected = routes.map(
      ({method, path, about}) => `${method} ${path.replace(/[:*](\w+)/g, '{$1}')} ${about}`,
    )
    expect(found.sort()).toEqual(expected.sort())
  })

  test('has a name of its own for every operation', () => {
    const ids = operations().map(({operationId}) => operationId)
    expect(new Set(ids).size).toBe(ids.length)
    for (const id of ids) expect(id).toMatch(/^[a-z][A-Za-z0-9]*$/)
  })

  test('says the range and the default of numbers in queries', () => {
    const k = document.paths['/api/search']!['get']!.parameters!.find(({name}) => name === 'k')!
    expect(k.schema).toEqual({type: 'integer', minimum: 1, maximum: 50, default: 10})
  })

  test('says which numbers may have a fraction', () => {
    const found = Object.entries(document.components.schemas).flatMap(([name, schema]) =>
      fractionsIn(schema).map((field) => `${name}.${field}`),
    )
    expect([...new Set(found)].sort()).toEqual([
      'BuildSummary.golden.hitAt5',
      'BuildSummary.tookMs',
      'ChatCompletionRequest.n',
      'Cost.cost',
      'CostedFigures.cost',
      'NeighbourRecall.at10',
      'NeighbourRecall.at256',
      'NeighbourRecall.at64',
      'OpenAiSource.score',
      'SearchExplanation.answerability',
      'SearchExplanation.terms.weight',
      'SearchExplanation.threshold',
      'SearchResponse.results.score',
      'SearchResponse.tookMs',
      'Source.score',
      'StageRank.score',
      'TimingsRequest.firstUsefulMs',
      'TranscriptDetails.cost',
    ])
  })

  test('defines all that it refers to, and nothing that it does not', () => {
    const text = JSON.stringify(document)
    const referred = [...text.matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name!)
    expect([...new Set(referred)].sort()).toEqual(Object.keys(document.components.schemas).sort())
  })

  test('describes what fields mean, by the comments of the types', () => {
    const {Source} = document.components.schemas
    expect(Source!.properties!['highlights']!['description']).toContain('UTF-16 units')
    expect(bodyOf('/api/answers').properties!['conversationId']!['description']).toContain('Joins')
  })

  test('says what requests must have, by the schemas that check them', () => {
    const question = bodyOf('/api/answers').properties!['question']!
    expect(question).toMatchObject({type: 'string', maxLength: 4_000})
    expect(bodyOf('/api/answers')['required']).toEqual(['question'])
    // The items of a list whose length is checked first, and of one that is cut.
    expect(bodyOf('/api/answers').properties!['history']).toMatchObject({
      maxItems: 100,
      items: {required: ['role', 'content']},
    })
    expect(bodyOf('/v1/chat/completions').properties!['messages']!.items!['required']).toEqual(['role'])
    expect(bodyOf('/api/admin/people')['additionalProperties']).toBe(false)
    const limit = document.paths['/api/search']!['get']!.parameters!.find(({name}) => name === 'k')
    expect(limit!.schema).toMatchObject({type: 'integer', minimum: 1, maximum: 50, default: 10})
  })

  test('says who may call what', () => {
    const securityOf = (path: string, method: string) => document.paths[path]![method]!.security
    expect(securityOf('/api/answers', 'post')).toEqual([])
    expect(securityOf('/v1/models', 'get')).toEqual([{}, {apiToken: []}])
    expect(securityOf('/api/admin/transcripts', 'get')).toEqual([{staffToken: []}, {staffSession: []}])
    expect(securityOf('/api/admin/reindex', 'post')).toContainEqual({webhookSignature: []})
  })

  test('names the headers that come with responses', () => {
    const headersOf = (path: string, method: string, status: string) =>
      Object.keys(document.paths[path]![method]!.responses[status]!.headers ?? {})
    expect(headersOf('/api/admin/builds', 'get', '401')).toEqual(['WWW-Authenticate'])
    expect(headersOf('/v1/responses', 'post', '429')).toEqual(['Retry-After', 'X-Should-Retry'])
    expect(headersOf('/v1/responses', 'post', '200')).toEqual([])
    expect(headersOf('/docs/{route}', 'get', '200')).toEqual(['Link', 'X-Robots-Tag', 'ETag'])
    expect(headersOf('/llms.txt', 'get', '304')).toEqual(['X-Robots-Tag', 'ETag'])
    expect(headersOf('/api/search', 'get', '200')).toEqual(['ETag'])
    // An event stream and an upgrade are never kept.
    expect(Object.keys(document.paths['/api/answers/{id}/events']!['get']!.responses)).not.toContain('304')
    expect(Object.keys(document.paths['/api/ws']!['get']!.responses)).not.toContain('304')
  })

  test('has errors in the form of each protocol', () => {
    const refOf = (path: string) =>
      JSON.stringify(document.paths[path]!['post']!.responses['429']!.content).match(/schemas\/(\w+)/)?.[1]
    expect(['/api/answers', '/v1/responses', '/mcp'].map(refOf)).toEqual([
      'ErrorBody',
      'OpenAiErrorBody',
      'RpcResponse',
    ])
  })
})

describe('GET /openapi.json', () => {
  test('names the server as it was reached, and is not sent again while it stays', async () => {
    expect(document.servers).toEqual([{url: product.url}])
    const first = await fetch(`${product.url}/openapi.json`)
    await first.body?.cancel()
    expect(first.headers.get('content-type')).toBe('application/json; charset=utf-8')
    expect(first.headers.get('access-control-allow-origin')).toBe('*')
    const again = await fetch(`${product.url}/openapi.json`, {
      // Without it, `fetch` asks for no cache.
      headers: {'if-none-match': first.headers.get('etag')!, 'cache-control': 'max-age=0'},
    })
    expect(again.status).toBe(304)
  })

  test('names the public address where it is set', async () => {
    const settings = {publicUrl: 'https://docs.example.com'}
    const behind = await startDocent({settings})
    try {
      const {servers} = (await (await fetch(`${behind.url}/openapi.json`)).json()) as Document
      expect(servers).toEqual([{url: settings.publicUrl}])
    } finally {
      await behind.close()
    }
  })

  test('has a path alone where no host is known', () => {
    expect(openApiDocument('')['servers']).toEqual([{url: '/'}])
  })
})
