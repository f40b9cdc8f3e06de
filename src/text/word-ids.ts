import {tokensOf} from './terms.ts'

/** Words that get an id; what comes later has none, so that a process that reads many docs stays small. */
const maxWords = 200_000

const ids = new Map<string, number>()
const words: string[] = []

/** The ids of the words of some texts, lower-cased, each once. Same word, same id, for as long as the process runs. */
export function wordIdsOf(texts: readonly string[]): Uint32Array {
  const found = new Set<number>()
  for (const text of texts) {
    for (const {start, end} of tokensOf(text)) {
      const id = wordIdOf(text.slice(start, end))
      if (id !== null) found.add(id)
    }
  }
  return Uint32Array.from(found)
}

/** Null when too many words have one already. */
export function wordIdOf(word: string): number | null {
  const lower = word.toLowerCase()
  const known = ids.get(lower)
  if (known !== undefined) return known
  if (words.length >= maxWords) return null
  const id = words.length
  // A copy: a slice would keep the text that it was cut from in memory.
  const copy = Buffer.from(lower).toString()
  words.push(copy)
  ids.set(copy, id)
  return id
}

/** The word of an id that `wordIdOf` returned. */
export function wordOf(id: number): string {
  return words[id]!
}
