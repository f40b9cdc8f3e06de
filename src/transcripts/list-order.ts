import {DocentError} from '../domain/index.ts'
import type {CatalogSelection, Found} from './catalog/catalog-reads.ts'

/**
 * Orders of a list: by the time when the answers began; or by how long the visitor waited for the first word, how long the
 * answer stood still at most, and how long it took, the longest first.
 */
export const listOrders = ['newest', 'oldest', 'first_token', 'stall', 'total'] as const

export type ListOrder = (typeof listOrders)[number]

const selections: Readonly<Record<ListOrder, Pick<CatalogSelection, 'measure' | 'order'>>> = {
  newest: {measure: null, order: 'DESC'},
  oldest: {measure: null, order: 'ASC'},
  first_token: {measure: 'first_token_ms', order: 'DESC'},
  stall: {measure: 'longest_stall_ms', order: 'DESC'},
  total: {measure: 'total_ms', order: 'DESC'},
}

/** What a list in this order selects. */
export function selectionOf(sort: ListOrder): Pick<CatalogSelection, 'measure' | 'order'> {
  return selections[sort]
}

/** The cursor of the page after an answer. */
export function cursorOf({row, value}: Found, sort: ListOrder): string {
  // The newest first was once the only order.
  const parts = sort === 'newest' ? ['row', row] : [sort, ...(value === null ? [] : [value]), row]
  return Buffer.from(parts.join('.')).toString('base64url')
}

/** @throws DocentError `invalid_request`. */
export function parseCursor(cursor: string, sort: ListOrder): Found {
  const [, name, value, row] =
    /^([a-z_]+)\.(?:(\d{1,16})\.)?(\d{1,16})$/.exec(Buffer.from(cursor, 'base64url').toString()) ?? []
  const isByMeasure = selections[sort].measure !== null
  if (
    row === undefined ||
    name !== (sort === 'newest' ? 'row' : sort) ||
    isByMeasure !== (value !== undefined)
  ) {
    throw new DocentError(
      'invalid_request',
      'cursor: is not one of this list; leave it out to start at the beginning',
    )
  }
  return {row: Number(row), value: value === undefined ? null : Number(value)}
}
