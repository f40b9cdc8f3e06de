import {stemOf} from './terms.ts'

/** Endings of English words that the stemmer takes off. */
const endings = (
  'ing ings ed er ers ion ions ation ations ization izations ment ments able ible ability ly ness ance ence ency ' +
  'ive al ies ity ize ized izing ate ated ating es'
).split(' ')

/** A shorter beginning has too many endings to say anything. */
const minLength = 3

/**
 * The stems of words that a beginning may grow into by one of the usual endings, and that do not begin with it
 * themselves: `scalin` may become `scaling`, whose stem is `scale`. Empty for a beginning that is not of ASCII letters.
 */
export function stemsAhead(beginning: string): ReadonlySet<string> {
  const stems = new Set<string>()
  if (beginning.length < minLength || !/^[a-z]+$/.test(beginning)) return stems
  for (const ending of endings) {
    for (let typed = 0; typed < ending.length; typed++) {
      if (!beginning.endsWith(ending.slice(0, typed))) continue
      const stem = stemOf(beginning + ending.slice(typed))
      if (!stem.startsWith(beginning)) stems.add(stem)
    }
  }
  return stems
}
