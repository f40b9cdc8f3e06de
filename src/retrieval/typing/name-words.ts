import {TwoGenerationCache} from '../../lib/two-generation-cache.ts'
import {isCorrectable, isOneEdit} from '../spelling.ts'

/** Words kept of the names of a build; comparing one with all takes a millisecond or two. */
const maxWords = 30_000
const maxCached = 2_000

/**
 * The words of titles and headings as they are written, by their first letters. The index has only stems, and the stem
 * of a typo may be far from that of the word: `seting` and `set`.
 */
export class NameWords {
  readonly #byFirst = new Map<string, Set<string>>()
  #count = 0
  readonly #near = new TwoGenerationCache<string, readonly string[]>(maxCached)

  /** @param key of a name, as `nameKeyOf` returns it. */
  add(key: string): void {
    for (const word of key.split(' ')) {
      if (this.#count >= maxWords) return
      if (!isCorrectable(word)) continue
      const first = word[0]!
      let words = this.#byFirst.get(first)
      if (words === undefined) {
        words = new Set()
        this.#byFirst.set(first, words)
      }
      if (words.has(word)) continue
      words.add(word)
      this.#count++
    }
  }

  /**
   * The words one edit from one that is no word of a name and begins none, in alphabetical order. The first letter is
   * seldom wrong: words with another one are compared only when no word with the same one is near.
   */
  near(word: string): readonly string[] {
    if (!isCorrectable(word)) return []
    let near = this.#near.get(word)
    if (near === undefined) {
      near = this.#read(word)
      this.#near.set(word, near)
    }
    return near
  }

  #read(word: string): string[] {
    const same = [...(this.#byFirst.get(word[0]!) ?? [])]
    if (same.some((other) => other.startsWith(word))) return []
    const isNear = (other: string): boolean => isOneEdit(word, other)
    const near = same.filter(isNear)
    if (near.length > 0) return near.sort()
    return [...this.#byFirst.values()].flatMap((others) => [...others].filter(isNear)).sort()
  }
}
