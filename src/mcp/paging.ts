import {DocentError} from '../domain/index.ts'
import {headOf} from '../lib/cut.ts'

/** A part of a text that begins at an offset. */
export interface TextPart {
  readonly text: string
  /** Where the next part begins, in UTF-16 units; null at the end. */
  readonly nextOffset: number | null
}

/**
 * The part of a text from `offset`, of at most `maxLength` UTF-16 units. It ends with a paragraph or a line where there is
 * one in its second half, so that no sentence and no row of a table is cut.
 * @throws DocentError `invalid_request` for an offset behind the end.
 */
export function partOf(text: string, offset: number, maxLength: number): TextPart {
  if (offset > 0 && offset >= text.length) {
    throw new DocentError(
      'invalid_request',
      `offset: the text has ${text.length} characters; use a next_offset that was returned, or leave it out to begin anew`,
    )
  }
  const head = headOf(text.slice(offset), maxLength)
  if (offset + head.length >= text.length) return {text: head, nextOffset: null}
  const half = head.length / 2
  const end = [head.lastIndexOf('\n\n'), head.lastIndexOf('\n')].find((at) => at > half) ?? head.length
  return {text: head.slice(0, end), nextOffset: offset + end}
}

/** Items of a list from a cursor on, and the cursor for those that follow. */
export interface ListPart<T> {
  readonly items: readonly T[]
  readonly nextCursor: string | null
}

/**
 * The items that follow the one whose key a cursor has: also in a later build, where others were added or removed.
 * @throws DocentError `invalid_request` for a cursor that is none, or whose item is no longer there.
 */
export function listPart<T>(
  items: readonly T[],
  {
    cursor,
    limit,
    keyOf,
  }: {readonly cursor: string | undefined; readonly limit: number; keyOf(item: T): string},
): ListPart<T> {
  let from = 0
  if (cursor !== undefined) {
    const key = Buffer.from(cursor, 'base64url').toString()
    from = items.findIndex((item) => keyOf(item) === key) + 1
    if (from === 0) {
      throw new DocentError(
        'invalid_request',
        'cursor: is not one that was returned for this list as it is now; leave it out to begin anew',
      )
    }
  }
  const part = items.slice(from, from + limit)
  const last = part.at(-1)
  const isEnd = last === undefined || from + limit >= items.length
  return {items: part, nextCursor: isEnd ? null : Buffer.from(keyOf(last)).toString('base64url')}
}
