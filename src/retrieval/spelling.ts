import type {IndexBuild} from '../index/build.ts'

const alphabet = 'abcdefghijklmnopqrstuvwxyz'

/** Shortest word that is corrected: below it everything is one slip from everything. */
const minLength = 5
const maxLength = 24
const maxCorrections = 3

// Lookups are cheap but hundreds are needed for a word; the same slip is often typed again.
const cache = new WeakMap<IndexBuild, Map<string, readonly string[]>>()
const maxCached = 2_000

/**
 * Terms of the build one slip (a letter too much, too few, changed, or two swapped) from a term it does not
 * know, the most frequent first; at most three. Empty when there is none.
 *
 * Made the other way round from a walk over the vocabulary: all terms one slip away are looked up, about 60 for
 * each letter, so the time does not grow with the build.
 */
export function correctionsOf(build: IndexBuild, term: string): readonly string[] {
  if (term.length < minLength || term.length > maxLength || !/^[a-z][a-z0-9]*$/.test(term)) return []
  let known = cache.get(build)
  if (known === undefined) {
    known = new Map()
    cache.set(build, known)
  }
  const before = known.get(term)
  if (before !== undefined) return before

  const frequencies = new Map<string, number>()
  for (const candidate of oneSlipFrom(term)) {
    if (frequencies.has(candidate)) continue
    const frequency = build.documentFrequency(candidate)
    // The first letter is seldom wrong, so a candidate that keeps it wins.
    frequencies.set(candidate, candidate[0] === term[0] ? frequency : frequency * 0.05)
  }
  const best = [...frequencies]
    .filter(([, frequency]) => frequency > 0)
    .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
  const top = best[0]?.[1] ?? 0
  const corrections = best
    .filter(([, frequency]) => frequency >= top * 0.1)
    .slice(0, maxCorrections)
    .map(([candidate]) => candidate)

  if (known.size >= maxCached) known.clear()
  known.set(term, corrections)
  return corrections
}

function* oneSlipFrom(term: string): Generator<string> {
  for (let index = 0; index <= term.length; index++) {
    const head = term.slice(0, index)
    const tail = term.slice(index)
    if (tail.length > 1) yield head + tail[1] + tail[0] + tail.slice(2)
    if (tail !== '' && term.length > minLength) yield head + tail.slice(1)
    for (const letter of alphabet) {
      if (tail !== '') yield head + letter + tail.slice(1)
      yield head + letter + tail
    }
  }
}
