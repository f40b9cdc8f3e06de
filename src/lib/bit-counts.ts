/** How many words `bitCountsOf` takes. */
export const wordsPerCount = 3

/**
 * The number of bits that are set in three 32-bit words, by byte: `sumOfBytes` adds them up. Faster than word by word,
 * since a bit that is set in two of them counts double in one step (Warren, "Hacker's Delight").
 */
export function bitCountsOf(first: number, second: number, third: number): number {
  const either = first ^ second
  const counts = countsByHalfByte(either ^ third) + 2 * countsByHalfByte((first & second) | (either & third))
  return (counts & 0x0f0f0f0f) + ((counts >>> 4) & 0x0f0f0f0f)
}

/** The sum of four bytes, itself below 256. */
export function sumOfBytes(bytes: number): number {
  return Math.imul(bytes, 0x01010101) >>> 24
}

function countsByHalfByte(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555)
  return (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333)
}
