import {headOf} from '../lib/cut.ts'
import {BuildCache} from './build-cache.ts'
import type {Candidate} from './candidate.ts'
import type {FoundSections} from './find-sections.ts'
import {shownName, urlOf} from './page-links.ts'
import type {ExplainedSection, Explanation, StageRank} from './retriever.ts'
import type {SectionGroup} from './section-groups.ts'
import {rounded} from './shown-scores.ts'
import {type ShownContext, sourcesOf} from './shown-sections.ts'

/** Sections of each search that are shown. */
const maxHits = 20
const maxTextLength = 4_000

/** What the stages of a search made of it. */
export function explanationOf(
  found: FoundSections,
  groups: readonly SectionGroup[],
  context: ShownContext,
): Omit<Explanation, 'build' | 'query' | 'lang' | 'timings'> {
  const {ranking, candidates, answerability, threshold, abstention, shade, unknownWords, features} = found
  const sources = groups
    .flatMap((group) => sourcesOf(group, context))
    .map((source, index) => ({...source, n: index + 1}))
  return {
    terms: found.rankingQuery.terms.map(({word, weight, known, corrected, terms}) => ({
      ...{word, known, weight: Math.round(weight * 100) / 100},
      corrections: corrected ? terms : null,
    })),
    sections: sectionsOf(ranking, candidates, groups, context),
    abstention: abstention ?? (sources.length === 0 ? {reason: 'no_hits', nearest: []} : null),
    ...{answerability, threshold, shade, unknownWords, sources},
    features: rounded({...features}),
  }
}

function sectionsOf(
  {candidates: ranked, hits}: FoundSections['ranking'],
  candidates: readonly Candidate[],
  groups: readonly SectionGroup[],
  {build, siteUrl}: ShownContext,
): ExplainedSection[] {
  const words = ranksOf(hits.lexical)
  const vectors = ranksOf(hits.similar)
  const first = ranksOf(new Map(ranked.map(({section, firstScore}) => [section.id, firstScore])))
  const byId = new Map(ranked.map((candidate, index) => [candidate.section.id, {candidate, rank: index + 1}]))
  const chosen = new Map(candidates.map(({section}, index) => [section.id, index + 1]))
  const numbers = new Map(groups.flat().map(({section}, index) => [section.id, index + 1]))
  const isFirst = ([, {rank}]: [number, StageRank]) => rank <= maxHits
  const ids = new Set([
    ...numbers.keys(),
    ...chosen.keys(),
    ...byId.keys(),
    ...[...words].filter(isFirst).map(([id]) => id),
    ...[...vectors].filter(isFirst).map(([id]) => id),
  ])
  const sections = new Map(build.sections([...ids]).map((section) => [section.id, section]))
  return [...ids].flatMap((id) => {
    const section = sections.get(id)
    if (section === undefined) return []
    const text = build.passagesOf(id).map((passage) => passage.text)
    const {candidate, rank} = byId.get(id) ?? {candidate: null, rank: 0}
    const shown = (rankOf: StageRank | undefined) =>
      rankOf === undefined || rankOf.rank > maxHits ? null : rankOf
    return {
      title: shownName(section.page.title),
      headings: section.headings.map(shownName),
      url: urlOf(build, section.page, siteUrl),
      anchor: BuildCache.of(build).addressOf(section).anchor,
      path: section.page.path,
      version: section.page.version,
      text: headOf(text.join('\n'), maxTextLength),
      words: shown(words.get(id)),
      vectors: shown(vectors.get(id)),
      first: first.get(id) ?? null,
      ranked:
        candidate === null
          ? null
          : {
              rank,
              score: rounded({score: candidate.score})['score']!,
              features: rounded({...candidate.features}),
            },
      chosen: chosen.get(id) ?? null,
      source: numbers.get(id) ?? null,
    }
  })
}

/** The greatest score first. */
function ranksOf(scores: ReadonlyMap<number, number>): Map<number, StageRank> {
  return new Map(
    [...scores]
      .sort(([id, score], [otherId, other]) => other - score || id - otherId)
      .map(([id, score], index) => [id, {rank: index + 1, score: Math.round(score * 1_000) / 1_000}]),
  )
}
