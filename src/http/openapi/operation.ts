import type {z} from 'zod'
import type {ErrorCode} from '../../domain/index.ts'
import {type JsonSchema, jsonSchemaOf, strictJsonSchemaOf} from './json-schema.ts'

/** The groups of the document, in its order, with what each is about. */
export const tags = {
  Answers: 'Ask, read on, stop and rate. The other protocols below ask the same assistant.',
  Search: 'The retrieval that answers use, without an answer.',
  'AI SDK': 'For `useChat`: the UI message stream of the AI SDK.',
  OpenAI: 'For clients that were made for OpenAI’s API.',
  MCP: 'For agents: the Model Context Protocol.',
  Docs: 'The pages of the docs, for people, agents and crawlers.',
  Server: 'Whether it runs, and how it does.',
  'Sign-in': 'Sessions of staff.',
  People: 'The people of the staff, and what they did.',
  Transcripts: 'What was asked and answered.',
  'Verified answers': 'Answers that staff wrote.',
  Gaps: 'What the docs fail to answer.',
  'Golden questions': 'Questions that every build is asked.',
  Builds: 'The index, and how it is made anew.',
  Pages: 'The visitor’s page, the console, and their files.',
} as const

export type Tag = keyof typeof tags

export interface Parameter {
  readonly name: string
  readonly in: 'query' | 'header'
  readonly required?: boolean
  readonly description?: string
  readonly schema: JsonSchema
}

export interface Media {
  readonly schema: JsonSchema
  /** The schema of the data of each event; as `itemSchema` of OpenAPI 3.2. */
  readonly 'x-itemSchema'?: JsonSchema
}

export interface Reply {
  readonly description: string
  readonly content?: Readonly<Record<string, Media>>
  readonly headers?: Readonly<Record<string, {readonly description: string; readonly schema: JsonSchema}>>
}

export interface Body {
  readonly required: boolean
  readonly content: Readonly<Record<string, Media>>
  /** Schemas that it refers to, beside those of responses. */
  readonly schemas?: Readonly<Record<string, JsonSchema>>
}

/** What the document says of a route beside what the table of routes does. */
export interface Operation {
  /** Generated clients name their functions by it. */
  readonly id: string
  readonly tag: Tag
  /** Beyond the line of the table. Markdown. */
  readonly description?: string
  readonly parameters?: readonly Parameter[]
  readonly body?: Body
  /** By status; errors with their codes come beside. */
  readonly replies: Readonly<Record<number, Reply>>
  /** Codes of errors that its method, path and caller do not tell. */
  readonly errors?: readonly ErrorCode[]
  readonly 'x-messages'?: Readonly<Record<string, JsonSchema>>
}

/** By method and path, as `GET /api/answers/:id`. */
export type Operations = Readonly<Record<string, Operation>>

/** A type of `scripts/openapi/response-types.ts`, or one that these are made of. */
export const ref = (name: string): JsonSchema => ({$ref: `#/components/schemas/${name}`})

const mediaOf = (type: string, schema: JsonSchema) => ({[type]: {schema}})

/** Replies with JSON. @param name of its type. */
export const json = (name: string, description: string): Reply => ({
  description,
  content: mediaOf('application/json', ref(name)),
})

/** A reply with a header beside. */
export const withHeader = (reply: Reply, name: string, description: string): Reply => ({
  ...reply,
  headers: {...reply.headers, [name]: {description, schema: {type: 'string'}}},
})

/** A refusal that may be none later. */
export const forNow = (reply: Reply): Reply => ({
  ...reply,
  headers: {
    ...reply.headers,
    'Retry-After': {
      description: 'Seconds after which the same request may succeed, where that is known.',
      schema: {type: 'integer'},
    },
  },
})

/** A file to be saved. */
export const attachment = (reply: Reply): Reply =>
  withHeader(reply, 'Content-Disposition', 'The name of the file.')

/** @param type of the text, without parameters. */
export const text = (type: string, description: string): Reply => ({
  description,
  content: mediaOf(type, {type: 'string'}),
})

export const html = (description: string): Reply => text('text/html', description)

export const nothing = (description = 'It is done.'): Reply => ({description})

/** A redirect; browsers follow it, and others are told in words. */
export const redirect = (description: string): Reply => ({
  description,
  content: {...mediaOf('text/plain', {type: 'string'}), ...mediaOf('text/html', {type: 'string'})},
})

/** An event stream. @param events the schema of the data of each event, where it is one of Docent's own. */
export const stream = (description: string, events?: JsonSchema): Reply => ({
  description,
  content: {
    'text/event-stream': {
      schema: {type: 'string'},
      ...(events === undefined ? {} : {'x-itemSchema': events}),
    },
  },
})

/** A reply in several forms, by what the client accepts. */
export const either = (description: string, ...replies: readonly Reply[]): Reply => ({
  description,
  content: Object.assign({}, ...replies.map(({content}) => content)),
})

const body = (name: string, schema: JsonSchema, required: boolean): Body => ({
  required,
  content: mediaOf('application/json', ref(name)),
  schemas: {[name]: schema},
})

/** A body of JSON, with a name for its schema; what it has beside is ignored. */
export const bodyOf = (name: string, schema: z.ZodType, required = true): Body =>
  body(name, jsonSchemaOf(schema), required)

/** A body of which other fields are refused, as those of staff are. */
export const strictBodyOf = (name: string, schema: z.ZodObject, required = true): Body =>
  body(name, strictJsonSchemaOf(schema), required)

/** The parameters of a query, by the schema that checks them. */
export function queryOf(schema: z.ZodObject): Parameter[] {
  const {properties = {}, required = []} = jsonSchemaOf(schema) as {
    readonly properties?: Readonly<Record<string, JsonSchema>>
    readonly required?: readonly string[]
  }
  return Object.entries(properties).map(([name, {description, ...schemaOfValue}]) => ({
    name,
    in: 'query',
    ...(required.includes(name) ? {required: true} : {}),
    ...(typeof description === 'string' ? {description} : {}),
    schema: schemaOfValue,
  }))
}
