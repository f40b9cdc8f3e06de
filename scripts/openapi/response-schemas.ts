import {join} from 'node:path'
import {isDeepStrictEqual} from 'node:util'
import {buildGenerator, programFromConfig} from 'typescript-json-schema'

/** A JSON schema, or a part of one. */
type Schema = Readonly<Record<string, unknown>>

const file = 'scripts/openapi/response-types.ts'
const definitions = '#/definitions/'

/**
 * The JSON schemas (2020-12) of the types in `response-types.ts` and of those that they are made of, by name, as the text of a
 * file. What their comments say becomes descriptions.
 * @throws Error where two types have one name.
 */
export function responseSchemasJson(root: string): string {
  const path = join(root, file)
  const program = programFromConfig(join(root, 'tsconfig.json'), [path])
  // What is wrong with the types is found by `npm run types`.
  const generator = buildGenerator(program, {
    ignoreErrors: true,
    required: true,
    strictNullChecks: true,
    aliasRef: true,
  })
  const names = generator?.getMainFileSymbols(program, [path]) ?? []
  // The generator would take any of them.
  const ambiguous = names.filter((name) => generator?.getSymbols(name).length !== 1)
  if (ambiguous.length > 0) throw nameTwice(ambiguous.join(', '))
  const all = (generator?.getSchemaForSymbols(names).definitions ?? {}) as Readonly<Record<string, Schema>>

  /** Types without a name of their own stand where they are used. */
  /** @param field the property that it describes, or a part of. */
  function inOpenApi(value: unknown, field = ''): unknown {
    if (Array.isArray(value)) return value.map((each) => inOpenApi(each, field))
    if (typeof value !== 'object' || value === null) return value
    const {$ref, properties, ...schema} = value as Schema
    const {items, minItems, maxItems, ...rest} = schema
    const isTuple = Array.isArray(items)
    const changed = mapped(isTuple ? rest : schema, (part) => inOpenApi(part, field))
    const typed = {
      ...changed,
      ...(schema['type'] === undefined ? {} : {type: numberTypes(schema['type'], field)}),
      ...(properties === undefined ? {} : {properties: mapped(properties as Schema, inOpenApi)}),
    }
    if (isTuple) return {...typed, prefixItems: inOpenApi(items, field), items: false, minItems, maxItems}
    if (typeof $ref !== 'string') return typed
    const key = decodeURIComponent($ref.slice(definitions.length))
    const name = nameOf(key)
    return name === null
      ? {...(inOpenApi(all[key], field) as Schema), ...typed}
      : {$ref: `#/components/schemas/${name}`, ...typed}
  }

  const named = new Map<string, Schema>()
  for (const [key, definition] of Object.entries(all)) {
    const name = nameOf(key)
    if (name === null) continue
    const schema = inOpenApi(definition) as Schema
    const other = named.get(name)
    if (other !== undefined && !isDeepStrictEqual(other, schema)) throw nameTwice(name)
    named.set(name, schema)
  }
  for (const [name, schema] of named) named.set(name, withDiscriminator(schema, named))
  const used = namesWithin(new Set(names.map(nameOf)), named)
  const schemas = [...named].filter(([name]) => used.has(name) && name !== 'Named')
  const sorted = schemas.sort(([a], [b]) => (a < b ? -1 : 1))
  return `${JSON.stringify(Object.fromEntries(sorted), null, 2)}\n`
}

function nameTwice(name: string): Error {
  return new Error(`${file}: there are two types called ${name}; rename one`)
}

/** A choice of named schemas that differ by a constant `type` says so, for generators. */
function withDiscriminator(schema: Schema, named: ReadonlyMap<string, Schema>): Schema {
  const {anyOf, ...rest} = schema
  if (!Array.isArray(anyOf)) return schema
  const mapping = anyOf.flatMap(({$ref}: Schema) => {
    const {properties} = named.get(String($ref).split('/').at(-1) ?? '') ?? {}
    const {const: type} = ((properties as Schema | undefined)?.['type'] ?? {}) as Schema
    return type === undefined ? [] : [[String(type), $ref] as const]
  })
  if (mapping.length < anyOf.length) return schema
  const discriminator = {propertyName: 'type', mapping: Object.fromEntries(mapping)}
  return {...rest, oneOf: anyOf, discriminator}
}

/** Fields with a number, or with numbers by name, that may have a fraction. All others are counted, or in milliseconds. */
const fractions: ReadonlySet<string> = new Set([
  // Shares of what is looked for that was found.
  ...['at10', 'at64', 'at256', 'hitAt5'],
  ...['score', 'scores', 'weight', 'answerability', 'threshold', 'features'],
  ...['tookMs', 'timings', 'retrievalTimings', 'cost', 'calibration'],
])

/** TypeScript has numbers alone. */
function numberTypes(type: unknown, field: string): unknown {
  if (Array.isArray(type)) return type.map((each) => numberTypes(each, field))
  return type === 'number' && !fractions.has(field) ? 'integer' : type
}

function mapped(schema: Schema, map: (part: unknown, name: string) => unknown): Schema {
  return Object.fromEntries(Object.entries(schema).map(([name, part]) => [name, map(part, name)]))
}

/** The names, with those that their schemas refer to, and so on. */
function namesWithin(
  names: Iterable<string | null>,
  schemas: ReadonlyMap<string, Schema>,
): ReadonlySet<string | null> {
  const found = new Set(names)
  // A set that grows while it is iterated over is iterated over to its end.
  for (const name of found) {
    const text = JSON.stringify(schemas.get(name ?? '')) ?? ''
    for (const [, other = null] of text.matchAll(/"#\/components\/schemas\/(\w+)"/g)) found.add(other)
  }
  return found
}

const utilityTypes = new Set([
  'Exclude',
  'Extract',
  'NonNullable',
  'Omit',
  'Partial',
  'Pick',
  'Readonly',
  'Record',
])

/** `import("…").Source` → `Source`; null for what has no name, such as `Omit<…>`. */
function nameOf(key: string): string | null {
  const name = key.replace(/^import\(.*?\)\./, '')
  return /^[A-Z]\w*$/.test(name) && !utilityTypes.has(name) ? name : null
}
