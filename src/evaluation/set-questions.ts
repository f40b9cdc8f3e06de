import {DocentError} from '../domain/index.ts'
import {
  type EvaluationQuestion,
  isAnswerable,
  maxLineProblems,
  parseReadableQuestions,
  questionFileText,
  readQuestions,
} from '../question-sets/index.ts'
import type {EvaluationSet} from './evaluation-set.ts'

export interface SetQuestions {
  readonly questions: readonly EvaluationQuestion[]
  readonly unanswerable: readonly EvaluationQuestion[]
  /** Lines that were left out, for people. */
  readonly notes: readonly string[]
}

/**
 * Reads the question files of a set.
 * @throws DocentError `invalid_request` that names the file or line at fault: besides what cannot be read, a file
 * without questions, an id that is used twice, and an unanswerable question of kind `answerable`.
 */
export async function readSet(set: EvaluationSet, {noHistory}: {noHistory: boolean}): Promise<SetQuestions> {
  const {questions: given, notes} = set.leavesOutBadLines
    ? await readableIn(set.questions)
    : {questions: await readFileOf(set.questions, {requireRelevant: true}), notes: []}
  const others = (await Promise.all(set.unanswerable.map((file) => readFileOf(file)))).flat()
  rejectRepeatedIds([...given, ...others])
  const asked = (question: EvaluationQuestion) => (noHistory ? {...question, history: []} : question)
  const unanswerable = [...given.filter((question) => !isAnswerable(question)), ...others]
  const misclassified = unanswerable.find(({kind}) => kind === 'answerable')
  if (misclassified !== undefined)
    throw invalid(
      `${misclassified.place} kind: a question that the docs do not answer cannot have the kind answerable.`,
    )
  return {
    questions: given.filter(isAnswerable).map(asked),
    unanswerable: unanswerable.map(asked).map((question) => ({...question, relevant: [], gold: []})),
    notes,
  }
}

async function readFileOf(
  file: string,
  options: Parameters<typeof readQuestions>[1] = {},
): Promise<EvaluationQuestion[]> {
  const questions = await readQuestions(file, options)
  if (questions.length === 0) throw invalid(`${file} contains no questions.`)
  return questions
}

async function readableIn(
  file: string,
): Promise<{readonly questions: EvaluationQuestion[]; readonly notes: readonly string[]}> {
  const {questions, problems} = parseReadableQuestions(await questionFileText(file), file, {
    requireRelevant: true,
  })
  const notes = problems
    .slice(0, maxLineProblems)
    .map(({line, problem}) => `${file}:${line} is left out: ${problem}`)
  if (problems.length > notes.length) notes.push(`${problems.length - notes.length} more lines are left out.`)
  if (questions.length === 0) throw invalid([...notes, `${file} contains no questions.`].join('\n'))
  return {questions, notes}
}

function rejectRepeatedIds(questions: readonly EvaluationQuestion[]): void {
  const places = new Map<string, string>()
  for (const {id, place} of questions) {
    const before = places.get(id)
    if (before !== undefined)
      throw invalid(`${place} has the same id ${id} as ${before}; remove one, or give each its own id.`)
    places.set(id, place)
  }
}

function invalid(problem: string): DocentError {
  return new DocentError('invalid_request', problem)
}
