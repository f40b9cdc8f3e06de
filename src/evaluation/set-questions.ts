import {DocentError} from '../domain/index.ts'
import {type EvaluationQuestion, isAnswerable, readQuestions} from '../question-sets/index.ts'
import type {EvaluationSet} from './evaluation-set.ts'

export interface SetQuestions {
  readonly questions: readonly EvaluationQuestion[]
  readonly unanswerable: readonly EvaluationQuestion[]
}

/**
 * Reads the question files of a set.
 * @throws DocentError `invalid_request` naming the file, or its line, that is wrong: besides what cannot be read, a file
 * without a question, an id that is used again, and an unanswerable question of kind `answerable`.
 */
export async function readSet(set: EvaluationSet, {noHistory}: {noHistory: boolean}): Promise<SetQuestions> {
  const given = await readSome(set.questions, {mustSayRelevant: true})
  const others = (await Promise.all(set.unanswerable.map((file) => readSome(file)))).flat()
  refuseRepeatedIds([...given, ...others])
  const asked = (question: EvaluationQuestion) => (noHistory ? {...question, history: []} : question)
  const unanswerable = [...given.filter((question) => !isAnswerable(question)), ...others]
  const misnamed = unanswerable.find(({kind}) => kind === 'answerable')
  if (misnamed !== undefined)
    throw wrong(
      `${misnamed.place} kind: a question that the docs do not answer cannot be of kind answerable.`,
    )
  return {
    questions: given.filter(isAnswerable).map(asked),
    unanswerable: unanswerable.map(asked).map((question) => ({...question, relevant: [], gold: []})),
  }
}

async function readSome(
  file: string,
  options: Parameters<typeof readQuestions>[1] = {},
): Promise<EvaluationQuestion[]> {
  const questions = await readQuestions(file, options)
  if (questions.length === 0) throw wrong(`${file} holds no question.`)
  return questions
}

function refuseRepeatedIds(questions: readonly EvaluationQuestion[]): void {
  const places = new Map<string, string>()
  for (const {id, place} of questions) {
    const before = places.get(id)
    if (before !== undefined)
      throw wrong(`${place} has the id ${id} of ${before}; ask it once, or give each an id of its own.`)
    places.set(id, place)
  }
}

function wrong(problem: string): DocentError {
  return new DocentError('invalid_request', problem)
}
