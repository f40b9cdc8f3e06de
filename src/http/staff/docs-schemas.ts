import {z} from 'zod'
import {languageTag} from '../../text/language-tag-schema.ts'
import {endMomentOf, momentOf} from '../../transcripts/index.ts'
import {coverageFilters, coverageOrders} from '../builds/coverage.ts'
import {moment, parsedQuery, periodOf, questionText} from '../request-schemas.ts'

const buildId = z.string().min(1).max(200)
const path = z.string().min(1).max(2_000)
const cursor = z.coerce.number().int().min(0).max(10_000_000).default(0)
const limit = z.coerce.number().int().min(1).max(200).default(50)

export const changesQuery = z.object({
  from: buildId,
  kind: z.enum(['added', 'changed', 'moved', 'removed']).optional(),
  cursor,
  limit,
})

/** Which changes between two builds. @throws DocentError `invalid_request`, as the others here. */
export function changesRequestOf(query: unknown): z.infer<typeof changesQuery> {
  return parsedQuery(changesQuery, query)
}

export const changedSectionQuery = z.object({
  from: buildId,
  path,
  pathBefore: path.optional(),
  anchor: z.string().max(500).default(''),
})

/** Which section of two builds. */
export function sectionChangeRequestOf(query: unknown): z.infer<typeof changedSectionQuery> {
  return parsedQuery(changedSectionQuery, query)
}

export const coverageQuery = z.object({
  from: moment(momentOf).optional(),
  to: moment(endMomentOf).optional(),
  q: z.string().max(200).default(''),
  only: z.enum(coverageFilters).optional(),
  sort: z.enum(coverageOrders).default('shown'),
  cursor,
  limit,
  format: z.enum(['json', 'csv']).default('json'),
})

/** Which pages of the coverage; of the last 30 days by default. @param now in milliseconds since the epoch */
export function coverageRequestOf(query: unknown, now: number) {
  const {from, to, only = null, ...rest} = parsedQuery(coverageQuery, query)
  return {...rest, only, ...periodOf({from, to}, now)}
}

export const explainQuery = z.object({
  q: questionText,
  version: z.string().min(1).max(100).optional(),
  lang: languageTag.optional(),
  build: buildId.optional(),
})

/** What is searched for, and in which build. */
export function explainRequestOf(query: unknown) {
  const {q, version = null, lang = null, build = null} = parsedQuery(explainQuery, query)
  return {text: q.trim(), version, lang, build}
}
