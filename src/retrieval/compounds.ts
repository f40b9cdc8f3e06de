import type {BuildCache} from './build-cache.ts'

/** Shorter parts are endings as often as words. */
const minPart = 4
/** What may join the parts of a compound, in German and its relatives; the longest first. */
const links = ['ens', 'es', 'en', 'er', 's', 'n', 'e', '']

/**
 * The parts of a compound that the docs do not have, by the words that they have: first those of which all parts are
 * known, then those of which the last one is, which says what the thing is. Null for a word that is none.
 */
export function compoundParts(
  term: string,
  {frequencyOf, analysis}: CompoundWords,
): readonly string[] | null {
  if (term.length < 2 * minPart || !/^\p{L}+$/u.test(term)) return null
  let lastKnown: readonly string[] | null = null
  for (let at = minPart; at <= term.length - minPart; at++) {
    const last = term.slice(at)
    if (frequencyOf(last) === 0) continue
    const first = stemOfPart(term.slice(0, at), {frequencyOf, analysis})
    if (first !== null) return [first, last]
    lastKnown ??= [analysis.stem(term.slice(0, at)), last]
  }
  return lastKnown
}

type CompoundWords = Pick<BuildCache, 'frequencyOf' | 'analysis'>

/** The stem of the first part, without what joins it to the next, where the docs have it. */
function stemOfPart(part: string, {frequencyOf, analysis}: CompoundWords): string | null {
  for (const link of links) {
    if (!part.endsWith(link) || part.length - link.length < minPart - 1) continue
    const stem = analysis.stem(part.slice(0, part.length - link.length))
    if (frequencyOf(stem) > 0) return stem
  }
  return null
}
