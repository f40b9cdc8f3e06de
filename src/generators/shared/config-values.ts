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

/** Only plain values, which macros can print. */
export function plainValues(value: unknown): Record<string, string> {
  if (!isRecord(value)) return {}
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => ['string', 'number', 'bigint'].includes(typeof member))
      .map(([name, member]) => [name, String(member)]),
  )
}
