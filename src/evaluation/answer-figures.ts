import {type CitationFault, citationFaults} from './citations.ts'
import type {Better} from './compare.ts'
import {type Interval, intervalOfSets, type WeightedValue} from './intervals.ts'

/**
 * The figures of answers by name. In addition there is `refused.KIND` for each kind of question that the docs do not
 * answer, `refused.unanswerable` for those without a kind.
 */
export const answerFigureNames = {
  sectionShown: 'answerable questions with a relevant section among the sources shown',
  pageShown: 'answerable questions with a relevant page among the sources shown',
  evidenceAll: 'questions with evidence whose answer shows a span of every group',
  evidenceAny: 'questions with evidence whose answer shows a span of any group',
  evidenceSent: 'groups of evidence in the sections shown that a model would be sent',
  words: 'words of an answer, without the line that opens it',
  repeats: 'answers that repeat a sentence of four words or more',
  repeatedSentences: 'repeated sentences per answer',
  leadIns: 'answers that announce something that does not follow',
  hold: 'citations whose words are in the section at their address; an answer without any counts as one that fails',
  cited: 'words of an answer that are cited, without the line that opens it and labels',
  coverage: 'content words of the reference answer that the answer contains',
  'refused.answerable': 'answerable questions that are refused',
} as const

const lowerIsBetter: readonly string[] = [
  'repeats',
  'repeatedSentences',
  'leadIns',
  'refused.answerable',
] satisfies (keyof typeof answerFigureNames)[]

/** Which direction is better for a figure, by its name without `answers.`; null when neither is. */
export function betterOf(figure: string): Better {
  if (figure === 'words') return null
  return lowerIsBetter.includes(figure) ? 'lower' : 'higher'
}

/** The answer to one question, measured. */
export interface AnswerResult {
  readonly id: string
  readonly kind: string | null
  readonly answerable: boolean
  readonly refused: boolean
  /** By the names of `answerFigureNames`; those that do not apply to this question are absent. */
  readonly figures: Readonly<Record<string, number>>
  /** Markdown; empty when refused. */
  readonly text: string
  readonly citations: readonly {
    readonly n: number
    readonly start: number
    readonly end: number
    readonly quote?: string
    /** What is wrong with it; null when nothing is. */
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
  /** Number of questions in the mean. */
  readonly questions: number
}

export interface AnswerMeasures {
  readonly figures: Readonly<Record<string, AnswerFigure>>
  readonly citations: {
    readonly total: number
    /** Answers without citations. */
    readonly uncited: number
    /** Number of citations at fault, by fault. */
    readonly faults: Readonly<Record<CitationFault, number>>
  }
  readonly questions: readonly AnswerResult[]
}

/** Means over questions, except that `hold` is a mean over citations; intervals resample questions for all. */
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

/** A figure of each question that has it, with its weight in the mean. */
export function weightedFigures(questions: readonly AnswerResult[], name: string): WeightedValue[] {
  return questions.flatMap((result) => {
    const value = result.figures[name]
    return value === undefined
      ? []
      : [{value, weight: name === 'hold' ? Math.max(1, result.citations.length) : 1}]
  })
}

function figureOver(questions: readonly AnswerResult[], name: string): AnswerFigure {
  const values = weightedFigures(questions, name)
  return {...intervalOfSets([values]), questions: values.length}
}
