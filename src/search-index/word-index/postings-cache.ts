/** Lists of common words are kept in memory, the short ones read anew each time. */
const leastKeptBytes = 4_096
const mostKeptBytes = 32 * 1024 * 1024

/** Keeps the long lists that `read` returned, up to 32 MB; then it starts over. */
export class PostingsCache {
  readonly #read: (term: string) => Uint32Array
  readonly #lists = new Map<string, Uint32Array>()
  #bytes = 0

  constructor(read: (term: string) => Uint32Array) {
    this.#read = read
  }

  get(term: string): Uint32Array {
    const kept = this.#lists.get(term)
    if (kept !== undefined) return kept
    const list = this.#read(term)
    if (list.byteLength < leastKeptBytes) return list
    this.#bytes += list.byteLength
    if (this.#bytes > mostKeptBytes) {
      this.#lists.clear()
      this.#bytes = list.byteLength
    }
    this.#lists.set(term, list)
    return list
  }
}
