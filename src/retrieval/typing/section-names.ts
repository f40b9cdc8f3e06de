import {setImmediate as yieldToEventLoop} from 'node:timers/promises'
import {type CurrentBuild, type IndexBuild, type StoredSection, TopK} from '../../search-index/index.ts'
import {nameKeyOf} from '../../text/name-key.ts'
import {NameWords} from './name-words.ts'

/** What a section is called: its last heading, or the title of the page that it begins. */
export interface SectionName {
  /** As `nameKeyOf` returns it. */
  readonly key: string
  readonly isTitle: boolean
  readonly sectionId: number
}

/** Greater than every character of a key. */
const afterAll = '\uffff'

/** The names of a build's sections, sorted. */
export class SectionNames {
  readonly #names: readonly SectionName[]
  /** `rankOf` each name: a short beginning has thousands of names, and reading them one by one takes longer. */
  readonly #ranks: Uint32Array

  /** The words of all names that a typo may stand for. */
  readonly words: NameWords

  /** @param names in the order of their keys. */
  constructor(names: readonly SectionName[], words: NameWords) {
    this.#names = names
    this.#ranks = Uint32Array.from(names, rankOf)
    this.words = words
  }

  /**
   * The `count` shortest names that begin with `key`, in the order of `byLength`. So the list for a longer beginning is
   * the list for the shorter one without what no longer matches, filled up from behind.
   */
  beginningWith(key: string, count: number): SectionName[] {
    const names = this.#names
    const end = this.#firstFrom(key + afterAll)
    const top = new TopK(count)
    for (let at = this.#firstFrom(key); at < end; at++) top.offer(at, -this.#ranks[at]!)
    return top.best().map(({slot}) => names[slot]!)
  }

  /** Index of the first name that is not before `key`. */
  #firstFrom(key: string): number {
    let low = 0
    let high = this.#names.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.#names[middle]!.key < key) low = middle + 1
      else high = middle
    }
    return low
  }
}

/** Shorter names first, titles before headings of the same length; the same whatever was searched for. */
export function byLength(one: SectionName, other: SectionName): number {
  return rankOf(one) - rankOf(other) || alphabetically(one, other)
}

function rankOf({key, isTitle}: SectionName): number {
  return 2 * key.length + (isTitle ? 0 : 1)
}

function alphabetically(one: SectionName, other: SectionName): number {
  if (one.key !== other.key) return one.key < other.key ? -1 : 1
  return one.sectionId - other.sectionId || Number(other.isTitle) - Number(one.isTitle)
}

/** The names by which a section can be found. @param isFirst whether its page begins with it. */
function namesOf({id, headings, page}: StoredSection, isFirst: boolean): SectionName[] {
  const name = {sectionId: id}
  const title = isFirst ? nameKeyOf(page.title) : ''
  const heading = nameKeyOf(headings.at(-1) ?? '')
  const names: SectionName[] = []
  if (title !== '') names.push({...name, key: title, isTitle: true})
  if (heading !== '' && heading !== title) names.push({...name, key: heading, isTitle: false})
  return names
}

const read = new WeakMap<IndexBuild, Promise<SectionNames>>()

/** Names read or sorted before yielding to the event loop: answers may be streaming. */
const namesPerTurn = 1_000

/** Reads the names once for a build: some 6 µs a section, and about 100 bytes of memory. */
export function sectionNamesIn(build: IndexBuild): Promise<SectionNames> {
  let names = read.get(build)
  if (names === undefined) {
    names = readNames(build)
    read.set(build, names)
    names.catch(() => read.delete(build))
  }
  return names
}

/** Reads the names of the build in use, so that the first search as one types need not wait for them. */
export async function prepareTyping(current: CurrentBuild): Promise<void> {
  if (current.id === null) return
  const lease = current.lease()
  try {
    await sectionNamesIn(lease.build)
  } finally {
    lease.release()
  }
}

async function readNames(build: IndexBuild): Promise<SectionNames> {
  const turns = new Turns()
  const words = new NameWords()
  // By their first characters, so that no single sort takes long.
  const groups = new Map<string, SectionName[]>()
  for (const page of build.pages()) {
    const sections = build.sectionsOf(page.id)
    for (const name of sections.flatMap((section, i) => namesOf(section, i === 0))) {
      words.add(name.key)
      const beginning = name.key.slice(0, 2)
      const group = groups.get(beginning)
      if (group === undefined) groups.set(beginning, [name])
      else group.push(name)
    }
    await turns.after(sections.length)
  }
  const sorted: SectionName[] = []
  for (const beginning of [...groups.keys()].sort()) {
    const group = groups.get(beginning)!.sort(alphabetically)
    for (const name of group) sorted.push(name)
    await turns.after(group.length)
  }
  return new SectionNames(sorted, words)
}

/** Lets others have the event loop after so many names. */
class Turns {
  #done = 0

  after(count: number): Promise<void> | null {
    this.#done += count
    if (this.#done < namesPerTurn) return null
    this.#done = 0
    return yieldToEventLoop()
  }
}
