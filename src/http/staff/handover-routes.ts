import type {Request, Router} from 'express'
import {z} from 'zod'
import {DocentError} from '../../domain/index.ts'
import {boundedText} from '../../lib/bounded-text.ts'
import type {Redactor} from '../../redaction/index.ts'
import {
  defaultHandoverDays,
  type Handover,
  isHandoverOpen,
  maxHandoverDays,
  maxHandoverNote,
  type StaffStore,
} from '../../staff/index.ts'
import type {TranscriptStore} from '../../transcripts/index.ts'
import {requireJson} from '../guards/require-json.ts'
import type {TranscriptsKept} from '../info-route.ts'
import {publicBase} from '../public-base.ts'
import {
  cursorWords,
  defined,
  identifier,
  noQuery,
  parsed,
  parsedBody,
  parsedQuery,
  wholeNumber,
} from '../request-schemas.ts'
import type {Auditor} from './auditor.ts'
import {memberOf, type StaffMember} from './member.ts'
import type {Staff} from './staff.ts'

export interface HandoverRoutesDeps {
  readonly staff: Staff
  readonly auditor: Auditor
  readonly store: StaffStore
  readonly transcripts: Pick<TranscriptStore, 'get' | 'asked'>
  /** Of everything that leaves Docent. */
  readonly exportRedactor: Redactor
  /** What the transcripts keep; null where that is not known. */
  readonly keep: TranscriptsKept['keep'] | null
  /** Where this server is reached; null: where the request was sent. */
  readonly publicUrl: string | null
}

export const handoverBody = z.object({
  days: z
    .number()
    .int()
    .min(1)
    .max(maxHandoverDays)
    .default(defaultHandoverDays)
    .describe('How long the link works.'),
  note: boundedText(maxHandoverNote)
    .nullish()
    .transform((note) => note?.trim() || null),
})

export const handoverQuery = z.object({
  cursor: z.string().max(100).optional().describe(cursorWords),
  limit: wholeNumber(1, 200).optional().describe('Links on a page.'),
})

/** Adds links that show one conversation, redacted, to whoever has them, below `/api/admin`. */
export function addHandoverRoutes(router: Router, deps: HandoverRoutesDeps): void {
  const {staff, auditor, store, transcripts, exportRedactor, keep, publicUrl} = deps

  router.post('/transcripts/:answerId/handover', staff.allow('support'), async (request, response) => {
    requireJson(request)
    parsedQuery(noQuery, request.query)
    const {days, note: written} = parsedBody(handoverBody, request.body ?? {})
    const transcript = await transcripts.get(String(request.params['answerId']), {redacted: true})
    if (transcript === null) throw new DocentError('not_found', 'There is no such transcript.')
    refuseToHandOver(transcript.ending, keep)
    const member = memberOf(response)
    const {ref} = transcript
    await auditor.before(request, member, 'handover_made', {which: ref, details: {days}})
    const note = written === null ? null : exportRedactor.redact(written).text
    const {handover, key} = await store.makeHandover({ref, who: member.who, by: member.name, note, days})
    response.status(201).json({
      id: handover.id,
      url: `${publicBase(request, publicUrl)}/handover/${key}`,
      expiresAt: handover.endsAt,
    })
  })

  router.get('/handovers', staff.allow('support'), async (request, response) => {
    const page = await store.handovers(defined(parsedQuery(handoverQuery, request.query)))
    const asked = new Map(
      (await transcripts.asked([...new Set(page.items.map(({ref}) => ref))])).map((one) => [one.ref, one]),
    )
    const isGone = await goneOf(page.items.flatMap(({ref}) => (asked.has(ref) ? [] : [ref])))
    const member = memberOf(response)
    const items = page.items.map((handover) => {
      const found = asked.get(handover.ref)
      return {
        ...shown(handover, member),
        ...(isGone.has(handover.ref) ? {isOpen: false} : {}),
        // Null where the transcript was deleted: the link shows nothing then. Empty where its words are not kept.
        question: isGone.has(handover.ref) ? null : exportRedactor.redact(found?.question ?? '').text,
      }
    })
    response.json({items, nextCursor: page.nextCursor})
  })

  router.delete('/handovers/:id', staff.allow('support'), async (request, response) => {
    const {id, ref, ...handover} = await existing(request)
    const member = memberOf(response)
    if (!mayWithdraw(handover, member))
      throw new DocentError('forbidden', 'Only who made a hand-over link, or an admin, withdraws it.')
    await auditor.before(request, member, 'handover_withdrawn', {which: ref})
    await store.withdrawHandover(id)
    response.status(204).end()
  })

  /** Those without a transcript: most that have no words have none at all. */
  async function goneOf(refs: readonly string[]): Promise<ReadonlySet<string>> {
    const gone = new Set<string>()
    for (const ref of new Set(refs)) if ((await transcripts.get(ref)) === null) gone.add(ref)
    return gone
  }

  async function existing(request: Request): Promise<Handover> {
    const id = parsed(identifier, request.params['id'])
    const handover = await store.findHandover(id)
    if (handover === null || handover.withdrawnAt !== null)
      throw new DocentError('not_found', 'There is no such hand-over link, or it was withdrawn already.')
    return handover
  }
}

/** @throws DocentError `conflict` for what no page could show. */
function refuseToHandOver(ending: string | null, keep: TranscriptsKept['keep'] | null): void {
  if (keep !== null && keep !== 'full')
    throw new DocentError(
      'conflict',
      `TRANSCRIPTS=${keep} keeps no words of a conversation, so there is nothing to hand over.`,
    )
  if (ending === null)
    throw new DocentError('conflict', 'This answer is still being written: hand it over when it has ended.')
}

function mayWithdraw({who}: Pick<Handover, 'who'>, member: StaffMember): boolean {
  return member.role === 'admin' || member.who === who
}

function shown(handover: Handover, member: StaffMember) {
  const {id, ref, madeAt, madeBy, note, endsAt, withdrawnAt, openings, openedAt} = handover
  return {
    ...{id, ref, madeAt, madeBy, note, withdrawnAt, openings, openedAt},
    expiresAt: endsAt,
    isOpen: isHandoverOpen(handover, Date.now()),
    mayWithdraw: mayWithdraw(handover, member),
  }
}
