import {headingIdOf} from './heading-id.ts'

/** What is under a heading, with the heading, up to the next one of its level or above; null if no heading is `wanted`. */
export function underHeading(text: string, wanted: (heading: string) => boolean): string | null {
  const lines = text.split('\n')
  let depth = 0
  let start = -1
  let fence = ''
  for (const [n, line] of lines.entries()) {
    const mark = /^[ \t]*(`{3,}|~{3,})/.exec(line)?.[1]
    if (mark && (fence === '' || mark.startsWith(fence))) fence = fence === '' ? mark : ''
    const [, marks, title] = fence === '' ? (/^(#{1,6})[ \t]+(.*)$/.exec(line) ?? []) : []
    if (marks === undefined) continue
    if (start >= 0 && marks.length <= depth) return lines.slice(start, n).join('\n')
    if (start < 0 && wanted(title!)) {
      start = n
      depth = marks.length
    }
  }
  return start < 0 ? null : lines.slice(start).join('\n')
}

/** A heading without signs and letter case. */
export function bareHeading(heading: string): string {
  return heading
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
    .toLowerCase()
}

/** Whether a heading has this id, by its author or by its words. */
export function hasId(heading: string, id: string): boolean {
  const named = headingIdOf(heading)
  return named ? named.id === id : bareHeading(heading) === bareHeading(id)
}
