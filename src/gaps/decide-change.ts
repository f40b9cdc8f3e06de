import {DocentError} from '../domain/index.ts'
import type {GapEvent, GapState} from './gap.ts'
import type {GapRow} from './gap-rows.ts'
import type {GapChange} from './gaps.ts'

/** What a change by staff makes of a gap. */
export interface DecidedChange {
  readonly assignee: string | null
  readonly note: string | null
  /** Null: it stays. */
  readonly state: GapState | null
  readonly events: readonly GapEvent[]
}

type Changed = Pick<GapRow, 'revision' | 'state' | 'assignee' | 'note'>

/**
 * What is to be written for a change; null where there is nothing to tell somebody who has read the gap as it was, and where
 * it was sent again, because the response to the first time was lost.
 * @param at milliseconds since the epoch
 * @throws DocentError `not_found`; `conflict` for another revision than the current one.
 */
export function decideChange<Row extends Changed>(
  before: Row | null,
  change: GapChange,
  at: number,
): {readonly before: Row; readonly decided: DecidedChange | null} {
  if (before === null) throw new DocentError('not_found', 'There is no such gap.')
  const {by, assignee = before.assignee, note = before.note, state = before.state} = change
  const isSame = assignee === before.assignee && note === before.note && state === before.state
  if (before.revision === change.revision + 1 && isSame) return {before, decided: null}
  if (before.revision !== change.revision) {
    throw new DocentError('conflict', 'This gap has changed meanwhile: read it again, and decide anew.', {
      details: {revision: before.revision},
    })
  }
  if (isSame) return {before, decided: null}
  const events: GapEvent[] = []
  const add = (what: GapEvent['what'], detail: string | null = null) => events.push({at, by, what, detail})
  if (assignee !== before.assignee) add('assigned', assignee)
  if (note !== before.note) add('noted')
  if (state === before.state) return {before, decided: {assignee, note, state: null, events}}
  add(state === 'open' ? 'reopened' : state)
  return {before, decided: {assignee, note, state, events}}
}
