import type {AnswerRow} from '../answer-row.ts'
import type {Facets} from '../catalog/facets-of.ts'
import {answerCounts, type Counts} from './answer-counts.ts'
import {questionNumber} from './question-number.ts'

export const hourMs = 60 * 60 * 1000
export const dayMs = 24 * hourMs

/** What visitors say of an answer, and do with it, after it has ended. */
export interface Judgement {
  readonly rating: 'up' | 'down' | null
  /** 1 where a visitor said that the docs lack this. */
  readonly missing: number
  /** How often it was taken up again. */
  readonly resumes: number
  /** Numbers of the sources that were opened, as JSON. */
  readonly opened: string
}

/** A question as an answer was asked it. */
export interface Asked {
  /** Days since the epoch (UTC). */
  readonly day: number
  /** Null where no words are kept. */
  readonly question: number | null
  /** 1 where the docs did not have it. */
  readonly unanswered: number
}

/** As what an answer was counted: all else of an answer that has ended stays. */
export type Counted = Judgement & Asked

/** An answer that has ended. */
export interface Entry extends Judgement {
  readonly row: number
  /** When it began, in milliseconds since the epoch. */
  readonly at: number
  readonly build: string
  /** What it adds if it is judged so. */
  readonly countsIf: (judgement: Judgement) => Counts
  /** Addresses of the pages that it showed, and whether it cites each. */
  readonly pages: ReadonlyMap<string, boolean>
  /** Addresses of the pages that were found, and not good enough to show, as the answer abstained. */
  readonly nearest: ReadonlySet<string>
  /** Addresses of the sources that it showed, by their numbers. */
  readonly sources: ReadonlyMap<number, string>
  /** Stands for its question and all that are the same; null where no words are kept. */
  readonly question: number | null
  readonly isAbstained: boolean
}

/** @param isFirst whether no earlier answer of its conversation is kept */
export function entryOf(
  answer: AnswerRow,
  {error, pages, nearest, sources}: Pick<Facets, 'error' | 'pages' | 'nearest' | 'sources'>,
  isFirst: boolean,
): Entry {
  const {row, started_at: at, build, rating, missing, resumes, opened} = answer
  const more = {error, isFirst, shown: [...sources.keys()]}
  return {
    row,
    at,
    build,
    ...{rating, missing, resumes, opened},
    countsIf: (judgement) => answerCounts({...answer, ...judgement}, more),
    pages,
    nearest,
    sources,
    question: questionNumber(answer.question),
    isAbstained: answer.abstained === 1,
  }
}

/** What is counted of a page. */
export type PageCount = 'shown' | 'cited' | 'disliked' | 'unanswered' | 'opened'

export interface HourSum {
  /** Since the epoch (UTC). */
  readonly hour: number
  readonly build: string
  readonly counts: Map<string, number>
}

export interface PageSum extends Record<PageCount, number> {
  readonly day: number
  readonly page: string
}

export interface QuestionSum {
  readonly day: number
  readonly question: number
  asked: number
  unanswered: number
}

/** What is to be added to the stored sums. */
export interface FigureSums {
  /**
   * Counts an answer as it is now, instead of as it was before.
   * @returns as what it is counted now; null if it was counted so before.
   */
  count(entry: Entry, before: Counted | null): Counted | null
  /** Takes back the question of an answer that was removed: all other sums keep it. */
  forget(before: Counted): void
  hours(): Iterable<HourSum>
  pages(): Iterable<PageSum>
  questions(): Iterable<QuestionSum>
  clear(): void
}

function isSame(a: Judgement, b: Judgement): boolean {
  return a.rating === b.rating && a.missing === b.missing && a.resumes === b.resumes && a.opened === b.opened
}

export function createFigureSums(): FigureSums {
  const hours = new Map<string, HourSum>()
  const pages = new Map<string, PageSum>()
  const questions = new Map<string, QuestionSum>()

  function hourOf(hour: number, build: string): HourSum {
    const key = `${hour} ${build}`
    const sum = hours.get(key) ?? {hour, build, counts: new Map()}
    hours.set(key, sum)
    return sum
  }

  function pageOn(day: number, page: string): PageSum {
    const key = `${day} ${page}`
    const sum = pages.get(key) ?? {day, page, shown: 0, cited: 0, disliked: 0, unanswered: 0, opened: 0}
    pages.set(key, sum)
    return sum
  }

  function add(
    {at, build, countsIf, pages: used, nearest, sources}: Entry,
    judgement: Judgement,
    sign: 1 | -1,
  ): void {
    const {counts} = hourOf(Math.floor(at / hourMs), build)
    for (const [name, by] of Object.entries(countsIf(judgement)))
      counts.set(name, (counts.get(name) ?? 0) + sign * by)
    const day = Math.floor(at / dayMs)
    for (const [url, isCited] of used) {
      const page = pageOn(day, url)
      page.shown += sign
      if (isCited) page.cited += sign
      if (isCited && judgement.rating === 'down') page.disliked += sign
    }
    const lacking = judgement.missing === 0 ? nearest : new Set([...nearest, ...used.keys()])
    for (const url of lacking) pageOn(day, url).unanswered += sign
    const opened = new Set((JSON.parse(judgement.opened) as number[]).map((n) => sources.get(n) ?? ''))
    for (const url of opened) if (url !== '') pageOn(day, url).opened += sign
  }

  function addQuestion({day, question, unanswered}: Asked, sign: 1 | -1): void {
    if (question === null) return
    const key = `${day} ${question}`
    const sum = questions.get(key) ?? {day, question, asked: 0, unanswered: 0}
    questions.set(key, sum)
    sum.asked += sign
    sum.unanswered += sign * unanswered
  }

  return {
    count(entry, before) {
      if (before !== null && isSame(before, entry)) return null
      if (before !== null) add(entry, before, -1)
      add(entry, entry, 1)
      const {at, rating, missing, resumes, opened, question} = entry
      const unanswered = entry.isAbstained || missing === 1 ? 1 : 0
      const now = {rating, missing, resumes, opened, day: Math.floor(at / dayMs), question, unanswered}
      if (before !== null) addQuestion(before, -1)
      addQuestion(now, 1)
      return now
    },
    forget: (before) => addQuestion(before, -1),
    hours: () => hours.values(),
    pages: () => pages.values(),
    questions: () => [...questions.values()].filter(({asked, unanswered}) => asked !== 0 || unanswered !== 0),
    clear() {
      hours.clear()
      pages.clear()
      questions.clear()
    },
  }
}

/** Stored counts as JSON with what is to be added; what adds up to nothing is left out. */
export function addedCounts(before: string | undefined, added: ReadonlyMap<string, number>): string {
  const counts = JSON.parse(before ?? '{}') as Record<string, number>
  for (const [name, by] of added) {
    const value = (counts[name] ?? 0) + by
    if (value === 0) delete counts[name]
    else counts[name] = value
  }
  return JSON.stringify(counts)
}
