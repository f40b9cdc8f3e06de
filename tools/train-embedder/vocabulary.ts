import {padToken, unknownToken, WordPieces} from './word-pieces.ts'

export interface VocabularyOptions {
  /** Maximum number of pieces, the two special ones included. A small corpus yields fewer. */
  readonly size: number
  /** Rarer words are ignored. Default 2. */
  readonly minCount?: number
  /** Number of characters kept, the most frequent. Words with other characters become unknown. Default 500. */
  readonly alphabet?: number
}

/**
 * Learns word-pieces from word counts by merging the most frequent neighbours (byte-pair encoding, as the usual
 * WordPiece trainers do), 20 % more than wanted; then prunes those that longest-match tokenisation uses least.
 * The same counts give the same pieces.
 */
export function trainVocabulary(
  counts: ReadonlyMap<string, number>,
  options: VocabularyOptions,
): readonly string[] {
  const {size, minCount = 2, alphabet = 500} = options
  const words = [...counts]
    .filter(([word, count]) => count >= minCount && word.length <= 40)
    .sort(([a, countA], [b, countB]) => countB - countA || (a < b ? -1 : 1))
  const letters = alphabetOf(words, alphabet)
  const wanted = Math.max(0, size - 2)
  const pieces = mergePieces(words, letters, Math.ceil(wanted * 1.2))
  return prune(words, pieces, wanted)
}

function alphabetOf(words: readonly (readonly [string, number])[], limit: number): Set<string> {
  const counts = new Map<string, number>()
  for (const [word, count] of words) {
    for (const char of word) counts.set(char, (counts.get(char) ?? 0) + count)
  }
  return new Set(
    [...counts]
      .sort(([a, countA], [b, countB]) => countB - countA || (a < b ? -1 : 1))
      .slice(0, limit)
      .map(([char]) => char),
  )
}

/** Two piece ids fit into one safe integer. */
const pairBase = 2 ** 24

function mergePieces(
  words: readonly (readonly [string, number])[],
  letters: ReadonlySet<string>,
  wanted: number,
): string[] {
  const pieces: string[] = []
  const idOf = new Map<string, number>()
  const idFor = (piece: string): number => {
    let id = idOf.get(piece)
    if (id === undefined) {
      id = pieces.push(piece) - 1
      idOf.set(piece, id)
    }
    return id
  }

  // Both forms of each common letter: an unseen word may begin or continue with any of them.
  for (const letter of letters) {
    if (/[a-z0-9]/.test(letter)) {
      idFor(letter)
      idFor(`##${letter}`)
    }
  }
  const symbolsOf: number[][] = []
  const weights: number[] = []
  for (const [word, count] of words) {
    const chars = [...word]
    if (!chars.every((char) => letters.has(char))) continue
    symbolsOf.push(chars.map((char, index) => idFor(index === 0 ? char : `##${char}`)))
    weights.push(count)
  }

  const pairCounts = new Map<number, number>()
  const pairWords = new Map<number, Set<number>>()
  const count = (pair: number, weight: number, word: number): void => {
    pairCounts.set(pair, (pairCounts.get(pair) ?? 0) + weight)
    const wordsWithPair = pairWords.get(pair)
    if (wordsWithPair) wordsWithPair.add(word)
    else pairWords.set(pair, new Set([word]))
  }
  symbolsOf.forEach((symbols, word) => {
    for (let i = 1; i < symbols.length; i++) {
      count(symbols[i - 1]! * pairBase + symbols[i]!, weights[word]!, word)
    }
  })

  // Entries go stale when a count changes; a stale one is pushed again with its current count when popped.
  const heap = new PairHeap()
  for (const [pair, total] of pairCounts) heap.push(total, pair)

  while (pieces.length < wanted) {
    const top = heap.pop()
    if (top === null) break
    const [total, pair] = top
    const current = pairCounts.get(pair) ?? 0
    if (current !== total) {
      if (current > 0) heap.push(current, pair)
      continue
    }
    const left = Math.floor(pair / pairBase)
    const right = pair % pairBase
    const merged = idFor(pieces[left]! + pieces[right]!.slice(2))

    const grown = new Set<number>()
    for (const word of pairWords.get(pair) ?? []) {
      const symbols = symbolsOf[word]!
      const weight = weights[word]!
      for (let i = 1; i < symbols.length; i++) {
        const old = symbols[i - 1]! * pairBase + symbols[i]!
        pairCounts.set(old, (pairCounts.get(old) ?? 0) - weight)
      }
      const rewritten: number[] = []
      for (let i = 0; i < symbols.length; i++) {
        if (symbols[i] === left && symbols[i + 1] === right) {
          rewritten.push(merged)
          i++
        } else {
          rewritten.push(symbols[i]!)
        }
      }
      symbolsOf[word] = rewritten
      for (let i = 1; i < rewritten.length; i++) {
        const fresh = rewritten[i - 1]! * pairBase + rewritten[i]!
        count(fresh, weight, word)
        if (rewritten[i - 1] === merged || rewritten[i] === merged) grown.add(fresh)
      }
    }
    pairCounts.delete(pair)
    pairWords.delete(pair)
    for (const fresh of grown) heap.push(pairCounts.get(fresh)!, fresh)
  }
  return pieces
}

/** The pieces that longest-match tokenisation uses most; single characters always stay. */
function prune(
  words: readonly (readonly [string, number])[],
  pieces: readonly string[],
  wanted: number,
): readonly string[] {
  const tokeniser = new WordPieces([padToken, unknownToken, ...pieces])
  const uses = new Float64Array(tokeniser.vocabulary.length)
  for (const [word, count] of words) {
    for (const id of tokeniser.piecesOf(word)) uses[id]! += count
  }
  const isLetter = (piece: string): boolean => [...piece.replace(/^##(?=.)/u, '')].length === 1
  const kept = pieces
    .map((piece, index) => ({piece, uses: isLetter(piece) ? Number.MAX_VALUE : uses[index + 2]!}))
    .sort((a, b) => b.uses - a.uses || (a.piece < b.piece ? -1 : 1))
    .slice(0, wanted)
    .map(({piece}) => piece)
  // Frequent pieces first, so that rows that are read together are close in memory.
  return [padToken, unknownToken, ...kept]
}

/** A binary heap of pairs, greatest count first, lower pair number first among equals. */
class PairHeap {
  readonly #counts: number[] = []
  readonly #pairs: number[] = []

  push(count: number, pair: number): void {
    let at = this.#counts.length
    this.#counts.push(count)
    this.#pairs.push(pair)
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (!this.#before(at, parent)) break
      this.#swap(at, parent)
      at = parent
    }
  }

  pop(): readonly [count: number, pair: number] | null {
    if (this.#counts.length === 0) return null
    const top = [this.#counts[0]!, this.#pairs[0]!] as const
    const count = this.#counts.pop()!
    const pair = this.#pairs.pop()!
    if (this.#counts.length > 0) {
      this.#counts[0] = count
      this.#pairs[0] = pair
      let at = 0
      for (;;) {
        const left = 2 * at + 1
        let best = at
        if (left < this.#counts.length && this.#before(left, best)) best = left
        if (left + 1 < this.#counts.length && this.#before(left + 1, best)) best = left + 1
        if (best === at) break
        this.#swap(at, best)
        at = best
      }
    }
    return top
  }

  #before(a: number, b: number): boolean {
    const difference = this.#counts[a]! - this.#counts[b]!
    return difference > 0 || (difference === 0 && this.#pairs[a]! < this.#pairs[b]!)
  }

  #swap(a: number, b: number): void {
    const count = this.#counts[a]!
    const pair = this.#pairs[a]!
    this.#counts[a] = this.#counts[b]!
    this.#pairs[a] = this.#pairs[b]!
    this.#counts[b] = count
    this.#pairs[b] = pair
  }
}
