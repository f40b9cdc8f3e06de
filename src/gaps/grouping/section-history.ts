import {createHash} from 'node:crypto'
import type {BuildRecords, Manifest} from '../../search-index/index.ts'
import type {GroupingStore, SectionSince} from './grouping-store.ts'

/** What identifies a section in all builds: the file of its page, and its anchor. */
export interface SectionPlace {
  readonly path: string
  readonly anchor: string
}

export function placeKeyOf({path, anchor}: SectionPlace): string {
  return digestOf(`${path}\n${anchor}`)
}

/** Sections written in one transaction: others wait for it. */
const writtenAtOnce = 2_000

/**
 * Notes which sections are new or have changed in a build since the one before it. Of the first build that is seen, and of
 * pages that another version of Docent reads differently, nothing is known to be new.
 * @param now in milliseconds since the epoch.
 */
export async function noteSections(
  store: GroupingStore,
  {manifest, records}: {readonly manifest: Manifest; readonly records: BuildRecords},
  now: number,
): Promise<void> {
  const isFirst = (await store.state('build')) === null
  const chunker = await store.state('chunker')
  const isReadDifferently = chunker !== null && chunker !== manifest.chunker
  const known = await store.sections()
  const elsewhere = new Map([...known.values()].map((section) => [section.content, section]))
  const gone = new Set(known.keys())
  const changed: [string, {content: string} & SectionSince][] = []
  for (const [place, content] of contentsIn(records)) {
    gone.delete(place)
    if (known.get(place)?.content === content) continue
    // What has only moved is not new.
    const before = elsewhere.get(content) ?? known.get(place)
    const isQuiet = isFirst || before?.content === content || (before !== undefined && isReadDifferently)
    const {isNew = false, since = 0} = before ?? {}
    changed.push([
      place,
      isQuiet ? {content, isNew, since} : {content, isNew: before === undefined, since: now},
    ])
  }
  const dropped = [...gone]
  for (let at = 0; at < Math.max(changed.length, dropped.length); at += writtenAtOnce)
    await store.setSections(changed.slice(at, at + writtenAtOnce), dropped.slice(at, at + writtenAtOnce))
  await store.setState('chunker', manifest.chunker)
  await store.setState('build', manifest.id)
}

/** The digest of the words of each section, by the key of its place. Sections of one page with the same anchor count as one. */
function* contentsIn(records: BuildRecords): Generator<readonly [place: string, content: string]> {
  for (const {path} of records.digests()) {
    const texts = new Map<string, string>()
    for (const {anchor, headings, text} of records.sectionTexts(path))
      texts.set(anchor, `${texts.get(anchor) ?? ''}\n${headings.join('\n')}\n${text}`)
    // Passages may be cut elsewhere, which moves white space.
    for (const [anchor, text] of texts)
      yield [placeKeyOf({path, anchor}), digestOf(text.replace(/\s+/g, ' ').trim())] as const
  }
}

/** Half of a digest, in hexadecimal digits: enough to tell the sections of all docs apart. */
function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32)
}
