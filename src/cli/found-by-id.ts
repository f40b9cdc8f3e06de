import {DocentError} from '../domain/index.ts'

export interface ById<T> {
  /** What is looked for, as in "There is no transcript X". */
  readonly what: string
  /** The command that lists the ids. */
  readonly listing: string
  get(id: string): Promise<T | null>
  /** Ids that begin so, at most `limit`. */
  idsStartingWith(start: string, limit: number): Promise<readonly string[]>
}

const maxNamed = 5

/** By its id, or an unambiguous beginning of one. @throws DocentError `not_found`. */
export async function foundById<T>(given: string, {what, listing, ...store}: ById<T>): Promise<T> {
  const exact = await store.get(given)
  if (exact !== null) return exact
  const near = await store.idsStartingWith(given, maxNamed)
  const only = near.length === 1 ? await store.get(near[0]!) : null
  if (only !== null) return only
  const hint = near.length > 1 ? `It matches ${near.join(', ')}.` : `${listing} lists the ids.`
  throw new DocentError('not_found', `There is no ${what} ${given}. ${hint}`)
}
