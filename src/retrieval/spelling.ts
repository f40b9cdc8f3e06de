import type {IndexBuild} from '../search-index/index.ts'
import {BuildCache} from './build-cache.ts'
import {isTechnicalEnglishBuild, technicalEnglish} from './technical-english.ts'

const alphabet = 'abcdefghijklmnopqrstuvwxyz'

/** Shortest word that is corrected: shorter words are one edit from too many others. */
const minLength = 5
const minForeignLength = 8
const maxLength = 24
const maxCorrections = 3
/** Words of the table that are hardly more usual than those it leaves out are often typed wrong: `recieve`. */
const leastUse = 1.5
/** Maximum number of terms that a word is compared with, the most frequent of those that begin like it. */
const maxCompared = 20_000

// A look-up is cheap, but a word needs hundreds; the same typo is often typed again.
const cache = new WeakMap<IndexBuild, Map<string, readonly string[]>>()
const maxCached = 2_000

/** Whether a word is long enough to be told from others after an edit, and of ASCII letters and digits. */
export function isCorrectable(word: string): boolean {
  return word.length >= minLength && word.length <= maxLength && /^[a-z][a-z0-9]*$/.test(word)
}

/**
 * Terms of the build one edit (a letter added, missing, changed, or two swapped: Damerau-Levenshtein distance 1) from a
 * term it does not have, the most frequent first; at most three.
 *
 * The first two letters are seldom wrong: terms that share them are read at once and compared. Only when none is near,
 * every edit of those two letters is looked up. So the time hardly grows with the build.
 *
 * In English docs a word of documentation at large was typed as it was meant, and only its other spelling is offered:
 * `bread` is not `break`, but `behaviour` is `behavior`.
 */
export function correctionsOf(build: IndexBuild, term: string): readonly string[] {
  if (!isCorrectable(term)) return []
  // Stems of other languages are shorter than their words, and no table says which words were meant.
  const {language} = BuildCache.of(build).analysis
  if (language !== 'en' && term.length < minForeignLength) return []
  let cached = cache.get(build)
  if (cached === undefined) {
    cached = new Map()
    cache.set(build, cached)
  }
  const known = cached.get(term)
  if (known !== undefined) return known

  const frequencies = new Map<string, number>()
  for (const found of build.termsFrom(term.slice(0, 2), maxCompared)) {
    if (/^[a-z0-9]+$/.test(found.term) && isOneEdit(term, found.term)) {
      frequencies.set(found.term, build.documentFrequency(found.term))
    }
  }
  if (frequencies.size === 0) {
    for (const candidate of editsAtStart(term)) {
      if (frequencies.has(candidate)) continue
      const frequency = build.documentFrequency(candidate)
      // The first letter is the least likely to be wrong, so a candidate that keeps it wins.
      frequencies.set(candidate, candidate[0] === term[0] ? frequency : frequency * 0.05)
    }
  }
  const isMeant = isEnglishWord(term) && isTechnicalEnglishBuild(build)
  const best = [...frequencies]
    .filter(([found, frequency]) => frequency > 0 && (!isMeant || isSameWord(term, found)))
    .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
  const top = best[0]?.[1] ?? 0
  const corrections = best
    .filter(([, frequency]) => frequency >= top * 0.1)
    .slice(0, maxCorrections)
    .map(([candidate]) => candidate)

  if (cached.size >= maxCached) cached.clear()
  cached.set(term, corrections)
  return corrections
}

function isEnglishWord(term: string): boolean {
  const {shareOf, rareShare} = technicalEnglish()
  return shareOf(term) > leastUse * rareShare
}

/** Whether two stems are the British and the American spelling of one word. */
function isSameWord(one: string, other: string): boolean {
  return spelledAlike(one) === spelledAlike(other)
}

function spelledAlike(stem: string): string {
  return stem.replaceAll('z', 's').replaceAll('ou', 'o').replace(/er$/, 'r').replace(/ogu$/, 'og')
}

/** Terms one edit away, the edit at one of the first two letters. */
function* editsAtStart(term: string): Generator<string> {
  for (const index of [0, 1]) {
    const head = term.slice(0, index)
    const tail = term.slice(index)
    yield head + tail[1] + tail[0] + tail.slice(2)
    if (term.length > minLength) yield head + tail.slice(1)
    for (const letter of alphabet) {
      yield head + letter + tail.slice(1)
      yield head + letter + tail
    }
  }
}

/** Whether a term is one edit from another one: a letter added, missing or changed, or two swapped. */
export function isOneEdit(one: string, other: string): boolean {
  const difference = other.length - one.length
  if (difference < -1 || difference > 1 || one === other) return false
  if (difference < 0 && one.length <= minLength) return false
  let at = 0
  while (at < one.length && one[at] === other[at]) at++
  const rest = one.slice(at)
  const otherRest = other.slice(at)
  if (difference < 0) return rest.slice(1) === otherRest
  if (difference > 0) return rest === otherRest.slice(1)
  if (rest.slice(1) === otherRest.slice(1)) return true
  return rest[0] === otherRest[1] && rest[1] === otherRest[0] && rest.slice(2) === otherRest.slice(2)
}
