import type {SqliteDatabase} from '../../native/index.ts'
import {prepareMiddle, prepareStanding} from '../forget-questions.ts'
import type {ClosedBecause, GapReason, GapSection, GapState} from '../gap.ts'
import type {GapsOptions} from '../open-gaps.ts'
import {openGapsDatabase} from '../open-gaps.ts'
import {packVector, sumFromBlob, sumToBlob, unpackVector} from '../vectors.ts'
import type {Standing} from './standing.ts'

export interface KeptQuestion {
  readonly ref: string
  readonly gap: string | null
  readonly conversation: string
  readonly askedAt: number
  readonly build: string
  readonly lang: string | null
  readonly version: string | null
  readonly reason: GapReason
  readonly isPartly: boolean
  readonly isElsewhere: boolean
  /** Whether its vector is kept. */
  readonly hasVector: boolean
}

/** A question that is taken in. */
export interface TakenQuestion extends Omit<KeptQuestion, 'hasVector'> {
  readonly vector: Float32Array | null
}

export interface GroupedGap {
  readonly id: string
  readonly state: GapState
  readonly titleRef: string
  readonly weight: number
  readonly lastAskedAt: number
  readonly closedAt: number | null
  readonly reopenedAt: number | null
  readonly lang: string | null
  readonly version: string | null
  /** Whether staff have done something with it. */
  readonly isTouched: boolean
  /** What `nearest` was looked up for. */
  readonly nearestOf: string | null
  /** The build in which it was last looked whether it closes. */
  readonly checkedBuild: string | null
}

/** When a section of the docs was first seen as it is. */
export interface SectionSince {
  readonly isNew: boolean
  readonly since: number
}

export interface Closing {
  readonly id: string
  readonly at: number
  readonly build: string
  readonly section: GapSection
  readonly because: ClosedBecause
}

const stateNames = ['asOf', 'model', 'build', 'chunker', 'checked'] as const
/** `build`: whose sections are known; `checked`: in which it was looked for what closes. */
type StateName = (typeof stateNames)[number]

/** The gaps as the process that groups questions reads and changes them. @throws DocentError `storage` from every method. */
export interface GroupingStore {
  state(name: StateName): Promise<string | null>
  setState(name: StateName, value: string): Promise<void>
  questions(): Promise<readonly KeptQuestion[]>
  /** Removes questions, and gaps that have none left. */
  remove(refs: readonly string[]): Promise<void>
  setReasons(reasons: readonly (readonly [ref: string, reason: GapReason])[]): Promise<void>
  /** Forgets all vectors: they are of another model. */
  forgetVectors(): Promise<void>
  setVectors(vectors: readonly (readonly [ref: string, vector: Float32Array])[]): Promise<void>
  /** The middles of all gaps that have a question with a vector, in the order in which they began. */
  middles(): Promise<readonly {readonly id: string; readonly sum: Float32Array}[]>
  /** Stores questions with the gaps they are in, which are made if they are new. All in one step. */
  take(questions: readonly TakenQuestion[], middles: ReadonlyMap<string, Float32Array>): Promise<void>
  gaps(): Promise<readonly GroupedGap[]>
  setStandings(standings: readonly (readonly [id: string, standing: Standing])[]): Promise<void>
  /** The newest questions of a gap, with their vectors. */
  vectorsOf(
    gap: string,
    limit: number,
  ): Promise<readonly {readonly ref: string; readonly vector: Float32Array}[]>
  middleOf(gap: string): Promise<Float32Array>
  setTitles(
    titles: readonly {
      readonly id: string
      readonly titleRef: string
      readonly exampleRefs: readonly string[]
    }[],
  ): Promise<void>
  /** Removes gaps; their questions are in none from then on, without vectors. */
  drop(gaps: readonly string[]): Promise<void>
  reopen(gaps: readonly string[], at: number): Promise<void>
  setNearest(id: string, of: string, nearest: readonly GapSection[]): Promise<void>
  /** Says of gaps that they were looked at in this build, and closes those that are open still. */
  check(gaps: readonly string[], build: string, closings: readonly Closing[]): Promise<void>
  sections(): Promise<ReadonlyMap<string, {readonly content: string} & SectionSince>>
  /** By the digest of the place, in hexadecimal digits, as that of the content. */
  setSections(
    changed: readonly (readonly [place: string, section: {readonly content: string} & SectionSince])[],
    gone: readonly string[],
  ): Promise<void>
  close(): void
}

/** @throws DocentError `storage`. */
export function openGroupingStore(options: GapsOptions): GroupingStore {
  const {db, read, change} = openGapsDatabase({...options, waitMs: 15_000})
  const sql = prepared(db)
  const remakeMiddle = prepareMiddle({db})
  const setStanding = prepareStanding({db})

  return {
    state: (name) => read(() => sql.state.get(name) ?? null),
    setState: (name, value) => change(() => void sql.setState.run(name, value)),
    questions: () => read(() => sql.questions.all().map(keptQuestion)),
    remove: (refs) =>
      change(() => {
        const gaps = new Set(refs.map((ref) => sql.gapOf.get(ref)))
        for (const ref of refs) sql.dropQuestion.run(ref)
        for (const gap of gaps) if (gap != null) remakeMiddle(gap)
      }),
    setReasons: (reasons) =>
      change(() => {
        for (const [ref, reason] of reasons) sql.setReason.run(reason, ref)
      }),
    forgetVectors: () => change(() => void sql.forgetVectors.run()),
    setVectors: (vectors) =>
      change(() => {
        for (const [ref, vector] of vectors) sql.setVector.run(packVector(vector), ref)
        const gaps = new Set(vectors.map(([ref]) => sql.gapOf.get(ref)))
        for (const gap of gaps) if (gap != null) remakeMiddle(gap)
      }),
    middles: () => read(() => sql.middles.all().map(({id, centre}) => ({id, sum: sumFromBlob(centre)}))),
    take: (questions, middles) =>
      change(() => {
        for (const [id, sum] of middles) sql.putMiddle.run(id, sumToBlob(sum))
        for (const {vector, isPartly, isElsewhere, ...question} of questions)
          sql.addQuestion.run({
            ...question,
            isPartly: Number(isPartly),
            isElsewhere: Number(isElsewhere),
            vector: vector === null ? null : packVector(vector),
          })
      }),
    gaps: () => read(() => sql.gaps.all().map(groupedGap)),
    setStandings: (standings) =>
      change(() => {
        for (const [id, standing] of standings) setStanding(id, standing)
      }),
    vectorsOf: (gap, limit) =>
      read(() => sql.vectorsOf.all(gap, limit).map(({ref, vector}) => ({ref, vector: unpackVector(vector)}))),
    middleOf: (gap) => read(() => sumFromBlob(sql.middleOf.get(gap) ?? Buffer.alloc(0))),
    setTitles: (titles) =>
      change(() => {
        for (const {id, titleRef, exampleRefs} of titles)
          sql.setTitle.run(titleRef, JSON.stringify(exampleRefs), id)
      }),
    drop: (gaps) =>
      change(() => {
        for (const gap of gaps) {
          sql.release.run(gap)
          sql.dropGap.run(gap)
        }
      }),
    reopen: (gaps, at) =>
      change(() => {
        for (const id of gaps) {
          if (sql.reopen.run({id, at}).changes > 0)
            sql.addEvent.run({id, at, what: 'reopened', detail: null, build: null})
        }
      }),
    setNearest: (id, of, nearest) =>
      change(() => void sql.setNearest.run({id, of, nearest: JSON.stringify(nearest)})),
    check: (gaps, build, closings) =>
      change(() => {
        for (const id of gaps) sql.setChecked.run(build, id)
        for (const {section, because, ...closing} of closings) {
          const {changes} = sql.closeGap.run({...closing, because, section: JSON.stringify(section)})
          const {id, at} = closing
          if (changes > 0) sql.addEvent.run({id, at, build, what: 'closed', detail: section.url})
        }
      }),
    sections: () =>
      read(() => {
        const sections = new Map<string, {readonly content: string} & SectionSince>()
        for (const {place, content, is_new, since} of sql.sections.iterate())
          sections.set(place.toString('hex'), {content: content.toString('hex'), isNew: is_new === 1, since})
        return sections
      }),
    setSections: (changed, gone) =>
      change(() => {
        for (const place of gone) sql.dropSection.run(Buffer.from(place, 'hex'))
        for (const [place, {content, isNew, since}] of changed)
          sql.putSection.run(Buffer.from(place, 'hex'), Buffer.from(content, 'hex'), Number(isNew), since)
      }),
    close: () => db.close(),
  }
}

interface QuestionRow extends Omit<KeptQuestion, 'isPartly' | 'isElsewhere' | 'hasVector'> {
  readonly isPartly: number
  readonly isElsewhere: number
  readonly hasVector: number
}

interface GroupedGapRow extends Omit<GroupedGap, 'isTouched'> {
  readonly isTouched: number
}

function keptQuestion(row: QuestionRow): KeptQuestion {
  return {
    ...row,
    isPartly: row.isPartly === 1,
    isElsewhere: row.isElsewhere === 1,
    hasVector: row.hasVector === 1,
  }
}

function groupedGap({isTouched, ...row}: GroupedGapRow): GroupedGap {
  return {...row, isTouched: isTouched === 1}
}

function prepared(db: SqliteDatabase) {
  return {
    state: db.prepare<[string], string>('SELECT value FROM state WHERE name = ?').pluck(),
    setState: db.prepare('INSERT OR REPLACE INTO state (name, value) VALUES (?, ?)'),
    questions: db.prepare<[], QuestionRow>(
      `SELECT ref, gap, conversation, asked_at AS askedAt, build, lang, version, reason, is_partly AS isPartly,
         is_elsewhere AS isElsewhere, vector IS NOT NULL AS hasVector FROM questions`,
    ),
    gapOf: db.prepare<[string], string | null>('SELECT gap FROM questions WHERE ref = ?').pluck(),
    dropQuestion: db.prepare('DELETE FROM questions WHERE ref = ?'),
    setReason: db.prepare('UPDATE questions SET reason = ? WHERE ref = ?'),
    forgetVectors: db.prepare('UPDATE questions SET vector = NULL WHERE vector IS NOT NULL'),
    setVector: db.prepare('UPDATE questions SET vector = ? WHERE ref = ?'),
    middles: db.prepare<[], {id: string; centre: Buffer}>(
      'SELECT id, centre FROM gaps WHERE length(centre) > 0 ORDER BY rowid',
    ),
    putMiddle: db.prepare(
      'INSERT INTO gaps (id, centre) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET centre = excluded.centre',
    ),
    addQuestion: db.prepare(
      `INSERT OR REPLACE INTO questions (ref, gap, conversation, asked_at, build, lang, version, reason, is_partly,
         is_elsewhere, vector)
       VALUES (@ref, @gap, @conversation, @askedAt, @build, @lang, @version, @reason, @isPartly, @isElsewhere, @vector)`,
    ),
    gaps: db.prepare<[], GroupedGapRow>(
      `SELECT id, state, title_ref AS titleRef, weight, last_asked_at AS lastAskedAt, closed_at AS closedAt,
         reopened_at AS reopenedAt, lang, version, nearest_of AS nearestOf, checked_build AS checkedBuild,
         (assignee IS NOT NULL OR note IS NOT NULL OR state <> 'open' OR reopened_at IS NOT NULL) AS isTouched
       FROM gaps ORDER BY severity DESC, weight DESC, id`,
    ),
    vectorsOf: db.prepare<[string, number], {ref: string; vector: Buffer}>(
      'SELECT ref, vector FROM questions WHERE gap = ? AND vector IS NOT NULL ORDER BY asked_at DESC, ref LIMIT ?',
    ),
    middleOf: db.prepare<[string], Buffer>('SELECT centre FROM gaps WHERE id = ?').pluck(),
    setTitle: db.prepare('UPDATE gaps SET title_ref = ?, example_refs = ? WHERE id = ?'),
    release: db.prepare('UPDATE questions SET gap = NULL, vector = NULL WHERE gap = ?'),
    dropGap: db.prepare('DELETE FROM gaps WHERE id = ?'),
    reopen: db.prepare(
      `UPDATE gaps SET state = 'open', revision = revision + 1, closed_at = NULL, closed_by = NULL, closed_build = NULL,
         closed_section = NULL, closed_because = NULL, reopened_at = @at, reopened_by = NULL
       WHERE id = @id AND state = 'closed'`,
    ),
    addEvent: db.prepare(
      'INSERT INTO history (gap, at, by, what, detail, build) VALUES (@id, @at, NULL, @what, @detail, @build)',
    ),
    setNearest: db.prepare('UPDATE gaps SET nearest = @nearest, nearest_of = @of WHERE id = @id'),
    setChecked: db.prepare('UPDATE gaps SET checked_build = ? WHERE id = ?'),
    closeGap: db.prepare(
      `UPDATE gaps SET state = 'closed', revision = revision + 1, closed_at = @at, closed_by = NULL, closed_build = @build,
         closed_section = @section, closed_because = @because WHERE id = @id AND state = 'open'`,
    ),
    sections: db.prepare<[], {place: Buffer; content: Buffer; is_new: number; since: number}>(
      'SELECT place, content, is_new, since FROM sections',
    ),
    putSection: db.prepare(
      'INSERT OR REPLACE INTO sections (place, content, is_new, since) VALUES (?, ?, ?, ?)',
    ),
    dropSection: db.prepare('DELETE FROM sections WHERE place = ?'),
  }
}
