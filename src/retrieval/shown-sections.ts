import type {RetrievedSource, SiteUrl} from '../domain/index.ts'
import type {IndexBuild, StoredSection} from '../search-index/index.ts'
import {bestExcerptOf} from '../text/best-excerpt.ts'
import {type MarkedWords, marksOf} from '../text/marks.ts'
import {BuildCache} from './build-cache.ts'
import type {Candidate} from './candidate.ts'
import {shownName, urlOf} from './page-links.ts'
import type {QuestionTerm} from './question-terms.ts'
import type {SearchHit} from './retriever.ts'
import type {GroupedSection, SectionGroup} from './section-groups.ts'
import {scoresOf, shownScore} from './shown-scores.ts'

/** What is needed to show a section of a build to a reader. */
export interface ShownContext {
  readonly build: IndexBuild
  /** Where the docs live; null for this server. */
  readonly siteUrl: SiteUrl
  readonly terms: readonly QuestionTerm[]
}

/** The sections of a group as sources, in order, not yet numbered. */
export function sourcesOf(group: SectionGroup, context: ShownContext): Omit<RetrievedSource, 'n'>[] {
  const first = group[0]
  if (first === undefined) return []
  const {sourceId} = BuildCache.of(context.build).addressOf(first.section)
  return group.map((member) => sourceOf(member, sourceId, context))
}

function sourceOf(
  {section, candidate, text: {blocks, text, isWhole}}: GroupedSection,
  group: string,
  {build, siteUrl, terms}: ShownContext,
): Omit<RetrievedSource, 'n'> {
  const {anchor, sourceId} = BuildCache.of(build).addressOf(section)
  const excerpt = excerptOf(text, terms, build)
  return {
    id: sourceId,
    group,
    title: shownName(section.page.title),
    headings: section.headings.map(shownName),
    url: urlOf(build, section.page, siteUrl),
    anchor,
    score: shownScore(candidate.score),
    snippet: excerpt.text,
    highlights: excerpt.highlights,
    blocks,
    ...(isWhole ? {} : {isPart: true as const}),
    text,
    path: section.page.path,
    version: section.page.version,
    lang: section.page.lang,
    scores: scoresOf(candidate),
  }
}

/** A candidate as a search result. */
export function hitOf(candidate: Candidate, {build, siteUrl, terms}: ShownContext): SearchHit {
  const {section, bestPassageId} = candidate
  const passages = build.passagesOf(section.id)
  const best = passages.find((passage) => passage.id === bestPassageId) ?? passages[0]
  const {text} = excerptOf(best?.text ?? '', terms, build)
  return {
    ...placeOf(section, text, {
      build,
      siteUrl,
      marked: {
        terms: new Set(terms.flatMap((term) => term.terms)),
        analysis: BuildCache.of(build).analysis,
      },
    }),
    score: shownScore(candidate.score),
    scores: scoresOf(candidate),
  }
}

/** A section as a search result with a text to show of it, without its scores. */
export function placeOf(
  section: StoredSection,
  text: string,
  {build, siteUrl, marked}: Pick<ShownContext, 'build' | 'siteUrl'> & {readonly marked: MarkedWords},
): Omit<SearchHit, 'score' | 'scores'> {
  const {page, headings} = section
  const title = shownName(page.title)
  const names = headings.map(shownName)
  return {
    url: urlOf(build, page, siteUrl),
    title,
    headings: names,
    anchor: BuildCache.of(build).addressOf(section).anchor,
    text,
    highlights: {
      title: marksOf(title, marked),
      headings: names.map((name) => marksOf(name, marked)),
      text: marksOf(text, marked),
    },
    pageUrl: page.url,
    path: page.path,
    version: page.version,
  }
}

/** The part of a text that matches best. A word's other forms count half. */
function excerptOf(
  text: string,
  terms: readonly QuestionTerm[],
  build: IndexBuild,
): ReturnType<typeof bestExcerptOf> {
  const weights = new Map<string, number>()
  for (const term of terms) {
    for (const [index, form] of term.terms.entries()) {
      weights.set(form, Math.max(weights.get(form) ?? 0, index === 0 ? term.weight : term.weight / 2))
    }
  }
  return bestExcerptOf(text, weights, {analysis: BuildCache.of(build).analysis})
}
