/**
 * Year, month and day of a date in front matter, or of the beginning of a file's name (`2026-01-31-words`), as they are
 * written; empty if neither is a date.
 */
export function dateOf(given: unknown, name: string): readonly [string, string, string] | readonly [] {
  const text =
    given instanceof Date && !Number.isNaN(given.getTime()) ? given.toISOString() : String(given ?? '')
  const match = /^(\d{4})-(\d{1,2})-(\d{1,2})/.exec(text) ?? /^(\d{4})-(\d{1,2})-(\d{1,2})-/.exec(name)
  if (!match) return []
  return [match[1]!, match[2]!.padStart(2, '0'), match[3]!.padStart(2, '0')]
}
