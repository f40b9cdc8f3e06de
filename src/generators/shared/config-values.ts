import {joinRoute} from './join-route.ts'

/** A folder in a configuration, without `./` and slashes around it; `..` stays. */
export function folderPath(path: string): string {
  return path.replace(/^(?:\.\/|\/)+|(?<=.)\/+$/g, '').replace(/^\.$/, '')
}

/** The path of an address; empty if it has none. */
export function pathOfUrl(url: unknown): string {
  if (typeof url !== 'string' || url === '') return ''
  try {
    return joinRoute(new URL(url, 'https://docs.invalid').pathname)
  } catch {
    return ''
  }
}

export function textOr(value: unknown, fallback: string): string {
  return typeof value === 'string' ? value : fallback
}

/** The texts in a list; a text alone is a list of one. */
export function textsOf(value: unknown): string[] {
  return [value].flat().filter((item): item is string => typeof item === 'string')
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A member of nested objects by its keys; undefined where one is missing. */
export function memberOf(value: unknown, ...keys: readonly string[]): unknown {
  let member = value
  for (const key of keys) {
    if (!isRecord(member) || !Object.hasOwn(member, key)) return undefined
    member = member[key]
  }
  return member
}

/** Maximum nesting of values that have a name, and number of them. */
const maxNesting = 5
const maxValues = 500

/** Plain values by their names, those of objects and lists inside joined with dots: `cards.items.0.title`. */
export function nestedValues(value: unknown): Record<string, string> {
  const found: Record<string, string> = {}
  const pending = [{path: '', value, depth: 0}]
  for (let next = pending.pop(); next && Object.keys(found).length < maxValues; next = pending.pop()) {
    const {path, depth} = next
    if (['string', 'number', 'bigint'].includes(typeof next.value) && path !== '')
      found[path] = String(next.value)
    else if (typeof next.value === 'object' && next.value !== null && depth < maxNesting)
      pending.push(
        ...Object.entries(next.value)
          .map(([name, member]) => ({
            path: path === '' ? name : `${path}.${name}`,
            value: member,
            depth: depth + 1,
          }))
          .reverse(),
      )
  }
  return found
}

/** Only plain values, which macros can print. */
export function plainValues(value: unknown): Record<string, string> {
  if (!isRecord(value)) return {}
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => ['string', 'number', 'bigint'].includes(typeof member))
      .map(([name, member]) => [name, String(member)]),
  )
}
