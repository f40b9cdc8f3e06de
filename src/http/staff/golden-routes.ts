import {setImmediate as nextTurn} from 'node:timers/promises'
import type {Router} from 'express'
import {z} from 'zod'
import {DocentError} from '../../domain/index.ts'
import type {
  GoldenAdded,
  GoldenDraft,
  GoldenOrigin,
  GoldenPlaces,
  GoldenQuestion,
  GoldenQuestions,
} from '../../golden/index.ts'
import {maxLineProblems, placeIn} from '../../question-sets/index.ts'
import type {CurrentBuild} from '../../search-index/index.ts'
import {permissionsOf} from '../../staff/index.ts'
import type {TranscriptStore} from '../../transcripts/index.ts'
import {requireJson} from '../guards/require-json.ts'
import {
  cursorWords,
  identifier,
  notBlank,
  parsed,
  parsedBody,
  parsedQuery,
  questionText,
  wholeNumber,
} from '../request-schemas.ts'
import type {Auditor} from './auditor.ts'
import type {BuildRegistry} from './build-routes.ts'
import type {GapsService} from './gap-routes.ts'
import {memberOf} from './member.ts'
import type {Staff} from './staff.ts'

export interface GoldenRoutesDeps {
  readonly staff: Staff
  readonly auditor: Auditor
  readonly golden: GoldenQuestions
  readonly goldenPlaces: GoldenPlaces
  readonly transcripts: Pick<TranscriptStore, 'get'>
  readonly gaps: GapsService
  readonly builds: BuildRegistry
  readonly current: CurrentBuild
}

const maxSections = 20

/** `expected: "later"` for a page that is still to be written. */
const section = z.strictObject({
  url: z.string().trim().min(1, 'must not be empty').max(2_000).meta(notBlank),
  anchor: z.string().trim().max(500).default(''),
  expected: z.literal('later', 'must be "later", or left out').optional(),
})

/** The sections that should be found for a question: checked by `goldenEntriesOf`. */
export const goldenSections = z
  .array(section)
  .min(1, 'must name the section, or sections, that should be found')
  .max(maxSections)

export const goldenBody = z.object({question: questionText.nullish(), relevant: goldenSections})

const maxOfGap = 50

export const goldenOfGapBody = z.object({
  items: z
    .array(z.strictObject({question: questionText, relevant: goldenSections}))
    .min(1)
    .max(maxOfGap),
})

export const goldenQuery = z.object({
  q: z.string().max(1_000).default('').describe('Words in the question.'),
  cursor: wholeNumber(0, 100_000).default(0).describe(cursorWords),
  limit: wholeNumber(1, 500).default(200).describe('Questions on a page.'),
})

/** How many places are looked up before other work on this thread has its turn. */
const placesPerTurn = 10

/** Adds golden questions, below `/api/admin`: who reads a transcript makes them of it, docs staff of gaps, and they delete them. */
export function addGoldenRoutes(router: Router, deps: GoldenRoutesDeps): void {
  const {staff, auditor, golden, goldenPlaces, transcripts, gaps, builds, current} = deps

  router.post('/transcripts/:answerId/golden', staff.allow('support'), async (request, response) => {
    requireJson(request)
    const {question: given, relevant} = parsedBody(goldenBody, request.body)
    const entries = goldenEntriesOf(relevant, goldenPlaces, request.host)
    const transcript = await transcripts.get(String(request.params['answerId']))
    if (transcript === null) throw new DocentError('not_found', 'There is no such transcript.')
    const question = given ?? transcript.question
    if (question.trim() === '') {
      throw new DocentError(
        'invalid_request',
        'question: the transcript keeps no words; write the question that visitors ask',
      )
    }
    const {ref, lang = null, version} = transcript
    const member = memberOf(response)
    await auditor.before(request, member, 'golden_added', {which: ref})
    const drafts = [{question, relevant: entries, lang, version}]
    const replacesAll = permissionsOf(member.role).includes('delete_golden')
    const made = {by: member.name, from: {answer: ref}, replacesAll}
    response.status(201).json(await addGolden(golden, drafts, made))
  })

  router.post('/gaps/:id/golden', staff.allow('docs'), async (request, response) => {
    requireJson(request)
    const {items} = parsedBody(goldenOfGapBody, request.body)
    const gap = await gaps.store.get(parsed(identifier, request.params['id']))
    if (gap === null) throw new DocentError('not_found', 'There is no such gap.')
    const {id, lang, version} = gap
    const drafts = items.map(({question, relevant}) => ({
      ...{question, lang, version},
      relevant: goldenEntriesOf(relevant, goldenPlaces, request.host),
    }))
    const member = memberOf(response)
    await auditor.before(request, member, 'golden_added', {which: id})
    response.status(201).json(await addGolden(golden, drafts, {by: member.name, from: {gap: id}}))
  })

  router.get('/golden', staff.allow('docs', 'support'), async (request, response) => {
    const {q, cursor, limit} = parsedQuery(goldenQuery, request.query)
    const words = q.trim().toLowerCase()
    const all = (await golden.list()).filter(({question}) => question.toLowerCase().includes(words))
    const items = []
    for (const [index, item] of all.slice(cursor, cursor + limit).entries()) {
      if (index % placesPerTurn === placesPerTurn - 1) await nextTurn()
      items.push(shown(item, goldenPlaces))
    }
    const next = cursor + limit
    const nextCursor = next < all.length ? String(next) : null
    const asked = current.id === null ? null : askedAt(await builds.report(current.id))
    const problems = await golden.problems()
    response.json({
      ...{items, total: all.length, nextCursor, path: golden.file, asked},
      ...{problems: problems.slice(0, maxLineProblems), problemCount: problems.length},
    })
  })

  router.delete('/golden/:id', staff.allow('docs'), async (request, response) => {
    const id = String(request.params['id'])
    if (!(await golden.list()).some((item) => item.id === id)) throw noQuestion()
    await auditor.before(request, memberOf(response), 'golden_deleted', {which: id.slice(0, 200)})
    if (!(await golden.delete(id))) throw noQuestion()
    response.status(204).end()
  })
}

/**
 * The sections of a request as question files have them.
 * @throws DocentError `invalid_request` for one that the current build does not have, unless it is expected later.
 */
export function goldenEntriesOf(
  sections: z.infer<typeof goldenSections>,
  places: GoldenPlaces,
  host: string,
): readonly string[] {
  const entries = sections.map(({url: given, anchor: fragment, expected}, index) => {
    const [url = ''] = given.includes('#/') ? [given] : given.split('#')
    const place = {url, anchor: fragment.replace(/^#/, '') || given.slice(url.length + 1)}
    if (places.isForeign(url, host)) {
      throw new DocentError(
        'invalid_request',
        `relevant.${index}: this is the address of another site. Write it as this server has it, such as /docs/install.`,
      )
    }
    const entry = places.entryOf(place)
    if (entry !== null) return entry
    if (expected === undefined) {
      throw new DocentError(
        'invalid_request',
        `relevant.${index}: the docs have no such section now. Name one that they have, or send "expected": "later" for a page that is still to be written.`,
      )
    }
    const later = places.futureEntryOf(place)
    if (later !== null) return later
    throw new DocentError(
      'invalid_request',
      `relevant.${index}: this is no address in the docs. Write it as the docs will have it, such as /docs/guides/new-page.`,
    )
  })
  return [...new Set(entries)]
}

/** Adds golden questions, and says so as the API does. Write the line of the audit log before. */
export async function addGolden(
  golden: GoldenQuestions,
  drafts: readonly GoldenDraft[],
  given: {readonly by: string; readonly from: GoldenOrigin; readonly replacesAll?: boolean},
): Promise<GoldenAdded & {readonly file: string}> {
  return {...(await golden.add(drafts, given)), file: golden.file}
}

/** With what its sections are in the current build. */
function shown({gold, relevant, ...item}: GoldenQuestion, places: GoldenPlaces) {
  return {
    ...item,
    relevant: [
      ...relevant.map((entry) => {
        const {url, anchor} = placeIn(entry)
        return {url, anchor: anchor ?? '', section: places.named(entry)}
      }),
      // Somebody wrote it by file and heading, which an ingest looks up.
      ...gold.map(({file, heading}) => ({file, heading})),
    ],
  }
}

/** How they did when the current build was made, as its report has it; null where it says nothing. */
function askedAt(report: string | null): unknown {
  if (report === null) return null
  return (JSON.parse(report) as {readonly staffQuestions?: unknown}).staffQuestions ?? null
}

function noQuestion(): DocentError {
  return new DocentError('not_found', 'There is no such golden question.')
}
