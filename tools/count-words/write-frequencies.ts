import {blockSize, codeOf, fileMark, headerBytes} from '../../src/text/word-frequencies.ts'

export interface WordUse {
  /** Share of the sections that contain it. */
  readonly share: number
  /** From 0 to 1, as `WordFrequencies` has it. */
  readonly burstiness: number
}

/**
 * The bytes of a table of word frequencies, as `readWordFrequencies` reads it. Terms whose share is not above `rareShare`
 * are left out.
 */
export function writeFrequencies(uses: ReadonlyMap<string, WordUse>, rareShare: number): Buffer {
  const words = [...uses]
    .filter(([, {share}]) => share > rareShare)
    .map(([term, {share, burstiness}]) => ({
      bytes: Buffer.from(term),
      codes: Buffer.from([codeOf(share), Math.round(255 * Math.max(0, Math.min(1, burstiness)))]),
    }))
    .filter(({bytes}) => bytes.length < 256)
    .sort((a, b) => a.bytes.compare(b.bytes))
  const places: number[] = []
  const blocks: Buffer[] = []
  let size = 0
  for (let at = 0; at < words.length; at += blockSize) {
    const block = blockOf(words.slice(at, at + blockSize))
    places.push(size)
    blocks.push(block)
    size += block.length
  }
  const header = Buffer.alloc(headerBytes + 4 * places.length)
  header.write(fileMark, 'latin1')
  for (const [index, value] of [words.length, places.length, codeOf(rareShare), ...places].entries())
    header.writeUInt32LE(value, 4 + 4 * index)
  return Buffer.concat([header, ...blocks])
}

function blockOf(words: readonly {readonly bytes: Buffer; readonly codes: Buffer}[]): Buffer {
  const parts: Buffer[] = []
  let before: Buffer = Buffer.alloc(0)
  for (const {bytes, codes} of words) {
    let shared = 0
    while (shared < before.length && before[shared] === bytes[shared]) shared++
    parts.push(Buffer.from([shared, bytes.length - shared]), bytes.subarray(shared), codes)
    before = bytes
  }
  return Buffer.concat(parts)
}
