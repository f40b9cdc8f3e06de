import {Ajv2020, type ValidateFunction} from 'ajv/dist/2020.js'
import {openApiDocument} from '../../src/http/openapi/document.ts'
import type {JsonSchema} from '../../src/http/openapi/json-schema.ts'

export interface OperationObject {
  readonly operationId: string
  readonly parameters?: readonly {readonly name: string; readonly in: string; readonly schema: JsonSchema}[]
  readonly requestBody?: {readonly content: Content}
  readonly responses: Readonly<Record<string, {readonly content?: Content; readonly headers?: object}>>
}

export type Content = Readonly<
  Record<string, {readonly schema: JsonSchema; readonly 'x-itemSchema'?: JsonSchema} | undefined>
>

export const document = openApiDocument('') as {
  readonly paths: Readonly<Record<string, Readonly<Record<string, OperationObject>>>>
  readonly components: {readonly schemas: Readonly<Record<string, JsonSchema>>}
}

// That the schemas are valid is a test of its own.
const options = {strict: false, validateSchema: false, logger: false} as const
const ajv = new Ajv2020({...options, allErrors: true})
/** Of parameters, which are text. */
const coercing = new Ajv2020({...options, coerceTypes: true})
ajv.addSchema({$id: 'as-sent', components: document.components})
ajv.addSchema({
  $id: 'docent',
  components: {
    schemas: Object.fromEntries(
      Object.entries(document.components.schemas).map(([name, schema]) => [name, closed(schema)]),
    ),
  },
})

/** What is sent may have no field that is not described: clients may be sent others, which they ignore. */
function closed(schema: unknown, isOpen = false): unknown {
  if (Array.isArray(schema)) return schema.map((each) => closed(each))
  if (typeof schema !== 'object' || schema === null) return schema
  const {$ref, allOf, properties, ...rest} = schema as Record<string, unknown>
  const name = typeof $ref === 'string' ? $ref.split('/').at(-1)! : null
  if (name !== null && isOpen) return closed(document.components.schemas[name], true)
  const parts = Object.fromEntries(Object.entries(rest).map(([key, part]) => [key, closed(part)]))
  const hasFields = properties !== undefined && Object.keys(properties as object).length > 0
  const isClosed =
    !isOpen && (allOf !== undefined || (hasFields && rest['additionalProperties'] === undefined))
  return {
    ...parts,
    ...(name === null ? {} : {$ref: `docent#/components/schemas/${name}`}),
    ...(properties === undefined
      ? {}
      : {
          properties: Object.fromEntries(
            Object.entries(properties as object).map(([field, part]) => [field, closed(part)]),
          ),
        }),
    ...(allOf === undefined ? {} : {allOf: (allOf as unknown[]).map((part) => closed(part, true))}),
    ...(isClosed ? {unevaluatedProperties: false} : {}),
  }
}

/** References into the document, and nothing else changed: requests may have fields that are ignored. */
function withRefs(schema: unknown): object {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/components/', '"as-sent#/components/'))
}

/** @returns what is wrong with a value; null for nothing. Each schema is compiled once. */
function checkerOf(compile: (schema: JsonSchema) => ValidateFunction) {
  const compiled = new Map<JsonSchema, ValidateFunction>()
  return (value: unknown, schema: JsonSchema): string | null => {
    const validate = compiled.get(schema) ?? compile(schema)
    compiled.set(schema, validate)
    return validate(value) ? null : shownErrors(validate)
  }
}

export const problemOfResponse = checkerOf((schema) => ajv.compile(closed(schema) as object))
export const problemOfRequest = checkerOf((schema) => ajv.compile(withRefs(schema)))
const problemOfObject = checkerOf((schema) => coercing.compile({properties: {value: schema}}))
export const problemOfParameter = (value: string, schema: JsonSchema) => problemOfObject({value}, schema)

function shownErrors({errors}: ValidateFunction): string {
  return (errors ?? [])
    .slice(0, 4)
    .map(({instancePath, message, params}) => `${instancePath || '/'} ${message} ${JSON.stringify(params)}`)
    .join('; ')
}
