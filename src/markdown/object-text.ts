import {type Expression, Parser} from 'acorn'
import jsx from 'acorn-jsx'
import {isShownProperty} from './jsx-text.ts'
import {withoutTags} from './tags.ts'

/** A named thing that data describes, such as a property of a component or an option of a command. */
export interface DescribedEntry {
  /** Names of nested objects are joined with dots. */
  readonly name: string
  readonly type: string | null
  /** Descriptions, defaults and other texts, in order. */
  readonly texts: readonly string[]
}

interface Syntax {
  readonly type: string
  readonly start: number
  readonly end: number
  readonly [key: string]: unknown
}

const parser = Parser.extend(jsx())
/** Maximum number of entries of one object, and of objects inside each other. */
const maxEntries = 500
const maxDepth = 5

/**
 * The entries of an object of objects with texts: `{port: {type: 'number', description: 'Where it listens.'}}`. Empty for
 * any other code.
 */
export function describedEntriesOf(code: string): readonly DescribedEntry[] {
  if (!/^\s*\{[\s\S]*\{/.test(code)) return []
  let root: Expression
  try {
    root = parser.parseExpressionAt(code, 0, {ecmaVersion: 'latest', sourceType: 'module'})
  } catch {
    return []
  }
  const entries: DescribedEntry[] = []
  const pending = membersOf(root as unknown as Syntax)
    .reverse()
    .map((member) => ({...member, depth: 1}))
  for (let next = pending.pop(); next && entries.length < maxEntries; next = pending.pop()) {
    const {name, value, depth} = next
    const members = membersOf(value)
    const entry = entryOf(name, members, code)
    if (entry) entries.push(entry)
    if (depth === maxDepth) continue
    for (const inner of members.reverse())
      if (inner.value.type === 'ObjectExpression')
        pending.push({...inner, name: `${name}.${inner.name}`, depth: depth + 1})
  }
  return entries
}

interface Member {
  readonly name: string
  readonly value: Syntax
}

function membersOf(node: Syntax): Member[] {
  if (node.type !== 'ObjectExpression') return []
  return (node['properties'] as Syntax[]).flatMap((property) => {
    const key = property['key'] as Syntax | undefined
    const name = key && property['computed'] === false ? (key['name'] ?? key['value']) : undefined
    return name === undefined ? [] : [{name: String(name), value: property['value'] as Syntax}]
  })
}

function entryOf(name: string, members: readonly Member[], code: string): DescribedEntry | null {
  let type: string | null = null
  const texts: string[] = []
  let isDescribed = false
  for (const {name: key, value} of members) {
    const text = textOf(value, code)
    if (text === null || text === '') continue
    if (key === 'type') type = text
    else if (key === 'default') texts.push(`default: ${text}`)
    else if (key === 'required' && text === 'true') texts.push('required')
    else if (value.type !== 'Literal' || typeof value['value'] === 'string') {
      if (!isShownProperty(key, text)) continue
      isDescribed = true
      texts.push(text)
    }
  }
  return isDescribed ? {name, type, texts} : null
}

/** A plain value, or the text of elements; null for other code. */
function textOf(node: Syntax, code: string): string | null {
  if (node.type === 'Literal') return tidy(String(node['value']))
  if (node.type === 'TemplateLiteral' && (node['expressions'] as unknown[]).length === 0)
    return tidy((node['quasis'] as {value: {cooked?: string}}[])[0]!.value.cooked ?? '')
  return /^JSX/.test(node.type) ? tidy(withoutTags(code.slice(node.start, node.end))) : null
}

function tidy(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}

/** The texts in the code of an object, by their names. */
export function valuesIn(code: string): ReadonlyMap<string, string> {
  const pairs = /["']?(\w+)["']?\s*:\s*(?:"([^"\n]*)"|'([^'\n]*)'|`([^`]*)`)/g
  return new Map(
    [...code.matchAll(pairs)].map(([, name, double, single, back]) => [
      name!,
      double ?? single ?? back ?? '',
    ]),
  )
}
