import {z} from 'zod'

/** A JSON schema (2020-12). */
export type JsonSchema = Readonly<Record<string, unknown>>

/** What a request must have to pass a schema that checks it, as JSON schema. */
export function jsonSchemaOf(schema: z.ZodType): JsonSchema {
  const {$schema: _, ...json} = z.toJSONSchema(schema, {
    io: 'input',
    // What cannot be said, as a condition between two fields, is left to the server.
    unrepresentable: 'any',
    override({zodSchema, jsonSchema}) {
      const {def} = zodSchema._zod
      // Left out by zod where the value is transformed, as a number in a query is.
      if (def.type === 'default' && typeof def.defaultValue === 'number')
        jsonSchema.default = def.defaultValue
      if (def.type !== 'pipe') return
      // The length of a list is checked before its items are.
      const {element} = def.out._zod.def as {readonly element?: z.ZodType}
      if (element !== undefined) jsonSchema.items = jsonSchemaOf(element)
      // A number in a query is text, which OpenAPI takes for granted.
      if (def.out._zod.def.type === 'number') {
        for (const name of ['type', 'pattern']) delete jsonSchema[name]
        Object.assign(jsonSchema, jsonSchemaOf(def.out as z.ZodType))
      }
    },
  })
  return json
}

/** The same for an object of which other fields are refused. */
export function strictJsonSchemaOf(schema: z.ZodObject): JsonSchema {
  return {...jsonSchemaOf(schema), additionalProperties: false}
}
