import {DocentError} from '../../domain/index.ts'
import {cleanLine} from '../../lib/clean-text.ts'
import {
  defaultHandoverDays,
  type Handover,
  isHandoverOpen,
  maxHandoverDays,
  maxHandoverNote,
  type StaffStore,
} from '../../staff/index.ts'
import type {Transcript} from '../../transcripts/index.ts'
import {systemUser} from '../staff/system-user.ts'
import type {Stores} from '../stores.ts'
import {UsageError} from '../usage-error.ts'
import {numberOf, type Values} from './options.ts'

const maxListed = 200

/** How long a link works, and what it is for. @throws UsageError */
export function handoverIn({days, note}: Values): {readonly days: number; readonly note: string | null} {
  const number = days === undefined ? defaultHandoverDays : numberOf('--days', days, 1, maxHandoverDays)
  if (!Number.isInteger(number)) throw new UsageError(`--days must be a whole number of days`)
  const written = cleanLine(note ?? '').trim()
  if (written.length > maxHandoverNote)
    throw new UsageError(`--note must have at most ${maxHandoverNote} characters for a hand-over link`)
  return {days: number, note: written === '' ? null : written}
}

/** Opens the links, and closes them after the work. */
async function withLinks<T>(stores: Stores, work: (store: StaffStore) => Promise<T>): Promise<T> {
  const store = await stores.staff()
  try {
    return await work(store)
  } finally {
    store.close()
  }
}

/** As `POST /api/admin/transcripts/:id/handover`. Returns what to print. */
export async function handOver(
  stores: Stores,
  {ref, ending}: Pick<Transcript, 'ref' | 'ending'>,
  {days, note, base}: {readonly days: number; readonly note: string | null; readonly base: string},
): Promise<string> {
  if (ending === null)
    throw new DocentError('conflict', 'This answer is still being written: hand it over when it has ended.')
  return withLinks(stores, async (store) => {
    const user = systemUser()
    await store.record({...user, what: 'handover_made', which: ref, details: {days}, address: null})
    const made = await store.makeHandover({ref, who: user.who, by: user.name, note, days})
    return `${base}/handover/${made.key}\n`
  })
}

/** One line for each link, the newest first. */
export function handoverLines(stores: Stores): Promise<string> {
  return withLinks(stores, async (store) => {
    const {items} = await store.handovers({limit: maxListed})
    if (items.length === 0) return 'There are no hand-over links.\n'
    return items.map((one) => `${lineOf(one)}\n`).join('')
  })
}

function lineOf(handover: Handover): string {
  const {id, ref, madeBy, note, endsAt, withdrawnAt, openings} = handover
  const state =
    withdrawnAt === null
      ? `${isHandoverOpen(handover, Date.now()) ? 'until' : 'ended'} ${dayOf(endsAt)}`
      : `withdrawn ${dayOf(withdrawnAt)}`
  return `${id}  ${state}  opened ${openings} times  answer ${ref}  by ${cleanLine(madeBy)}${note === null ? '' : `  ${cleanLine(note)}`}`
}

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10)
}

/** As `DELETE /api/admin/handovers/:id`. @throws DocentError `not_found`. */
export function withdraw(stores: Stores, id: string): Promise<void> {
  return withLinks(stores, async (store) => {
    const found = await store.findHandover(id)
    if (found === null)
      throw new DocentError('not_found', `There is no hand-over link ${id}; handovers lists them.`)
    const line = {what: 'handover_withdrawn', which: found.ref, details: null, address: null} as const
    await store.record({...systemUser(), ...line})
    await store.withdrawHandover(id)
  })
}
