import {DocentError} from '../domain/index.ts'
import {maxProblems, problemsLine} from '../lib/problems-line.ts'

/** What is wrong with a field of a request; of the request itself where its name is empty. */
export interface FieldProblem {
  readonly field: string
  readonly problem: string
}

/**
 * Problems in one line, each with the name of its field.
 * @param count how many there are, where not all are given
 * @param nameOf how a field is called; default: as it is
 */
export function fieldProblemsLine(
  problems: readonly FieldProblem[],
  count: number,
  nameOf: (field: string) => string = (field) => field,
): string {
  return problemsLine(
    problems.map(({field, problem}) => (field === '' ? problem : `${nameOf(field)}: ${problem}`)),
    count,
  )
}

/** The refusal of a request: names the first few of the things that are wrong with it, and how many more there are. */
export function refusalOf<T>(wrong: readonly T[], problemOf: (thing: T) => FieldProblem): DocentError {
  const problems = wrong.slice(0, maxProblems).map(problemOf)
  const moreProblems = wrong.length - problems.length
  return new DocentError('invalid_request', fieldProblemsLine(problems, wrong.length), {
    details: {problems, ...(moreProblems > 0 ? {moreProblems} : {})},
  })
}
