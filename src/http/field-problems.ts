import {DocentError} from '../domain/index.ts'
import {maxProblems, problemsLine} from '../lib/problems-line.ts'

/** What is wrong with a field of a request; of the request itself where its name is empty. */
export interface FieldProblem {
  readonly field: string
  readonly problem: string
}

/** The refusal of a request: names the first few of the things that are wrong with it, and how many more there are. */
export function refusalOf<T>(wrong: readonly T[], problemOf: (thing: T) => FieldProblem): DocentError {
  const problems = wrong.slice(0, maxProblems).map(problemOf)
  const lines = problems.map(({field, problem}) => (field === '' ? problem : `${field}: ${problem}`))
  const moreProblems = wrong.length - problems.length
  return new DocentError('invalid_request', problemsLine(lines, wrong.length), {
    details: {problems, ...(moreProblems > 0 ? {moreProblems} : {})},
  })
}
