import {z} from 'zod'
import {refOf} from '../answers/index.ts'
import {channels, DocentError, endings, type Question} from '../domain/index.ts'
import {boundedText} from '../lib/bounded-text.ts'
import {cleanLine} from '../lib/clean-text.ts'
import {headOf} from '../lib/cut.ts'
import {issueWords} from '../lib/issue-words.ts'
import {visitorAddressOf} from '../lib/visitor-address.ts'
import {wellFormed} from '../lib/well-formed.ts'
import {languageTag} from '../text/language-tag-schema.ts'
import type {
  AnalyticsRequest,
  FeedbackChange,
  PageRequest,
  TranscriptFilter,
  WrittenReview,
} from '../transcripts/index.ts'
import {
  endMomentOf,
  leavings,
  listOrders,
  momentOf,
  reviewSchema,
  valueKinds,
  verdicts,
  writtenReviewOf,
} from '../transcripts/index.ts'
import {refusalOf} from './field-problems.ts'
import {refuseUnknown} from './known-parameters.ts'

export const maxQuestionLength = 4000
/** Of an earlier turn, in UTF-16 units. */
export const maxTurnLength = 32_000
/** Of a history. */
export const maxTurns = 100
const maxPageNameLength = 200

export const identifier = z.string().regex(/^[\w-]{1,64}$/, 'must be 1 to 64 letters, digits, - or _')

/** For whoever reads a schema: what a refinement of a text asks for. */
export const notBlank = {minLength: 1, pattern: '\\S'}

/** The length is checked before the items are, so a list that is too long costs nothing more. */
export const list = <T extends z.ZodType>(item: T, max: number) =>
  z.array(z.unknown()).max(max).pipe(z.array(item))

export const questionText = boundedText(maxQuestionLength)
  .refine((text) => text.trim() !== '', 'must not be empty')
  .meta(notBlank)

/** Where the question is a part of something else, which has another limit. */
export const tooLongAsQuestion = (length: number): string =>
  `is the question, and has ${length} characters; it may have at most ${maxQuestionLength}`

export const turnText = boundedText(maxTurnLength)

const turn = z.object({role: z.enum(['user', 'assistant']), content: turnText})

/** One line, cut to a length: a title is no reason to refuse a question. Null for none. */
const shownLine = z
  .string()
  .nullish()
  .transform((text) => headOf(cleanLine(wellFormed(text ?? '')).trim(), maxPageNameLength) || null)

/** The client says it, so it is no more than a hint: what cannot be an address counts as none. */
const visitorPage = z
  .object({
    url: z
      .string()
      .nullish()
      .transform((url) => visitorAddressOf(url ?? '')),
    title: shownLine,
    section: shownLine,
  })
  .transform((page) => (page.url === null && page.title === null && page.section === null ? null : page))

/** What `moment` takes, for whoever reads a schema. */
export const momentWords = 'A day such as 2026-11-22 (UTC), a moment, or milliseconds since the epoch.'
export const cursorWords = 'The `nextCursor` of the page before.'

/** The body of `POST /api/answers`. */
export const askBody = z.object({
  question: questionText.describe('What is asked.'),
  conversationId: identifier
    .optional()
    .describe('Joins the conversation whose key it is. Default: a new one begins.'),
  history: list(turn, maxTurns)
    .optional()
    .describe('Earlier turns, the oldest first. Default: the server’s record of the conversation.'),
  version: z
    .string()
    .min(1)
    .max(100)
    .nullish()
    .describe('Only this version of the docs. Default: the one that the question names, or the current one.'),
  lang: languageTag
    .nullish()
    .describe('The language to answer from (BCP 47). Default: that of the question.'),
  page: visitorPage.nullish().describe('Where the visitor is. Text that is not an address is ignored.'),
  resumable: z
    .boolean()
    .optional()
    .describe('Keep answering for a while when the reader leaves. Default: false.'),
  bufferMs: z
    .number()
    .int()
    .min(0)
    .max(10_000)
    .optional()
    .describe('Gather deltas for so many milliseconds before they are sent. Default: `BUFFER_MS`.'),
  continueAnswerId: identifier.optional().describe('Go on with an answer that broke off.'),
})

/** A validated request to ask a question. */
export interface AskRequest {
  readonly question: Question
  readonly bufferMs: number | null
  readonly continueAnswerId: string | null
}

/** Validates the body of `POST /api/answers`. @throws DocentError `invalid_request`. */
export function askRequestOf(body: unknown): AskRequest {
  const {question, conversationId, history, version, lang, page, resumable, bufferMs, continueAnswerId} =
    parsed(askBody, body)
  return {
    question: {
      question: question.trim(),
      conversationId: conversationId ?? null,
      history: history ?? [],
      version: version ?? null,
      lang: lang ?? null,
      page: page ?? null,
      resumable: resumable ?? false,
    },
    bufferMs: bufferMs ?? null,
    continueAnswerId: continueAnswerId ?? null,
  }
}

/** Validates an idempotency key: printable ASCII, at most 200 characters. @throws DocentError `invalid_request`. */
export function idempotencyKeyOf(value: unknown): string | null {
  if (value === undefined || value === null || value === '') return null
  if (typeof value === 'string' && /^[\x21-\x7e]{1,200}$/.test(value)) return value
  throw new DocentError('invalid_request', 'Idempotency-Key must be 1 to 200 printable ASCII characters.')
}

/** The maximum is longer than any answer may take: a value from a browser is not trusted. */
export const timingsBody = z
  .object({
    firstUsefulMs: z
      .number()
      .min(0)
      .max(600_000)
      .optional()
      .describe('From the question to the first source on the screen.'),
    opened: z.number().int().min(1).max(1_000).optional().describe('The number of a source that was opened.'),
  })
  .refine(({firstUsefulMs, opened}) => firstUsefulMs !== undefined || opened !== undefined, {
    path: ['firstUsefulMs'],
    message: 'must be a number of milliseconds, unless opened is the number of a source',
  })

/** What a visitor's browser measured, or the number of the source that was opened there. */
export interface Measured {
  readonly firstUsefulMs?: number
  readonly opened?: number
}

/** @throws DocentError `invalid_request`. */
export function measuredOf(body: unknown): Measured {
  const {firstUsefulMs, opened} = parsed(timingsBody, body)
  return defined({
    firstUsefulMs: firstUsefulMs === undefined ? undefined : Math.round(firstUsefulMs),
    opened,
  })
}

export const feedbackBody = z
  .object({
    rating: z
      .enum(['up', 'down'])
      .optional()
      .describe('Replaces an earlier one. Needed unless `missing` is true.'),
    missing: z.literal(true).optional().describe('Tells the docs team that the docs lack this. It stays.'),
    reasons: list(boundedText(100), 20).optional().describe('As `incomplete` or `wrong`.'),
    comment: boundedText(4000).nullish(),
  })
  .refine(({rating, missing}) => rating !== undefined || missing === true, {
    path: ['rating'],
    message: 'must be up or down, unless missing is true',
  })

/** What a visitor says of an answer. @throws DocentError `invalid_request`. */
export function feedbackOf(body: unknown): FeedbackChange {
  const {rating, missing, reasons, comment} = parsed(feedbackBody, body)
  return {rating: rating ?? null, missing: missing ?? false, reasons: reasons ?? [], comment: comment ?? null}
}

export const reviewBody = reviewSchema.extend({replaces: z.number().int().nonnegative().nullish()})

export interface ReviewChange {
  readonly review: WrittenReview
  /** As `setReview` takes it. */
  readonly replaces: number | null | undefined
}

/** @throws DocentError `invalid_request`. */
export function reviewOf(body: unknown): ReviewChange {
  const {replaces, ...review} = parsedBody(reviewBody, body)
  return {review: writtenReviewOf(review), replaces}
}

/** A whole number in a query, where it is text. */
export const wholeNumber = (min: number, max: number) =>
  z
    .string()
    .regex(/^-?\d{1,15}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().int().min(min).max(max))

export const flag = z
  .enum(['true', 'false', '1', '0'])
  .transform((value) => value === 'true' || value === '1')

export const searchQuery = z.object({
  q: questionText.describe('What is searched for.'),
  k: wholeNumber(1, 50).default(10).describe('Maximum number of results.'),
  version: z.string().min(1).max(100).optional().describe('Only this version of the docs.'),
  lang: languageTag.optional().describe('The language of the pages (BCP 47).'),
  prefix: flag.optional().describe('Whether the last word is a beginning: search as one types.'),
})

export interface SearchRequest {
  readonly q: string
  readonly k: number
  readonly version: string | null
  /** BCP 47; null where none was given. */
  readonly lang: string | null
  /** Whether the last word is a beginning. */
  readonly prefix: boolean
}

/** @throws DocentError `invalid_request`. */
export function searchRequestOf(query: unknown): SearchRequest {
  const {q, k, version, lang, prefix} = parsedParameters(searchQuery, query)
  return {q: q.trim(), k, version: version ?? null, lang: lang ?? null, prefix: prefix ?? false}
}

export const sectionQuery = z.object({
  url: z.string().min(1).max(2_000).describe('The `url` of a source.'),
  anchor: z
    .string()
    .max(500)
    .optional()
    .describe('Its `anchor`. Default: what comes before the first heading.'),
})

/** Where a section is, as a source says it. @throws DocentError `invalid_request`. */
export function sectionRequestOf(query: unknown): {readonly url: string; readonly anchor: string} {
  const {url, anchor} = parsedParameters(sectionQuery, query)
  return {url, anchor: anchor ?? ''}
}

/** A day or a moment, read by `momentOf` or `endMomentOf`. */
export const moment = (read: (text: string) => number | null) =>
  z.string().transform((text, context) => {
    const at = read(text)
    if (at !== null) return at
    context.addIssue({code: 'custom', message: 'must be a date such as 2026-11-22 or milliseconds'})
    return z.NEVER
  })

/** A filter that can only be set. */
const present = z.enum(['true', '1'], 'must be 1, or left out').transform(() => true as const)

export const transcriptQuery = z.object({
  q: z
    .string()
    .max(1000)
    .optional()
    .describe('Text in questions and answers, or the id or `ref` of an answer.'),
  ending: z
    .enum([...endings, 'running'])
    .optional()
    .describe('How it ended; `running` for what is being written.'),
  rating: z.enum(['up', 'down', 'none']).optional().describe('How the visitor rated it.'),
  missing: flag.optional().describe('Whether the visitor said that the docs lack this.'),
  verdict: z
    .enum([...verdicts, 'any', 'none'])
    .optional()
    .describe('The verdict of its review; `any` for whatever it is.'),
  attention: present.optional().describe('What deserves a look.'),
  broke: present.optional().describe('What failed, timed out or was interrupted.'),
  left: z
    .enum(leavings, `must be one of ${leavings.join(', ')}`)
    .optional()
    .describe('When the visitor left.'),
  resumed: flag.optional().describe('Whether a reader took it up again.'),
  abstained: flag.optional().describe('Whether the docs did not have it.'),
  partial: flag.optional().describe('Whether the model declined or a limit cut it.'),
  fallback: flag.optional().describe('Whether a fallback wrote it.'),
  channel: z
    .enum(channels, `must be one of ${channels.join(', ')}`)
    .optional()
    .describe('What kind of client asked.'),
  build: z.string().max(200).optional().describe('The build that it was written from.'),
  generator: z.string().max(200).optional().describe('The one that was called first.'),
  model: z.string().max(200).optional().describe('The model that was called first.'),
  version: z.string().max(200).optional().describe('The version of the docs that was asked for.'),
  page: z.string().max(2_000).optional().describe('The address of a page that the answer cites.'),
  error: z.string().max(100).optional().describe('The code of the error that ended it.'),
  lang: languageTag.optional().describe('The language of the pages that were searched (BCP 47).'),
  from: moment(momentOf).optional().describe(momentWords),
  to: moment(endMomentOf).optional().describe(`${momentWords} Exclusive; a day is taken whole.`),
  conversation: identifier.optional().describe('The `conversation` of a transcript.'),
  conversationId: identifier.optional().describe('The key of a conversation.'),
  visitor: identifier.optional().describe('The `visitor` of a transcript.'),
  sort: z.enum(listOrders).optional().describe('Default: `newest`.'),
  cursor: z.string().max(1000).optional().describe(cursorWords),
  limit: wholeNumber(1, 200).optional().describe('Items on a page. Default: 50.'),
})

export interface TranscriptQuery {
  readonly filter: TranscriptFilter
  readonly page: PageRequest
}

/** @throws DocentError `invalid_request`, also for a parameter that is not known. */
export function transcriptQueryOf(query: unknown): TranscriptQuery {
  const {cursor, limit, sort, ...filter} = parsedQuery(transcriptQuery, query)
  return {filter: transcriptFilterOf(filter), page: defined({cursor, limit, sort})}
}

export const exportQuery = transcriptQuery.omit({cursor: true, limit: true, sort: true}).extend({
  format: z.enum(['jsonl', 'csv'], 'must be jsonl or csv').default('jsonl'),
  redacted: flag
    .default(false)
    .describe('Redact also for the admin; for everybody else it is redacted anyway.'),
})

export interface ExportRequest {
  readonly filter: TranscriptFilter
  readonly format: 'jsonl' | 'csv'
  readonly redacted: boolean
}

/**
 * What to export.
 * @throws DocentError `invalid_request`, also for a parameter that is not known, and for those of a list that change nothing.
 */
export function exportRequestOf(query: unknown): ExportRequest {
  const {cursor, limit, sort, ...given} = (query ?? {}) as Record<string, unknown>
  const ofList = Object.keys(withoutBlanks(defined({cursor, limit, sort})))
  if (ofList.length > 0) {
    const problem = 'an export has all that match, the oldest first; leave it out'
    throw refusalOf(ofList, (field) => ({field, problem}))
  }
  const {format, redacted, ...filter} = parsedQuery(exportQuery, given)
  return {filter: transcriptFilterOf(filter), format, redacted}
}

type GivenFilter = Omit<z.infer<typeof transcriptQuery>, 'cursor' | 'limit' | 'sort'>

function transcriptFilterOf({conversationId, ...filter}: GivenFilter): TranscriptFilter {
  // Somebody who knows a conversation's id may search for it; staff only see its digest.
  const conversation =
    filter.conversation ?? (conversationId === undefined ? undefined : refOf(conversationId))
  return defined({...filter, conversation})
}

export const valuesQuery = z.object({
  kind: z.enum(valueKinds).describe('What the values are of.'),
  limit: wholeNumber(1, 200).default(50).describe('How many.'),
})

/** Which values of a filter to list. @throws DocentError `invalid_request`, also for a parameter that is not known. */
export function valuesRequestOf(query: unknown): z.infer<typeof valuesQuery> {
  return parsedQuery(valuesQuery, query)
}

const dayMs = 24 * 60 * 60 * 1000
const defaultDays = 30
/** A period of more days would be a response of megabytes. */
const maxDays = 800

export const analyticsQuery = z.object({
  from: moment(momentOf).optional().describe(`${momentWords} Default: 30 days before \`to\`.`),
  to: moment(endMomentOf).optional().describe(`${momentWords} Exclusive. Default: now.`),
  build: z.string().max(200).optional().describe('Only answers from this build.'),
})

/**
 * The period of figures; by default the last 30 days.
 * @param now in milliseconds since the epoch
 * @throws DocentError `invalid_request`, also for a parameter that is not known.
 */
export function analyticsRequestOf(query: unknown, now: number): AnalyticsRequest {
  const {from, to, build} = parsedQuery(analyticsQuery, query)
  return {...periodOf({from, to}, now), ...defined({build})}
}

/** A period of which an end may be missing; by default the last 30 days. @throws DocentError `invalid_request`. */
export function periodOf(
  {from, to: end}: {readonly from: number | undefined; readonly to: number | undefined},
  now: number,
): {readonly from: number; readonly to: number} {
  const to = end ?? now
  const period = {from: from ?? Math.max(0, to - defaultDays * dayMs), to}
  refuseEmptyPeriod(period)
  if (period.to - period.from > maxDays * dayMs) {
    throw new DocentError('invalid_request', `from: must be at most ${maxDays} days before to`)
  }
  return period
}

export const socketMessage = z.discriminatedUnion('type', [
  z.object({
    ...askBody.shape,
    type: z.literal('ask'),
    ref: identifier.optional(),
    idempotencyKey: z.string().optional(),
  }),
  z.object({type: z.literal('stop'), answerId: identifier, ref: identifier.optional()}),
  z.object({
    type: z.literal('resume'),
    answerId: identifier,
    after: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER).default(0),
    bufferMs: askBody.shape.bufferMs,
    ref: identifier.optional(),
  }),
])

export type SocketMessage = z.infer<typeof socketMessage>

/** @throws DocentError `invalid_request`. */
export function socketMessageOf(value: unknown): SocketMessage {
  return parsed(socketMessage, value)
}

/** @throws DocentError `invalid_request` that names the invalid fields: the first few, and how many more there are. */
export function parsed<T extends z.ZodType>(schema: T, value: unknown): z.infer<T> {
  const result = schema.safeParse(value, {error: issueWords})
  if (result.success) return result.data
  throw refusalOf(result.error.issues, ({path, message}) => ({field: path.join('.'), problem: message}))
}

/**
 * The parameters of a query, blank ones left out; others than those of the schema are ignored.
 * @throws DocentError `invalid_request`, also for a parameter that is given more than once.
 */
export function parsedParameters<T extends z.ZodObject>(schema: T, query: unknown): z.infer<T> {
  const values = withoutBlanks(query)
  const repeated = Object.keys(schema.shape).filter((name) => Array.isArray(values[name]))
  if (repeated.length > 0) throw refusalOf(repeated, (field) => ({field, problem: 'must be given once'}))
  return parsed(schema, values)
}

/**
 * The parameters of a query of staff, blank ones left out.
 * @throws DocentError `invalid_request`, also for a parameter that is not known, and for a `from` that is not before `to`.
 */
export function parsedQuery<T extends z.ZodObject>(schema: T, query: unknown): z.infer<T> {
  refuseUnknown(Object.keys(query ?? {}), Object.keys(schema.shape), 'parameter')
  const values = parsedParameters(schema, query)
  refuseEmptyPeriod(values)
  return values
}

/** Of a route without parameters. */
export const noQuery = z.object({})

/** The fields of a body. @throws DocentError `invalid_request`, also for a field that is not known. */
export function parsedBody<T extends z.ZodObject>(schema: T, body: unknown): z.infer<T> {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new DocentError('invalid_request', 'The request body must be an object.')
  refuseUnknown(Object.keys(body), Object.keys(schema.shape), 'field')
  return parsed(schema, body)
}

/** @throws DocentError `invalid_request`. */
function refuseEmptyPeriod({from, to}: {readonly from?: unknown; readonly to?: unknown}): void {
  if (typeof from !== 'number' || typeof to !== 'number' || from < to) return
  throw new DocentError('invalid_request', 'from: must be before to; swap them, or leave one out')
}

/** `?q=&ending=error`: an empty field of a form was not filled in. */
export function withoutBlanks(query: unknown): Record<string, unknown> {
  return Object.fromEntries(Object.entries(query ?? {}).filter(([, value]) => value !== ''))
}

type Defined<T> = {[K in keyof T]?: Exclude<T[K], undefined>}

/** The value without its undefined fields. */
export function defined<T extends object>(value: T): Defined<T> {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as Defined<T>
}
