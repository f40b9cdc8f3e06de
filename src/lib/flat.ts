/** Written and never read: the character code that was read last. */
let _sink = 0

/**
 * Returns the same text as one flat string. Engines keep a string that was appended to as a chain of its parts (a rope),
 * 32 bytes for each part in V8, until a character of it is read. With a thousand answers under way the ropes take more
 * memory than the text.
 */
export function flat(text: string): string {
  // Stored, so that an optimiser cannot remove the read.
  _sink = text.charCodeAt(text.length - 1)
  return text
}
