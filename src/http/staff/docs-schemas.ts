import {z} from 'zod'
import {languageTag} from '../../text/language-tag-schema.ts'
import {endMomentOf, momentOf} from '../../transcripts/index.ts'
import {coverageFilters, coverageOrders} from '../builds/coverage.ts'
import {
  cursorWords,
  moment,
  momentWords,
  parsedQuery,
  periodOf,
  questionText,
  wholeNumber,
} from '../request-schemas.ts'

const buildId = z.string().min(1).max(200)
const path = z.string().min(1).max(2_000)
const cursor = wholeNumber(0, 10_000_000).default(0).describe(cursorWords)
const limit = wholeNumber(1, 200).default(50).describe('Pages at once.')

export const changesQuery = z.object({
  from: buildId.describe('The build to compare with.'),
  kind: z.enum(['added', 'changed', 'moved', 'removed']).optional().describe('Only pages of this kind.'),
  cursor,
  limit,
})

/** Which changes between two builds. @throws DocentError `invalid_request`, as the others here. */
export function changesRequestOf(query: unknown): z.infer<typeof changesQuery> {
  return parsedQuery(changesQuery, query)
}

export const changedSectionQuery = z.object({
  from: buildId.describe('The build to compare with.'),
  path: path.describe('The path of the page.'),
  pathBefore: path.optional().describe('Its path in the other build, if that was another one.'),
  anchor: z
    .string()
    .max(500)
    .default('')
    .describe('The anchor of the section. Default: what comes before the first heading.'),
})

/** Which section of two builds. */
export function sectionChangeRequestOf(query: unknown): z.infer<typeof changedSectionQuery> {
  return parsedQuery(changedSectionQuery, query)
}

export const coverageQuery = z.object({
  from: moment(momentOf).optional().describe(`${momentWords} Default: 30 days before \`to\`.`),
  to: moment(endMomentOf).optional().describe(`${momentWords} Exclusive. Default: now.`),
  q: z.string().max(200).default('').describe('Words in the title or the path.'),
  only: z
    .enum(coverageFilters)
    .optional()
    .describe(
      'Pages that were never shown, shown and never cited, cited in disliked answers, or near what was not answered.',
    ),
  sort: z.enum(coverageOrders).default('shown').describe('The greatest first, or by path.'),
  cursor,
  limit,
  format: z.enum(['json', 'csv']).default('json').describe('`csv` has all pages.'),
})

/** Which pages of the coverage; of the last 30 days by default. @param now in milliseconds since the epoch */
export function coverageRequestOf(query: unknown, now: number) {
  const {from, to, only = null, ...rest} = parsedQuery(coverageQuery, query)
  return {...rest, only, ...periodOf({from, to}, now)}
}

export const explainQuery = z.object({
  q: questionText.describe('The question.'),
  version: z.string().min(1).max(100).optional().describe('Only this version of the docs.'),
  lang: languageTag.optional().describe('The language to answer from (BCP 47).'),
  build: buildId
    .optional()
    .describe('A kept build that was made with the same model. Default: the one that is served.'),
})

/** What is searched for, and in which build. */
export function explainRequestOf(query: unknown) {
  const {q, version = null, lang = null, build = null} = parsedQuery(explainQuery, query)
  return {text: q.trim(), version, lang, build}
}
