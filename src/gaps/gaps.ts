import type {Gap, GapEvent, GapQuestion, GapScope, GapState, Severity} from './gap.ts'

export interface GapFilter {
  /** Default: any. */
  readonly state?: GapState
  readonly scope?: GapScope
  readonly severity?: Severity
  /** Null: assigned to nobody. Default: any. */
  readonly assignee?: string | null
}

export const gapOrders = ['severity', 'size', 'trend', 'latest'] as const
/** The gravest, the largest, those that grow most, and those asked last, first. */
export type GapOrder = (typeof gapOrders)[number]

export interface GapPageRequest {
  readonly sort: GapOrder
  /** `nextCursor` of the page before; null for the first. */
  readonly cursor: string | null
  readonly limit: number
  /** Only these gaps. Default: any. */
  readonly ids?: readonly string[]
}

export interface SearchableGap {
  readonly id: string
  readonly scope: GapScope
  readonly refs: ReadonlySet<string>
}

export interface GapPage {
  readonly items: readonly Gap[]
  readonly nextCursor: string | null
}

export interface GapChange {
  readonly by: string
  /** The revision that was read. */
  readonly revision: number
  /** Absent: it stays. Null: nobody. */
  readonly assignee?: string | null
  readonly note?: string | null
  readonly state?: GapState
}

/** A gap that a build has closed. */
export interface GapClosedByBuild {
  readonly id: string
  readonly titleRef: string
  readonly size: number
}

/** Whose questions to forget. */
export type ForgottenQuestions =
  | {readonly ref: string}
  | {readonly refs: readonly string[]}
  | {readonly conversation: string}
  | {readonly askedBefore: number}

/**
 * The gaps as staff see and change them; the grouping, in another process, makes them.
 * @throws DocentError `storage` from every method, if the store cannot be read or written.
 */
export interface Gaps {
  /** @throws DocentError `invalid_request` for a bad cursor. */
  list(filter: GapFilter, page: GapPageRequest): Promise<GapPage>
  /**
   * The title, the examples and the newest 200 questions of each, to search for words in; no more than 20,000 questions of
   * all, those of the gaps that were asked last.
   */
  searchable(filter: GapFilter): Promise<readonly SearchableGap[]>
  counts(filter: Omit<GapFilter, 'state'>): Promise<Readonly<Record<GapState, number>>>
  /** When the questions were last grouped; null before the first time. */
  asOf(): Promise<number | null>
  /** Whether another server, which shares these gaps, groups their questions now. */
  isGroupedElsewhere(): Promise<boolean>
  get(id: string): Promise<Gap | null>
  /** Ids that begin so; none for an empty start. */
  idsStartingWith(start: string, limit: number): Promise<readonly string[]>
  /** The newest first. */
  questions(id: string, limit: number): Promise<readonly GapQuestion[]>
  /** The newest first, at most 200. */
  history(id: string): Promise<readonly GapEvent[]>
  /** @throws DocentError `not_found`; `conflict` for another revision than the current one. */
  change(id: string, change: GapChange): Promise<Gap>
  /** Those that a build closed, also if they are open again; null while that is not known. At most 200. */
  closedBy(build: string): Promise<readonly GapClosedByBuild[] | null>
  /** The gap that an answer's question is in; null for none. */
  gapOf(ref: string): Promise<string | null>
  /** Removes questions with their vectors, and gaps that have none left. */
  forget(whose: ForgottenQuestions): Promise<void>
  /** Takes sections of a page out of what gaps name: those near them, and those that closed them. @returns the number of gaps. */
  forgetPage(isOfPage: (url: string) => boolean): Promise<number>
  close(): void
}
