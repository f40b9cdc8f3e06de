import type {Redactor} from './redactor.ts'

/** Deeper than anything that is logged or searched for; what is below is null. */
const maxDepth = 12

/** A value with every text in it redacted: in lists, plain objects, and errors with their causes. It stays as it is itself. */
export function redactValue<T>(value: T, redactor: Redactor): T {
  return redacted(value, redactor, 0) as T
}

function redacted(value: unknown, redactor: Redactor, depth: number): unknown {
  if (typeof value === 'string') return redactor.redact(value).text
  if (typeof value !== 'object' || value === null) return value
  if (depth === maxDepth) return null
  const inner = (item: unknown) => redacted(item, redactor, depth + 1)
  if (Array.isArray(value)) return value.map(inner)
  if (value instanceof Error) return redactedError(value, inner)
  const prototype: unknown = Object.getPrototypeOf(value)
  // A date or a buffer writes itself.
  if (prototype !== Object.prototype && prototype !== null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, inner(item)]))
}

/** An error of the same class. */
function redactedError(error: Error, inner: (value: unknown) => unknown): Error {
  const copy = Object.create(Object.getPrototypeOf(error) as object) as Error
  for (const name of Object.getOwnPropertyNames(error)) {
    const value = inner((error as unknown as Record<string, unknown>)[name])
    const {enumerable = true} = Object.getOwnPropertyDescriptor(error, name) ?? {}
    Object.defineProperty(copy, name, {value, enumerable, writable: true, configurable: true})
  }
  return copy
}
