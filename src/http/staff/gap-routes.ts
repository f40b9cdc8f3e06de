import type {Request, Router} from 'express'
import {z} from 'zod'
import {DocentError} from '../../domain/index.ts'
import {
  type Gap,
  type GapFilter,
  type Gaps,
  gapOrders,
  gapScopes,
  gapStates,
  maxAssignee,
  maxNote,
  type SearchableGap,
  type ShownGap,
  severities,
  shownGaps,
} from '../../gaps/index.ts'
import type {GoldenQuestions} from '../../golden/index.ts'
import {boundedText} from '../../lib/bounded-text.ts'
import {hasInvisible, isVisible} from '../../staff/index.ts'
import type {TranscriptStore} from '../../transcripts/index.ts'
import {
  type FindPlace,
  type GivenQuestions,
  givenQuestions,
  type VerifiedAnswers,
} from '../../verified/index.ts'
import {requireJson} from '../guards/require-json.ts'
import {
  cursorWords,
  defined,
  identifier,
  parsed,
  parsedBody,
  parsedQuery,
  wholeNumber,
} from '../request-schemas.ts'
import type {Auditor} from './auditor.ts'
import {memberOf} from './member.ts'
import type {Staff} from './staff.ts'

/** What the docs fail to answer, and the grouping that finds it. */
export interface GapsService {
  readonly store: Gaps
  /** Whether this server groups questions, or is about to. */
  readonly isPending: boolean
  /** Why questions are not grouped, for people; null where they are. */
  readonly reason: string | null
  /** Groups now. */
  group(): void
}

export interface GapRoutesDeps {
  readonly staff: Staff
  readonly auditor: Auditor
  readonly gaps: GapsService
  readonly transcripts: Pick<TranscriptStore, 'asked'>
  readonly golden: GoldenQuestions
  readonly verified: VerifiedAnswers
  readonly placeOf: FindPlace
}

export const gapQuery = z.object({
  state: z
    .enum([...gapStates, 'all'])
    .default('open')
    .describe('Which gaps to list.'),
  scope: z
    .enum([...gapScopes, 'all'])
    .default('here')
    .describe('`elsewhere`: about something else altogether.'),
  severity: z.enum(severities).optional().describe('Only gaps of this severity.'),
  assignee: z.string().max(maxAssignee).optional().describe('Whom they are assigned to; `none` for nobody.'),
  q: z.string().max(1_000).optional().describe('Words in one of their questions.'),
  sort: z.enum(gapOrders).default('severity').describe('What comes first.'),
  cursor: z.string().max(1_000).optional().describe(cursorWords),
  limit: wholeNumber(1, 200).default(50).describe('Gaps on a page.'),
})

const line = (max: number) =>
  boundedText(max)
    .nullable()
    .transform((text) => (text === null || text.trim() === '' ? null : text.trim()))

export const gapChange = z.object({
  revision: z.number().int().min(1),
  assignee: line(maxAssignee)
    .refine((name) => name === null || isVisible(name), hasInvisible)
    .optional(),
  note: line(maxNote).optional(),
  state: z.enum(gapStates).optional(),
})

/** Questions that are read at once. */
const askedAtOnce = 1_000

/** Questions of one gap that are shown: the newest. */
const maxQuestions = 200

/** Adds what the docs fail to answer, below `/api/admin`: support reads it, docs staff change it. */
export function addGapRoutes(
  router: Router,
  {staff, auditor, gaps, transcripts, golden, verified, placeOf}: GapRoutesDeps,
): void {
  const {store} = gaps

  router.get('/gaps', staff.allow('docs', 'support'), async (request, response) => {
    const {state, q = '', sort, cursor = null, limit, ...filters} = parsedQuery(gapQuery, request.query)
    if (gaps.reason !== null) {
      const counts = {open: 0, closed: 0, dismissed: 0}
      const nothing = {items: [], nextCursor: null, asOf: null, counts, elsewhere: null, pending: false}
      response.json({...nothing, reason: gaps.reason})
      return
    }
    const others = filterOf(filters)
    const filter = state === 'all' ? others : {...others, state}
    const found = q.trim() === '' ? undefined : await gapsWith(q, withoutScope(filter))
    const ids = found
      ?.filter((gap) => filters.scope === 'all' || gap.scope === filters.scope)
      .map(({id}) => id)
    const page = await store.list(filter, {sort, cursor, limit, ...defined({ids})})
    const given = await givenQuestions(verified, placeOf)
    const items = await shownGaps(transcripts, page.items)
    response.json({
      items: items.map((gap) => ({...gap, verified: verifiedOf(gap, given)})),
      nextCursor: page.nextCursor,
      asOf: await store.asOf(),
      counts: await store.counts(others),
      elsewhere: filters.scope === 'here' ? await elsewhereOf(filter, found) : null,
      pending: gaps.isPending || (await store.isGroupedElsewhere()),
      reason: gaps.reason,
    })
  })

  router.post('/gaps/group', staff.allow('docs'), async (request, response) => {
    if (gaps.reason !== null) throw new DocentError('conflict', gaps.reason)
    await auditor.before(request, memberOf(response), 'gaps_grouped')
    gaps.group()
    response.status(202).json({pending: true})
  })

  router.get('/gaps/:id', staff.allow('docs', 'support'), async (request, response) => {
    const gap = await existing(request)
    const member = memberOf(response)
    await auditor.before(request, member, 'gap_read', {which: gap.id})
    const mayReadAnswers = member.role !== 'docs'
    const given = await givenQuestions(verified, placeOf)
    response.json({...(await shown(gap, given)), ...(await detailsOf(gap, given, mayReadAnswers))})
  })

  router.patch('/gaps/:id', staff.allow('docs'), async (request, response) => {
    requireJson(request)
    const {revision, ...given} = parsedBody(gapChange, request.body)
    const {id} = await existing(request)
    const member = memberOf(response)
    const change = defined(given)
    const details = change.state === undefined ? {} : {details: {state: change.state}}
    await auditor.before(request, member, 'gap_changed', {which: id, ...details})
    const gap = await store.change(id, {...change, by: member.name, revision})
    response.json(await shown(gap, await givenQuestions(verified, placeOf)))
  })

  async function existing(request: Request): Promise<Gap> {
    if (gaps.reason !== null) throw new DocentError('conflict', gaps.reason)
    const id = parsed(identifier, request.params['id'])
    const gap = await store.get(id)
    if (gap === null) throw new DocentError('not_found', 'There is no such gap.')
    return gap
  }

  async function shown(gap: Gap, given: GivenQuestions) {
    const [found] = await shownGaps(transcripts, [gap])
    return {...found!, closed: closedNow(gap), verified: verifiedOf(found!, given)}
  }

  /** Pages are removed after they have closed a gap, and the build that did is not served any more. */
  function closedNow({closed}: Gap) {
    if (closed === null || closed.section === null) return closed
    const [url = '', anchor = ''] = closed.section.url.split('#')
    return {...closed, section: {...closed.section, isInDocs: placeOf({url, anchor}) !== null}}
  }

  /** Gaps with all of these words in one of their questions. */
  async function gapsWith(q: string, filter: GapFilter): Promise<SearchableGap[]> {
    const words = q.toLowerCase().split(/\s+/).filter(Boolean)
    const all = await store.searchable(filter)
    const refs = all.flatMap((gap) => [...gap.refs])
    const found = new Set<string>()
    // In parts, so that other reads are not behind all of them.
    for (let at = 0; at < refs.length; at += askedAtOnce) {
      for (const {ref, question, searched} of await transcripts.asked(refs.slice(at, at + askedAtOnce))) {
        const text = `${question}\n${searched}`.toLowerCase()
        if (words.every((word) => text.includes(word))) found.add(ref)
      }
    }
    return all.filter((gap) => [...gap.refs].some((ref) => found.has(ref)))
  }

  /** How many gaps would be listed as well, were they not about something else. */
  async function elsewhereOf(
    filter: GapFilter,
    found: readonly SearchableGap[] | undefined,
  ): Promise<number> {
    if (found !== undefined) return found.filter(({scope}) => scope === 'elsewhere').length
    const {state, ...others} = filter
    const counts = await store.counts({...others, scope: 'elsewhere'})
    return state === undefined ? counts.open + counts.closed + counts.dismissed : counts[state]
  }

  /** How many golden questions were made of it. Without a number where their file cannot be read: the list says why. */
  async function goldensOf(id: string): Promise<{readonly goldens?: number}> {
    try {
      const all = await golden.list()
      return {goldens: all.filter(({from}) => from !== null && 'gap' in from && from.gap === id).length}
    } catch {
      return {}
    }
  }

  async function detailsOf({id, lang, version}: Gap, given: GivenQuestions, mayReadAnswers: boolean) {
    const questions = await store.questions(id, maxQuestions)
    const asked = new Map(
      (await transcripts.asked(questions.map(({ref}) => ref))).map((question) => [question.ref, question]),
    )
    const shownQuestions = questions.flatMap(({ref, askedAt, reason}) => {
      const found = asked.get(ref)
      if (found === undefined) return []
      const {answerId, question, searched, ending, rating} = found
      const words = {question, searched, verified: given.idFor(searched, {lang, version})}
      return {answerId: mayReadAnswers ? answerId : null, ...words, askedAt, reason, ending, rating}
    })
    return {
      questions: shownQuestions,
      verified: distinct(shownQuestions.map((question) => question.verified)),
      history: await store.history(id),
      ...(await goldensOf(id)),
    }
  }
}

/** Ids of the verified answers that are given to the questions by which a gap is shown. */
function verifiedOf({title, examples, lang, version}: ShownGap, given: GivenQuestions): readonly string[] {
  return distinct([title, ...examples].map((question) => given.idFor(question, {lang, version})))
}

function distinct(ids: readonly (string | null)[]): readonly string[] {
  return [...new Set(ids.filter((id) => id !== null))]
}

function withoutScope({scope: _, ...filter}: GapFilter): GapFilter {
  return filter
}

function filterOf({
  scope,
  severity,
  assignee,
}: Pick<z.infer<typeof gapQuery>, 'scope' | 'severity' | 'assignee'>): Omit<GapFilter, 'state'> {
  return defined({
    scope: scope === 'all' ? undefined : scope,
    severity,
    assignee: assignee === 'none' ? null : assignee,
  })
}
