import {type Random, randomIndex, shuffle} from '../../src/lib/random.ts'
import type {TrainingSection} from './training-sections.ts'
import type {WordPieces} from './word-pieces.ts'

/** A question and the text that answers it, as ids of pieces. */
export interface TrainingPair {
  readonly query: readonly number[]
  readonly passage: readonly number[]
  /** Pairs of a batch with the same key are not negatives of each other. */
  readonly key: string
}

export interface PairOptions {
  /** Maximum number of pieces in a passage. Default 160. */
  readonly passageLength: number
  /** Share of the pieces left out at random. Default 0.1. */
  readonly dropout: number
  /** Maximum number of neighbouring sections that share a batch. Default 8. */
  readonly neighbours: number
  /** Share of heading questions that begin like a question. Default 0.5. */
  readonly questions: number
  /** Share of the words of heading questions that get a typo. Default 0.03. */
  readonly typos: number
  /** Share of the questions from a text that are scattered rare words instead of a window. Default 0. */
  readonly keywords: number
  /** A source with more than this share of the sections is sampled down to it. Default 0.2. */
  readonly largestShare: number
}

export const defaultPairOptions: PairOptions = {
  passageLength: 160,
  dropout: 0.1,
  neighbours: 8,
  questions: 0.5,
  typos: 0.03,
  keywords: 0,
  largestShare: 0.2,
}

/** How people begin a question: these words should not affect its vector much. */
const openings = [
  'how do i',
  'how to',
  'how can i',
  'how does',
  'what is',
  'what are',
  'what does',
  'where can i find',
  'where do i',
  'can i',
  'is there a way to',
  'is it possible to',
  'why does',
  'why is',
  'when should i use',
  'which',
  'how do you',
  'explain',
  'tell me about',
  'i want to',
  'how should i',
  'what happens if',
  "what's the difference between",
  'help with',
  'please show me how to',
  'my',
  'example of',
  'do i need',
]

/** Headings of more pages than this do not name a subject ("Examples", "See also"). */
const maxSpecificPages = 12

interface PreparedSection {
  readonly title: string
  readonly heading: string
  readonly path: string
  readonly titleIds: readonly number[]
  readonly pathIds: readonly number[]
  readonly isGeneric: boolean
  readonly start: number
  readonly end: number
}

/** Samples training pairs from sections, in batches. */
export class PairSampler {
  readonly #pieces: WordPieces
  readonly #options: PairOptions
  readonly #random: Random
  readonly #sections: PreparedSection[] = []
  readonly #ids: Uint16Array
  readonly #continues: Uint8Array
  /** Each piece's share of all pieces. */
  readonly #frequencies: Float64Array
  /** Neighbouring sections, [first, end), and the probability that an epoch visits them. */
  readonly #runs: {readonly first: number; end: number; readonly source: string; probability: number}[] = []

  constructor(
    sections: readonly TrainingSection[],
    pieces: WordPieces,
    random: Random,
    options: PairOptions = defaultPairOptions,
  ) {
    this.#pieces = pieces
    this.#options = options
    this.#random = random
    this.#continues = Uint8Array.from(pieces.vocabulary, (piece) => (piece.startsWith('##') ? 1 : 0))

    const pagesWith = new Map<string, number>()
    for (const {headings} of sections) {
      const heading = headings.at(-1)?.toLowerCase()
      if (heading !== undefined) pagesWith.set(heading, (pagesWith.get(heading) ?? 0) + 1)
    }

    let ids = new Uint16Array(1 << 20)
    let used = 0
    let page = ''
    for (const section of sections) {
      const encoded = pieces.encode(section.text)
      if (encoded.length < 4) continue
      if (used + encoded.length > ids.length) {
        const larger = new Uint16Array(Math.max(ids.length * 2, used + encoded.length))
        larger.set(ids)
        ids = larger
      }
      ids.set(encoded, used)

      const heading = section.headings.at(-1) ?? section.title
      const path = [section.title, ...section.headings.filter((part) => part !== section.title)].join(' ')
      const index = this.#sections.length
      this.#sections.push({
        title: section.title,
        heading,
        path,
        titleIds: pieces.encode(section.title),
        pathIds: pieces.encode(path),
        isGeneric: (pagesWith.get(heading.toLowerCase()) ?? 0) > maxSpecificPages,
        start: used,
        end: used + encoded.length,
      })
      used += encoded.length

      const key = `${section.source}\n${section.path}\n${section.title}`
      const run = this.#runs.at(-1)
      if (run && key === page && index - run.first < options.neighbours) run.end = index + 1
      else this.#runs.push({first: index, end: index + 1, source: section.source, probability: 1})
      page = key
    }
    this.#ids = ids.subarray(0, used)
    this.#limitShares()
    this.#frequencies = Float64Array.from(this.counts(), (count) => count / used)
  }

  get sectionCount(): number {
    return this.#sections.length
  }

  /** How often each piece occurs in the texts. */
  counts(): Float64Array {
    const counts = new Float64Array(this.#pieces.vocabulary.length)
    for (const id of this.#ids) counts[id]! += 1
    return counts
  }

  /** Expected batches of `rows` pairs per epoch, which visits each section twice: by its heading and by its words. */
  batchesPerEpoch(rows: number): number {
    const expected = this.#runs.reduce(
      (sum, {first, end, probability}) => sum + (end - first) * probability,
      0,
    )
    return (2 * expected) / rows
  }

  *epoch(rows: number): Generator<TrainingPair[]> {
    const visits = this.#runs
      .filter(({probability}) => probability === 1 || this.#random() < probability)
      .flatMap(({first, end}) => [
        {first, end, byHeading: true},
        {first, end, byHeading: false},
      ])
    shuffle(visits, this.#random)

    let batch: TrainingPair[] = []
    for (const {first, end, byHeading} of visits) {
      for (let section = first; section < end; section++) {
        const pair = byHeading
          ? this.#headingPair(section)
          : this.#random() < this.#options.keywords
            ? this.#keywordPair(section)
            : this.#windowPair(section)
        batch.push(pair)
        if (batch.length === rows) {
          yield batch
          batch = []
        }
      }
    }
  }

  #limitShares(): void {
    const sizes = new Map<string, number>()
    for (const {first, end, source} of this.#runs) {
      sizes.set(source, (sizes.get(source) ?? 0) + end - first)
    }
    const total = this.#sections.length
    for (const run of this.#runs) {
      const size = sizes.get(run.source)!
      const share = this.#options.largestShare
      // As many as make up its share together with the other sources; but where those are few, still enough
      // to learn from.
      const allowed =
        share >= 1 || sizes.size === 1
          ? size
          : Math.max(((total - size) * share) / (1 - share), (total * share) / 2)
      run.probability = Math.min(1, allowed / size)
    }
  }

  /** The query is a heading; the passage is a random window of its section, sometimes with the page's title. */
  #headingPair(index: number): TrainingPair {
    const section = this.#sections[index]!
    const usePath = section.isGeneric || this.#random() < 0.5
    const words = usePath ? section.path : section.heading
    const opening =
      this.#random() < this.#options.questions
        ? `${openings[randomIndex(this.#random, openings.length)]} `
        : ''
    const query = this.#pieces.encode(opening + this.#withTypos(words))

    const passage = this.#window(section, this.#options.passageLength, this.#random() < 0.5)
    if (!usePath && section.heading !== section.title && this.#random() < 0.5) {
      passage.unshift(...section.titleIds)
    }
    return {
      query: this.#withDropout(query, this.#options.dropout),
      passage: this.#withDropout(passage, this.#options.dropout),
      key: words.toLowerCase(),
    }
  }

  /** The query is a few words cut out of a section; the passage is the text around them, with its headings. */
  #windowPair(index: number): TrainingPair {
    const {start, end, pathIds, path} = this.#sections[index]!
    const length = end - start
    const cut = Math.min(4 + randomIndex(this.#random, 24), length >> 1)
    const from = this.#wordStart(start + randomIndex(this.#random, length - cut + 1), start)
    let to = from + cut
    while (to < end && this.#continues[this.#ids[to]!]) to++

    const half = this.#options.passageLength >> 1
    const passage = [
      ...(this.#random() < 0.6 ? pathIds : []),
      ...this.#ids.subarray(Math.max(start, from - half), from),
      ...this.#ids.subarray(to, Math.min(end, to + half)),
    ]
    const query = [...this.#ids.subarray(from, to)]
    return {
      query: this.#withDropout(query, this.#options.dropout),
      passage: this.#withDropout(passage.length > 0 ? passage : query, this.#options.dropout),
      key: `${path.toLowerCase()}\n${start}`,
    }
  }

  /** The query is a few of a section's rarer words; the passage is its text without half of them. */
  #keywordPair(index: number): TrainingPair {
    const section = this.#sections[index]!
    const passage = this.#window(section, this.#options.passageLength, this.#random() < 0.5)
    const words: number[][] = []
    for (const id of passage) {
      if (this.#continues[id] && words.length > 0) words.at(-1)!.push(id)
      else words.push([id])
    }
    const wanted = 3 + randomIndex(this.#random, 5)
    const chosen = new Set<string>()
    const query: number[] = []
    for (let tries = 0; chosen.size < wanted && tries < 6 * wanted; tries++) {
      const word = words[randomIndex(this.#random, words.length)]!
      const key = word.join(' ')
      const frequency = Math.min(...word.map((id) => this.#frequencies[id]!))
      if (chosen.has(key) || this.#random() > Math.sqrt(1e-4 / (1e-4 + frequency))) continue
      chosen.add(key)
      query.push(...word)
    }
    if (query.length === 0) return this.#windowPair(index)
    const hidden = new Set([...chosen].filter(() => this.#random() < 0.5))
    const left = words.filter((word) => !hidden.has(word.join(' '))).flat()
    return {
      query,
      passage: this.#withDropout(
        [...(this.#random() < 0.5 ? section.pathIds : []), ...(left.length > 0 ? left : passage)],
        this.#options.dropout,
      ),
      key: `${section.path.toLowerCase()}\n${section.start}`,
    }
  }

  #window({start, end}: PreparedSection, length: number, atStart: boolean): number[] {
    const slack = end - start - length
    const from =
      slack <= 0 || atStart ? start : this.#wordStart(start + randomIndex(this.#random, slack + 1), start)
    return [...this.#ids.subarray(from, Math.min(end, from + length))]
  }

  #wordStart(at: number, start: number): number {
    let from = at
    while (from > start && this.#continues[this.#ids[from]!]) from--
    return from
  }

  #withDropout(ids: readonly number[], share: number): readonly number[] {
    const kept = ids.filter(() => this.#random() >= share)
    return kept.length > 0 ? kept : ids
  }

  #withTypos(text: string): string {
    if (this.#options.typos === 0) return text
    return text.replace(/\p{L}{5,}/gu, (word) =>
      this.#random() < this.#options.typos ? this.#typo(word) : word,
    )
  }

  #typo(word: string): string {
    const at = 1 + randomIndex(this.#random, word.length - 2)
    const kind = randomIndex(this.#random, 3)
    if (kind === 0) return word.slice(0, at) + word.slice(at + 1)
    if (kind === 1) return word.slice(0, at) + word[at]! + word.slice(at)
    return word.slice(0, at) + word[at + 1]! + word[at]! + word.slice(at + 2)
  }
}
