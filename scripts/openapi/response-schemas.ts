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
  function inOpenApi(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(inOpenApi)
    if (typeof value !== 'object' || value === null) return value
    const {$ref, ...schema} = value as Schema
    const {minItems, maxItems, ...rest} = schema
    const isTuple = Array.isArray(schema['items'])
    const changed = Object.fromEntries(
      Object.entries(isTuple ? rest : schema).map(([name, part]) => [
        isTuple && name === 'items' ? 'prefixItems' : name,
        inOpenApi(part),
      ]),
    )
    if (isTuple) return {...changed, items: false, minItems, maxItems}
    if (typeof $ref !== 'string') return changed
    const key = decodeURIComponent($ref.slice(definitions.length))
    const name = nameOf(key)
    return name === null
      ? {...(inOpenApi(all[key]) as Schema), ...changed}
      : {$ref: `#/components/schemas/${name}`, ...changed}
  }

  const named = new Map<string, unknown>()
  for (const [key, definition] of Object.entries(all)) {
    const name = nameOf(key)
    if (name === null) continue
    const schema = inOpenApi(definition)
    const other = named.get(name)
    if (other !== undefined && !isDeepStrictEqual(other, schema)) throw nameTwice(name)
    named.set(name, schema)
  }
  const used = namesWithin(new Set(names.map(nameOf)), named)
  const schemas = [...named].filter(([name]) => used.has(name) && name !== 'Named')
  const sorted = schemas.sort(([a], [b]) => (a < b ? -1 : 1))
  return `${JSON.stringify(Object.fromEntries(sorted), null, 2)}\n`
}

function nameTwice(name: string): Error {
  return new Error(`${file}: there are two types called ${name}; rename one`)
}

/** The names, with those that their schemas refer to, and so on. */
function namesWithin(
  names: Iterable<string | null>,
  schemas: ReadonlyMap<string, unknown>,
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
