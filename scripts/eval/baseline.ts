import {readFile} from 'node:fs/promises'
import {DocentError} from '../../src/domain/index.ts'
import {type ComparedQuestion, type Comparison, compareRuns} from '../../src/retrieval/evaluation/compare.ts'
import type {AnswerResult} from './answer-figures.ts'
import type {Measured} from './measure.ts'

/** Sets as the JSON of an earlier run has them; an older one has fewer figures. */
export type Baseline = readonly Pick<Measured, 'name' | 'questions' | 'answers' | 'cross'>[]

/**
 * Reads the JSON of an earlier run, of one set or of many.
 * @throws DocentError `invalid_request` when it is none, or of the other sort than this run.
 */
export async function readBaseline(file: string, isMany: boolean): Promise<Baseline> {
  const wrong = (problem: string, cause?: unknown) =>
    new DocentError('invalid_request', `${file} ${problem}`, {cause})
  let value: {readonly sets?: unknown; readonly questions?: unknown}
  try {
    value = JSON.parse(await readFile(file, 'utf8'))
  } catch (error) {
    throw wrong('is not the JSON of an earlier run', error)
  }
  const isRun = (run: unknown) => Array.isArray((run as Partial<Measured> | null)?.questions)
  const sets = Array.isArray(value?.sets) ? value.sets : isRun(value) ? [value] : []
  if (sets.length === 0 || !sets.every(isRun)) throw wrong('is not the JSON of an earlier run')
  if (Array.isArray(value.sets) !== isMany)
    throw wrong(isMany ? 'is of a run without --sets' : 'is of a run with --sets')
  return sets as Baseline
}

/** The sets that both have, compared together: the mean over sets. */
export function compareSets(before: Baseline, after: Baseline): Comparison[] {
  return compareRuns(before.flatMap(comparedQuestions), after.flatMap(comparedQuestions))
}

function comparedQuestions({name, questions, answers, cross}: Baseline[number]): ComparedQuestion[] {
  const set = name === undefined ? {} : {set: name}
  // Before answers were measured one by one, `questions` was how many there were.
  const results: readonly AnswerResult[] = Array.isArray(answers?.questions) ? answers.questions : []
  const keyOf = (id: string, answerable: boolean) => `${answerable ? '+' : '-'}${id}`
  const figures = new Map(results.map((result) => [keyOf(result.id, result.answerable), result.figures]))
  return [
    ...questions.map(({id, section, page}) => {
      const answer = figures.get(keyOf(id, section !== null))
      return {id, section, page, ...set, ...(answer === undefined ? {} : {answer})}
    }),
    ...(cross?.questions ?? []).map((foreign) => ({
      id: `${foreign.set}/${foreign.id}`,
      section: null,
      page: null,
      ...set,
      answer: {cross: foreign.refused ? 1 : 0},
    })),
  ]
}
