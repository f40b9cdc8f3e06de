import type {StaffQuestions} from '../docs/wire.ts'

/** What the staff API sends of golden questions, as far as the console reads it. */

/** A section as readers know it. */
export interface NamedSection {
  readonly url: string
  readonly anchor: string
  readonly title: string
  readonly headings: readonly string[]
}

export type RelevantSection =
  /** `section` is what it is in the build that is served; null where that does not have it. */
  | {readonly url: string; readonly anchor: string; readonly section: NamedSection | null}
  /** Somebody wrote it by file and heading. */
  | {readonly file: string; readonly heading: string}

export interface GoldenItem {
  readonly id: string
  readonly question: string
  readonly lang: string | null
  readonly version: string | null
  readonly relevant: readonly RelevantSection[]
  /** Null in a line that was written by hand, as `addedAt`. */
  readonly addedBy: string | null
  readonly addedAt: number | null
  readonly from: {readonly answer?: string; readonly gap?: string} | null
}

export interface GoldenPage {
  readonly items: readonly GoldenItem[]
  readonly total: number
  readonly nextCursor: string | null
  /** The file they are in. */
  readonly path: string
  /** How they did when the build that is served was made. */
  readonly asked: StaffQuestions | null
  /** Lines of the file that cannot be read, the first of them. */
  readonly problems: readonly {readonly line: number; readonly problem: string}[]
  readonly problemCount: number
}

export interface GoldenMade {
  readonly added: number
  readonly kept: number
}
