/** Words that get an id; what comes later has none, so that a process that reads many docs stays small. */
const maxWords = 200_000
/** Ways of writing them: `Port` and `port` are one word. */
const maxSpellings = 2 * maxWords

const ids = new Map<string, number>()
const words: string[] = []

/** The id of a word in any case, the same for as long as the process runs; null when too many words have one already. */
export function wordIdOf(word: string): number | null {
  const known = ids.get(word)
  if (known !== undefined) return known
  const lower = word.toLowerCase()
  const id = ids.get(lower) ?? newIdOf(lower)
  if (id !== null && ids.size < maxSpellings) ids.set(copyOf(word), id)
  return id
}

/** The word of an id that `wordIdOf` returned. */
export function wordOf(id: number): string {
  return words[id]!
}

/** Every id is below it. */
export function wordIdCount(): number {
  return words.length
}

function newIdOf(lower: string): number | null {
  if (words.length >= maxWords) return null
  const id = words.length
  const copy = copyOf(lower)
  words.push(copy)
  ids.set(copy, id)
  return id
}

/** A slice would keep the text that it was cut from in memory. */
function copyOf(word: string): string {
  return Buffer.from(word).toString()
}
