/** Written and never read: what was read of a text last. */
let _sink = 0

/**
 * The same text, in one piece. Engines keep a string that was appended to as a chain of its parts, 32 bytes for each
 * in V8, until a character of it is read. With a thousand answers under way the chains weigh more than the words.
 */
export function flat(text: string): string {
  // Kept, or an optimiser would see that nobody wants it.
  _sink = text.charCodeAt(text.length - 1)
  return text
}
