import {TwoGenerationCache} from '../lib/two-generation-cache.ts'

/**
 * How words are used in a kind of text: how usual each is, as a share of its sections, and how bursty. A sorted table,
 * read where it lies in memory.
 */
export interface WordFrequencies {
  /** Number of words in the table. */
  readonly size: number
  /** The share assumed for words that are not in the table: they are rarer than all that are. */
  readonly rareShare: number
  /** Whether a term, as `termsOf` returns it, is in the table. */
  has(term: string): boolean
  /** Share of sections that contain a term: above 0, at most 1. */
  shareOf(term: string): number
  /**
   * How often a page that has a term repeats it, from 0 to 1: names and subjects are bursty, `quietly` or `tomorrow` are
   * not. The logarithm of the mean count on such pages, as a share of `mostBursty`. Church & Gale, "Poisson mixtures",
   * 1995. Words that are not in the table are mostly names.
   */
  burstinessOf(term: string): number
}

/**
 * The file: `DWF2`; the number of words, the number of blocks and the code of `rareShare`, each 32 bits, little-endian;
 * the place of each block, 32 bits, counted from the first; then the blocks, each of up to `blockSize` words in the
 * order of their UTF-8 bytes. A word is the number of bytes that it shares with the one before it in its block, the
 * number of those that follow, these, the code of its share, and its burstiness in 255ths, each number a byte.
 */
export const fileMark = 'DWF2'
export const headerBytes = 16
/** Words a block: fewer make look-ups faster and the file larger. */
export const blockSize = 16

/** Steps of a code per factor e, so that a share is within 2.5 % of what was counted. */
const codesPerE = 20

/** A share between 1 and e^-12.75, about 0.000003, as a byte. */
export function codeOf(share: number): number {
  return Math.max(0, Math.min(255, Math.round(-Math.log(share) * codesPerE)))
}

function shareOfCode(code: number): number {
  return Math.exp(-code / codesPerE)
}

/** The logarithm of the mean count that is a burstiness of 1: about 4.5 times a page. */
export const mostBursty = 1.5
/** Of words that are not in the table. */
const unknownBurstiness = 0.8

const maxCachedTerms = 5_000
/** What is kept of a term that is not in the table. */
const isAbsent = -1

/** @throws TypeError when the bytes are not a table of word frequencies. */
export function readWordFrequencies(bytes: Buffer): WordFrequencies {
  const isComplete =
    bytes.length >= headerBytes &&
    bytes.toString('latin1', 0, 4) === fileMark &&
    bytes.length >= headerBytes + 4 * bytes.readUInt32LE(8)
  if (!isComplete) throw new TypeError('not a table of word frequencies')
  const size = bytes.readUInt32LE(4)
  const blocks = bytes.readUInt32LE(8)
  const rareShare = shareOfCode(bytes.readUInt32LE(12))
  const start = headerBytes + 4 * blocks
  const blockAt = (block: number) => start + bytes.readUInt32LE(headerBytes + 4 * block)

  // Questions share words, and each is looked up several times.
  const cache = new TwoGenerationCache<string, number>(maxCachedTerms)

  /** The two codes of a term as one number; `isAbsent` when it is not in the table. */
  function codesOf(term: string): number {
    let codes = cache.get(term)
    if (codes === undefined) {
      codes = find(term) ?? isAbsent
      cache.set(term, codes)
    }
    return codes
  }

  /** The two codes of a term, that of the share in the higher byte; null when it is not in the table. */
  function find(term: string): number | null {
    const wanted = Buffer.from(term)
    let low = 0
    let high = blocks - 1
    while (low < high) {
      const middle = (low + high + 1) >>> 1
      const at = blockAt(middle)
      const first = at + 2
      if (wanted.compare(bytes, first, first + bytes[at + 1]!) < 0) high = middle - 1
      else low = middle
    }
    return blocks === 0 ? null : findInBlock(wanted, low)
  }

  function findInBlock(wanted: Buffer, block: number): number | null {
    const end = block + 1 < blocks ? blockAt(block + 1) : bytes.length
    // Bytes of `wanted` that the word before has too. A word that shares fewer with its neighbour sorts after `wanted`.
    let matched = 0
    for (let at = blockAt(block); at < end; ) {
      const shared = bytes[at]!
      const length = bytes[at + 1]!
      const rest = at + 2
      at = rest + length + 2
      if (shared < matched) return null
      if (shared > matched) continue
      let same = 0
      while (same < length && bytes[rest + same] === wanted[matched + same]) same++
      matched += same
      if (matched === wanted.length && same === length) return bytes.readUInt16BE(at - 2)
    }
    return null
  }

  return {
    size,
    rareShare,
    has: (term) => codesOf(term) !== isAbsent,
    shareOf(term) {
      const codes = codesOf(term)
      return codes === isAbsent ? rareShare : shareOfCode(codes >>> 8)
    },
    burstinessOf(term) {
      const codes = codesOf(term)
      return codes === isAbsent ? unknownBurstiness : (codes & 255) / 255
    },
  }
}
