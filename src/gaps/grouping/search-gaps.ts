import {DocentError, type RetrievedSource} from '../../domain/index.ts'
import type {Retriever} from '../../retrieval/index.ts'
import type {AskedQuestion, UnansweredReader} from '../../transcripts/index.ts'
import type {GapSection} from '../gap.ts'
import type {Closing, GroupedGap, GroupingStore, SectionSince} from './grouping-store.ts'
import {placeKeyOf} from './section-history.ts'

export interface SearchGapsOptions {
  readonly store: GroupingStore
  readonly transcripts: UnansweredReader
  readonly retriever: Retriever
  readonly build: string
  /** Whether there is time left. */
  readonly mayGoOn: () => boolean
  readonly now: number
}

/** Sections that are shown as the nearest. */
const shownSections = 3
/** So many different questions of a gap are searched for, the newest. */
const maxSearched = 5
/** Gaps in one transaction. */
const stepSize = 10

/**
 * Searches the current build for the questions of every gap, the gravest first: what is nearest now, and which open gaps
 * close. A gap closes when most of its questions are answered, and not only in part, with a section that is new or has changed
 * since any of them was asked, or since it was opened again, as the best.
 * @returns whether all were looked at.
 */
export async function searchGaps(options: SearchGapsOptions): Promise<boolean> {
  const {store, build, mayGoOn} = options
  const gaps = (await store.gaps()).filter(
    (gap) => gap.titleRef !== '' && (gap.checkedBuild !== build || gap.nearestOf !== nearestOf(gap, build)),
  )
  const sections = gaps.length === 0 ? new Map() : await store.sections()
  const newest = newestBuilds(await store.questions())
  for (let at = 0; at < gaps.length; at += stepSize) {
    if (!mayGoOn()) return false
    const step = gaps.slice(at, at + stepSize)
    const closings: Closing[] = []
    for (const gap of step) {
      const closing = await searchGap(gap, {...options, sections, asked: newest.get(gap.id) ?? []})
      if (closing !== null) closings.push(closing)
    }
    await store.check(
      step.map(({id}) => id),
      build,
      closings,
    )
  }
  return true
}

interface GapSearch extends SearchGapsOptions {
  readonly sections: ReadonlyMap<string, SectionSince>
  /** The newest questions of the gap. */
  readonly asked: readonly AskedIn[]
}

interface AskedIn {
  readonly ref: string
  readonly askedAt: number
  /** The build that answered. */
  readonly build: string
}

function nearestOf({titleRef}: GroupedGap, build: string): string {
  return `${build} ${titleRef}`
}

/** The newest questions of each gap, the newest first: enough to find different ones among them. */
function newestBuilds(
  questions: readonly (AskedIn & {readonly gap: string | null})[],
): Map<string, AskedIn[]> {
  const byGap = new Map<string, AskedIn[]>()
  for (const {gap, ref, askedAt, build} of questions) {
    if (gap === null) continue
    const others = byGap.get(gap)
    if (others === undefined) byGap.set(gap, [{ref, askedAt, build}])
    else others.push({ref, askedAt, build})
  }
  for (const [gap, asked] of byGap)
    byGap.set(gap, asked.sort((one, other) => other.askedAt - one.askedAt).slice(0, maxSearched * 4))
  return byGap
}

/** How the gap closes; null if it does not. */
async function searchGap(gap: GroupedGap, given: GapSearch): Promise<Closing | null> {
  const {store, transcripts, build, now} = given
  const [title] = await transcripts.asked([gap.titleRef])
  if (title === undefined) return null
  const found = await hitsOf(title, gap, given)
  await store.setNearest(gap.id, nearestOf(gap, build), found.hits.slice(0, shownSections).map(sectionOf))
  if (gap.state !== 'open' || gap.checkedBuild === build || !mayClose(given)) return null
  const since = Math.max(gap.lastAskedAt, gap.reopenedAt ?? 0)
  const changedIn = ({hits, isAnswered}: Found) =>
    isAnswered ? (hits.slice(0, 1).find((hit) => changeOf(hit, since, given) !== null) ?? null) : null
  // Most gaps are nowhere near what has changed.
  if (!found.hits.some((hit) => changeOf(hit, since, given) !== null)) return null
  const asked = await transcripts.asked(given.asked.map(({ref}) => ref))
  const others = asked.filter(isOtherThan(title))
  const answered: (RetrievedSource | null)[] = [changedIn(found)]
  for (const question of others.slice(0, maxSearched - 1))
    answered.push(changedIn(await hitsOf(question, gap, given)))
  const closing = answered.filter((hit) => hit !== null)
  if (closing.length * 2 <= answered.length) return null
  const hit = closing[0]!
  return {id: gap.id, at: now, build, section: sectionOf(hit), because: changeOf(hit, since, given)!}
}

/** A question that was asked of this very build has failed with what is in it. */
function mayClose({asked, build}: GapSearch): boolean {
  return asked.every((question) => question.build !== build)
}

function isOtherThan(title: AskedQuestion): (question: AskedQuestion) => boolean {
  const known = new Set([title.searched.toLowerCase()])
  return ({searched}) => {
    const words = searched.toLowerCase()
    if (known.has(words)) return false
    known.add(words)
    return true
  }
}

interface Found {
  readonly hits: readonly RetrievedSource[]
  readonly isAnswered: boolean
}

async function hitsOf(
  {searched}: AskedQuestion,
  {version, lang}: GroupedGap,
  {retriever}: GapSearch,
): Promise<Found> {
  try {
    const query = {question: searched, history: [], version, lang}
    const {
      sources,
      abstention,
      answerability = 'yes',
    } = await retriever.retrieve(query, {mayCallModel: false})
    return {hits: sources, isAnswered: abstention === null && answerability === 'yes'}
  } catch (error) {
    // The docs do not have this version any more.
    if (error instanceof DocentError && error.code === 'version_not_found')
      return {hits: [], isAnswered: false}
    throw error
  }
}

function changeOf(hit: RetrievedSource, since: number, {sections}: GapSearch): Closing['because'] | null {
  const section = sections.get(placeKeyOf(hit))
  if (section === undefined || section.since <= since) return null
  return section.isNew ? 'new_section' : 'changed_section'
}

function sectionOf({title, url, anchor, headings}: RetrievedSource): GapSection {
  return {title, url: anchor === '' ? url : `${url}#${anchor}`, headings}
}
