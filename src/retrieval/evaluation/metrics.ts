/** Depths every metric is given at. */
export const depths = [1, 3, 5, 10, 20] as const

/** Something found: a section of a page. */
export interface FoundSection {
  readonly pageUrl: string
  readonly anchor: string
}

/** What one question scored, as `hit@5`, `recall@5`, `precision@5`, `mrr@5`. */
export type Scores = Readonly<Record<string, number>>

/**
 * Scores of a result list, by section: a result counts when a relevant `url#anchor` names it, or a relevant
 * `url` its page. Recall counts each relevant entry once; precision divides by k.
 */
export function sectionScores(found: readonly FoundSection[], relevant: readonly string[]): Scores {
  return scoresOf(
    found.map((section) => relevant.filter((entry) => namesSection(entry, section))),
    new Set(relevant).size,
  )
}

/**
 * The same by page: pages in the order in which their first section was found, each once; the fragments of
 * what is relevant are ignored.
 */
export function pageScores(found: readonly FoundSection[], relevant: readonly string[]): Scores {
  const pages = [...new Set(found.map((section) => samePage(section.pageUrl)))]
  const wanted = new Set(relevant.map(pageOf))
  return scoresOf(
    pages.map((page) => (wanted.has(page) ? [page] : [])),
    wanted.size,
  )
}

/** One-based place of the first right section and of the first right page; null when not among the found. */
export function ranksOf(
  found: readonly FoundSection[],
  relevant: readonly string[],
): {readonly section: number | null; readonly page: number | null} {
  const section = found.findIndex((hit) => relevant.some((entry) => namesSection(entry, hit)))
  const wanted = new Set(relevant.map(pageOf))
  const page = [...new Set(found.map((hit) => samePage(hit.pageUrl)))].findIndex((url) => wanted.has(url))
  return {section: section < 0 ? null : section + 1, page: page < 0 ? null : page + 1}
}

function namesSection(entry: string, section: FoundSection): boolean {
  const hash = entry.indexOf('#')
  if (pageOf(entry) !== samePage(section.pageUrl)) return false
  return hash < 0 || entry.slice(hash + 1) === section.anchor
}

function pageOf(entry: string): string {
  const hash = entry.indexOf('#')
  return samePage(hash < 0 ? entry : entry.slice(0, hash))
}

/** One spelling of a page's address: `guides/auth`, `/guides/auth` and `/guides/auth/` are the same page. */
function samePage(url: string): string {
  const path = url.replace(/\/+$/, '')
  return /^[a-z][a-z0-9+.-]*:/i.test(path) || path.startsWith('/') ? path : `/${path}`
}

function scoresOf(matches: readonly (readonly string[])[], wanted: number): Scores {
  const scores: Record<string, number> = {}
  for (const k of depths) {
    const top = matches.slice(0, k)
    const first = top.findIndex((match) => match.length > 0)
    scores[`hit@${k}`] = first >= 0 ? 1 : 0
    scores[`recall@${k}`] = wanted === 0 ? 0 : new Set(top.flat()).size / wanted
    scores[`precision@${k}`] = top.filter((match) => match.length > 0).length / k
    scores[`mrr@${k}`] = first >= 0 ? 1 / (first + 1) : 0
  }
  return scores
}

/** Chance that a right one scores above a wrong one, ties counted half; null when there are none of a kind. */
export function auroc(right: readonly number[], wrong: readonly number[]): number | null {
  if (right.length === 0 || wrong.length === 0) return null
  const all = [
    ...right.map((score) => ({score, isRight: true})),
    ...wrong.map((score) => ({score, isRight: false})),
  ].sort((a, b) => a.score - b.score)
  // Mann–Whitney: the rank sum of the right ones, ties sharing their mean rank.
  let rankSum = 0
  for (let at = 0; at < all.length; ) {
    let to = at
    while (to < all.length && all[to]!.score === all[at]!.score) to++
    const rank = (at + 1 + to) / 2
    for (let index = at; index < to; index++) if (all[index]!.isRight) rankSum += rank
    at = to
  }
  return (rankSum - (right.length * (right.length + 1)) / 2) / (right.length * wrong.length)
}

export interface Interval {
  readonly value: number
  readonly low: number
  readonly high: number
}

/** Mean with its 95 % percentile bootstrap interval; the same seed gives the same interval. */
export function bootstrap(values: readonly number[], seed = 1, rounds = 2_000): Interval {
  const mean = (numbers: readonly number[]) =>
    numbers.length === 0 ? 0 : numbers.reduce((sum, value) => sum + value, 0) / numbers.length
  if (values.length < 2) return {value: mean(values), low: mean(values), high: mean(values)}
  const random = randomFrom(seed)
  const means = Array.from({length: rounds}, () => {
    let sum = 0
    for (let index = 0; index < values.length; index++) sum += values[Math.floor(random() * values.length)]!
    return sum / values.length
  }).sort((a, b) => a - b)
  return {
    value: mean(values),
    low: means[Math.floor(rounds * 0.025)]!,
    high: means[Math.ceil(rounds * 0.975) - 1]!,
  }
}

/** Numbers from 0 up to 1, the same for the same seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
