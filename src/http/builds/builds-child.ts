import {constants, setPriority} from 'node:os'
import {DocentError, type ErrorCode, type SiteUrl, toDocentError} from '../../domain/index.ts'
import {serveTasks} from '../../processes/index.ts'
import {
  type BuildChanges,
  type BuildRecords,
  compareBuilds,
  openBuildRecords,
  openPages,
  type PageChangeKind,
  readManifest,
  type SectionNow,
  type SectionThen,
  sectionsNow,
  sectionTextIn,
} from '../../search-index/index.ts'
import type {PageFigures} from '../../transcripts/index.ts'
import {type Coverage, type CoverageQuery, coverageCsv, coverageOf} from './coverage.ts'

/** Folders of two builds. */
interface Pair {
  readonly from: string
  readonly to: string
}

export interface ChangesTask extends Pair {
  readonly kind: 'changes'
  /** Null for all. */
  readonly only: PageChangeKind | null
  readonly offset: number
  readonly limit: number
}

export interface SectionTask extends Pair {
  readonly kind: 'section'
  readonly path: string
  /** Its path before. */
  readonly pathBefore: string
  readonly anchor: string
}

export interface CoverageTask {
  readonly kind: 'coverage'
  readonly folder: string
  readonly siteUrl: SiteUrl
  readonly figures: readonly PageFigures[]
  readonly query: CoverageQuery
  readonly format: 'json' | 'csv'
}

export interface SectionsTask {
  readonly kind: 'sections'
  readonly folder: string
  readonly sections: readonly SectionThen[]
}

export type BuildsTask = SectionsTask | ChangesTask | SectionTask | CoverageTask

export interface SectionTexts {
  /** Null where the section is not in that build. */
  readonly before: string | null
  readonly after: string | null
}

export interface ChangesPage extends Pick<BuildChanges, 'totals' | 'pages'> {
  /** How many pages there are of what was asked for. */
  readonly matches: number
}

export type BuildsReply =
  | {readonly value: readonly SectionNow[] | ChangesPage | SectionTexts | Coverage | string}
  | {readonly problem: {readonly code: ErrorCode; readonly message: string}}

/** Sections of one page that are listed; the totals count all. */
const maxSections = 300

serveTasks<null, BuildsTask>(async () => {
  // If there are fewer cores than processes, answers have priority.
  setPriority(constants.priority.PRIORITY_BELOW_NORMAL)
  /** The comparison that was asked for last, since it is read page by page. */
  let last: (Pair & {readonly changes: BuildChanges}) | null = null

  async function changesOf({from, to}: Pair): Promise<BuildChanges> {
    if (last?.from !== from || last.to !== to) {
      last = null
      last = {from, to, changes: await withRecords({from, to}, compareBuilds)}
    }
    return last.changes
  }

  async function answerTo(task: BuildsTask): Promise<Extract<BuildsReply, {value: unknown}>['value']> {
    if (task.kind === 'sections') {
      const records = await recordsIn(task.folder)
      try {
        return sectionsNow(records, task.sections)
      } finally {
        records.close()
      }
    }
    if (task.kind === 'section') {
      const {path, pathBefore, anchor} = task
      return withRecords(task, (before, after) => ({
        before: sectionTextIn(before, pathBefore, anchor),
        after: sectionTextIn(after, path, anchor),
      }))
    }
    if (task.kind === 'changes') {
      const {only, offset, limit} = task
      const {totals, pages} = await changesOf(task)
      const found = only === null ? pages : pages.filter(({kind}) => kind === only)
      const shown = found
        .slice(offset, offset + limit)
        .map(({sections, ...page}) => ({...page, sections: sections.slice(0, maxSections)}))
      return {totals, matches: found.length, pages: shown}
    }
    const pages = openPages(task.folder)
    try {
      const coverage = coverageOf(pages, task.figures, task.siteUrl, task.query)
      return task.format === 'csv' ? coverageCsv(coverage.pages) : coverage
    } finally {
      pages.close()
    }
  }

  return {
    ready: null,
    async perform(task): Promise<BuildsReply> {
      try {
        return {value: await answerTo(task)}
      } catch (error) {
        const {code, message} = damageOf(error)
        return {problem: {code, message}}
      }
    },
  }
})

async function withRecords<T>(
  {from, to}: Pair,
  read: (before: BuildRecords, after: BuildRecords) => T,
): Promise<T> {
  const before = await recordsIn(from)
  try {
    const after = await recordsIn(to)
    try {
      return read(before, after)
    } finally {
      after.close()
    }
  } finally {
    before.close()
  }
}

async function recordsIn(folder: string): Promise<BuildRecords> {
  return openBuildRecords(folder, await readManifest(folder))
}

/** What is wrong with a build is for staff to read. */
function damageOf(error: unknown): DocentError {
  const {code, message} = toDocentError(error)
  return code === 'internal' || code === 'index_damaged'
    ? new DocentError('conflict', `A build cannot be read: ${message}`)
    : new DocentError(code, message)
}
