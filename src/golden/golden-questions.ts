import type {GoldSection, LineProblem} from '../question-sets/index.ts'

/** What a golden question was made of: an answer, by its `ref`, or a gap, by its id. */
export type GoldenOrigin = {readonly answer: string} | {readonly gap: string}

/** A question with the sections that should be found for it. */
export interface GoldenDraft {
  readonly question: string
  /** `url` or `url#anchor`, as the build has addresses; at least one. */
  readonly relevant: readonly string[]
  /** The language of who asks, BCP 47; null for that of the question. */
  readonly lang: string | null
  /** The version of the docs that is asked for; null for the current one. */
  readonly version: string | null
}

export interface GoldenQuestion extends GoldenDraft {
  /** Stays the same while the question does. */
  readonly id: string
  /** Sections by file and heading, in a line that somebody wrote so; else empty. */
  readonly gold: readonly GoldSection[]
  /** Null in a line that was written by hand. */
  readonly addedBy: string | null
  /** Milliseconds since the epoch; null in a line that was written by hand. */
  readonly addedAt: number | null
  readonly from: GoldenOrigin | null
}

/** Maximum number of golden questions of the staff. */
export const maxGoldenQuestions = 5_000

export interface GoldenAdded {
  /** Ids of all that were sent, in their order. */
  readonly ids: readonly string[]
  /** How many are new. */
  readonly added: number
  /** How many were there, and have the sections now that were sent. */
  readonly kept: number
}

/**
 * The golden questions of the staff, in the format of question files: in a file, or as lines in a database.
 * Lines that cannot be read are no questions, and stay in the file as they are.
 * @throws DocentError from every method: `conflict` for what is no file or too large, and for too many questions; `storage`
 * if it cannot be read or written.
 */
export interface GoldenQuestions {
  /** Where they are, for people. */
  readonly file: string
  /** All of them, the one added last first. */
  list(): Promise<readonly GoldenQuestion[]>
  /** Lines that cannot be read, in the order of the file. */
  problems(): Promise<readonly LineProblem[]>
  /**
   * Adds all of them, or none. The same question in the same language and version is there once: it takes over the
   * sections that are sent. What is private is taken out of the words.
   * @param given `replacesAll`: whether also sections that somebody else gave are replaced; default true.
   * @throws DocentError `conflict` also for a question with other sections of somebody else, if those are not replaced.
   */
  add(
    drafts: readonly GoldenDraft[],
    given: {readonly by: string; readonly from: GoldenOrigin | null; readonly replacesAll?: boolean},
  ): Promise<GoldenAdded>
  /** Resolves with false if there was none. */
  delete(id: string): Promise<boolean>
}
