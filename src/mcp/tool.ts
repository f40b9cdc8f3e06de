import {z} from 'zod'
import type {Docs, Subject} from './docs.ts'

/** What a tool returns: once as text for the model, once as data for programs. */
export interface ToolAnswer<Output> {
  readonly text: string
  readonly data: Output
  /** Whether the docs likely do not answer what was asked. Default false. */
  readonly isUnanswered?: boolean
}

export interface CallContext {
  readonly docs: Docs
  /** Aborted when the client has gone or has cancelled the call. */
  readonly signal: AbortSignal
}

export interface ToolDefinition<Input extends z.ZodObject, Output extends z.ZodObject> {
  readonly name: string
  readonly title: string
  /** For the model: what it returns and when to use it. */
  readonly about: (subject: Subject) => string
  readonly input: Input
  readonly output: Output
  /** @throws DocentError. One that the caller can mend says how. */
  readonly run: (
    args: z.infer<Input>,
    context: CallContext,
  ) => Promise<ToolAnswer<z.infer<Output>>> | ToolAnswer<z.infer<Output>>
}

/** A tool of which the types of its arguments are no longer known. */
export interface Tool {
  readonly name: string
  readonly title: string
  readonly about: (subject: Subject) => string
  readonly input: z.ZodObject
  readonly inputSchema: JsonObjectSchema
  readonly outputSchema: JsonObjectSchema
  readonly run: (
    args: never,
    context: CallContext,
  ) => ReturnType<ToolDefinition<z.ZodObject, z.ZodObject>['run']>
}

/** JSON Schema, of the parts that drafts 7 and 2020-12 share. */
export interface JsonObjectSchema {
  readonly [keyword: string]: unknown
  readonly type: 'object'
}

export function defineTool<Input extends z.ZodObject, Output extends z.ZodObject>(
  definition: ToolDefinition<Input, Output>,
): Tool {
  return {
    ...definition,
    inputSchema: schemaOf(definition.input, 'input'),
    outputSchema: schemaOf(definition.output, 'output'),
  }
}

/** Without `$schema`: clients of the earlier protocol refuse a dialect that they do not know. */
function schemaOf(schema: z.ZodObject, io: 'input' | 'output'): JsonObjectSchema {
  const {$schema, ...rest} = z.toJSONSchema(schema, {
    io,
    target: 'draft-7',
    // A later version may return more.
    override: ({jsonSchema}) => {
      if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties
    },
  })
  return rest as JsonObjectSchema
}

/** Every tool only reads docs that this server has. */
export const readOnly = {
  readOnlyHint: true,
  destructiveHint: false,
  idempotentHint: true,
  openWorldHint: false,
} as const
