import {type CitationFault, citationFaults} from './citations.ts'
import type {Better} from './compare.ts'
import {type Interval, intervalOfSets, type Weighed} from './intervals.ts'

/**
 * What is measured of answers, by name; beside these there is `refused.KIND` for each kind of question that the docs
 * do not answer, `refused.unanswerable` for those without a kind.
 */
export const answerFigureNames = {
  sectionShown: 'answerable questions with a right section among the sources shown',
  pageShown: 'answerable questions with a right page among the sources shown',
  evidenceAll: 'questions with evidence whose answer shows a span of every group',
  evidenceAny: 'questions with evidence whose answer shows a span of any group',
  words: 'words of an answer, without the line that opens it',
  repeats: 'answers in which a sentence of four words or more comes again',
  repeatedSentences: 'sentences that come again, for each answer',
  leadIns: 'answers that announce something and do not bring it',
  hold: 'citations whose words stand in the section at their address; an answer without any counts as one that fails',
  cited: 'words of an answer that are cited, without the line that opens it and labels',
  coverage: 'telling words of the reference answer that the answer holds',
  'refused.answerable': 'answerable questions that are refused',
} as const

const lowerIsBetter: readonly string[] = [
  'repeats',
  'repeatedSentences',
  'leadIns',
  'refused.answerable',
] satisfies (keyof typeof answerFigureNames)[]

/** Which way a figure is better, by its name without `answers.`; null for what only counts. */
export function betterOf(figure: string): Better {
  if (figure === 'words') return null
  return lowerIsBetter.includes(figure) ? 'lower' : 'higher'
}

/** What one question got. */
export interface AnswerResult {
  readonly id: string
  readonly kind: string | null
  readonly answerable: boolean
  readonly refused: boolean
  /** By the names of `answerFigureNames`; one that says nothing of this question is absent. */
  readonly figures: Readonly<Record<string, number>>
  /** Markdown; empty when refused. */
  readonly text: string
  readonly citations: readonly {
    readonly n: number
    readonly start: number
    readonly end: number
    readonly quote?: string
    /** Why it does not hold; null when it does. */
    readonly fault: CitationFault | null
  }[]
  readonly sources: readonly {
    readonly n: number
    readonly url: string
    readonly anchor: string
    readonly title: string
    readonly headings: readonly string[]
  }[]
}

/** A mean with its 95 % interval. */
export interface AnswerFigure extends Interval {
  /** Questions that it is the mean over. */
  readonly questions: number
}

export interface AnswerMeasures {
  readonly figures: Readonly<Record<string, AnswerFigure>>
  readonly citations: {
    readonly total: number
    /** Answers that have none. */
    readonly uncited: number
    /** How many do not hold, by what is wrong. */
    readonly faults: Readonly<Record<CitationFault, number>>
  }
  readonly questions: readonly AnswerResult[]
}

/** The means over questions. Only `hold` is one over citations, resampled by question like the others. */
export function measuresOf(questions: readonly AnswerResult[]): AnswerMeasures {
  const names = [...new Set(questions.flatMap(({figures}) => Object.keys(figures)))]
  const citations = questions.flatMap((result) => result.citations)
  return {
    figures: Object.fromEntries(names.map((name) => [name, figureOver(questions, name)])),
    citations: {
      total: citations.length,
      uncited: questions.filter((result) => !result.refused && result.citations.length === 0).length,
      faults: Object.fromEntries(
        citationFaults.map((fault) => [fault, citations.filter((one) => one.fault === fault).length]),
      ) as Record<CitationFault, number>,
    },
    questions,
  }
}

/** A figure of each question that has it, with what it counts in the mean. */
export function weighedFigures(questions: readonly AnswerResult[], name: string): Weighed[] {
  return questions.flatMap((result) => {
    const value = result.figures[name]
    return value === undefined
      ? []
      : [{value, weight: name === 'hold' ? Math.max(1, result.citations.length) : 1}]
  })
}

function figureOver(questions: readonly AnswerResult[], name: string): AnswerFigure {
  const values = weighedFigures(questions, name)
  return {...intervalOfSets([values]), questions: values.length}
}
