/** Hashed words, at most: then the table begins again. */
const maxWords = 50_000
/** Places for them, a power of two. */
const places = 131_072

export interface WordTableOptions<Word> {
  /** Longer words are not kept. In UTF-16 units. */
  readonly maxLength: number
  readonly make: (spelling: string) => Word
}

/**
 * What is known of words, found by where they stand in a text: without cutting them out first, which a map of strings
 * would need. A hash table with open addressing.
 */
export class WordTable<Word extends {readonly spelling: string}> {
  readonly #options: WordTableOptions<Word>
  /** By place: the number of a word, plus one; 0 where there is none. */
  readonly #numbers = new Int32Array(places)
  readonly #hashes = new Int32Array(maxWords)
  #words: Word[] = []

  constructor(options: WordTableOptions<Word>) {
    this.#options = options
  }

  /** What `make` returned for the word at `[start, end)` of a text. */
  at(text: string, start: number, end: number): Word {
    const {maxLength, make} = this.#options
    if (end - start > maxLength) return make(text.slice(start, end))
    const hash = hashOf(text, start, end)
    let place = hash & (places - 1)
    for (let number = this.#numbers[place]!; number > 0; number = this.#numbers[place]!) {
      if (this.#hashes[number - 1] === hash) {
        const word = this.#words[number - 1]!
        if (isAt(text, start, end, word.spelling)) return word
      }
      place = (place + 1) & (places - 1)
    }
    const word = make(text.slice(start, end))
    if (this.#words.length < maxWords) this.#add(word, hash, place)
    else this.#clear()
    return word
  }

  #add(word: Word, hash: number, place: number): void {
    this.#hashes[this.#words.length] = hash
    this.#words.push(word)
    this.#numbers[place] = this.#words.length
  }

  #clear(): void {
    this.#words = []
    this.#numbers.fill(0)
  }
}

/** FNV-1a (Fowler, Noll and Vo), over UTF-16 units, with the high bits mixed into the low ones that make the place. */
function hashOf(text: string, start: number, end: number): number {
  let hash = 0x811c9dc5
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  return hash ^ (hash >>> 15)
}

function isAt(text: string, start: number, end: number, spelling: string): boolean {
  if (spelling.length !== end - start) return false
  for (let at = 0; at < spelling.length; at++) {
    if (spelling.charCodeAt(at) !== text.charCodeAt(start + at)) return false
  }
  return true
}
