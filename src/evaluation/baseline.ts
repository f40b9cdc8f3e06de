import {readFile} from 'node:fs/promises'
import {z} from 'zod'
import {DocentError} from '../domain/index.ts'
import type {EvaluationQuestion} from '../question-sets/index.ts'
import {type AnswerResult, betterOf} from './answer-figures.ts'
import {
  type ComparedQuestion,
  type Comparison,
  compareRuns,
  type PairedQuestion,
  type Pairing,
  pairingOf,
} from './compare.ts'
import type {QuestionResult} from './evaluate.ts'
import type {EvaluationSet} from './evaluation-set.ts'
import type {OutOfDomainMeasures} from './out-of-domain.ts'
import type {SetQuestions} from './set-questions.ts'

const id = z.union([z.string(), z.number()]).transform(String)

const scores = z.record(z.string(), z.number())

const answers = z.array(z.object({id, answerable: z.boolean(), figures: z.record(z.string(), z.number())}))

/** The part of a run that is compared; older runs have fewer figures. */
const run = z.object({
  name: z.string().optional(),
  questions: z
    .array(
      z.object({
        id,
        question: z.string(),
        section: scores.nullable(),
        page: scores.nullable(),
      }),
    )
    .min(1, 'there is no question'),
  // In older runs, which did not list answers one by one, `questions` is their number.
  answers: z.object({questions: z.union([answers, z.number().transform(() => [])])}).optional(),
  cross: z
    .object({
      questions: z.array(
        z.object({
          set: z.string(),
          id,
          question: z.string().optional(),
          refused: z.boolean(),
        }),
      ),
    })
    .optional(),
})

/** A run to compare: read from a file, or just measured. */
interface Run {
  readonly name?: string | undefined
  readonly questions: readonly Pick<QuestionResult, 'id' | 'question' | 'section' | 'page'>[]
  readonly answers?:
    | {readonly questions: readonly Pick<AnswerResult, 'id' | 'answerable' | 'figures'>[]}
    | undefined
  readonly cross?: {readonly questions: readonly OutOfDomainEntry[]} | undefined
}

type OutOfDomainEntry = Omit<OutOfDomainMeasures['questions'][number], 'question'> & {
  readonly question?: string | undefined
}

/** One run per set. */
export type Baseline = readonly Run[]

/**
 * Reads the JSON of an earlier run, of one set or, with `isMany`, of several.
 * @throws DocentError `invalid_request` when it is not one, or not of the expected kind.
 */
export async function readBaseline(file: string, isMany: boolean): Promise<Baseline> {
  const invalid = (problem: string, cause?: unknown) =>
    new DocentError('invalid_request', `${file} ${problem}`, {cause})
  let text: string
  let value: unknown
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    throw invalid('cannot be read', error)
  }
  if (/^\s*> \S+@\S+ /.test(text))
    throw invalid('begins with output of npm: write it with --out, or with npm run --silent eval -- … --json')
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw invalid('is not the JSON of an earlier run', error)
  }
  const has = (name: string) => z.object({[name]: z.array(z.unknown())}).safeParse(value).success
  if (has(isMany ? 'questions' : 'sets'))
    throw invalid(isMany ? 'is of a run without --sets' : 'is of a run with --sets')
  const parsed = isMany
    ? z.object({sets: z.array(run).min(1, 'there is no set')}).safeParse(value)
    : run.transform((only) => ({sets: [only]})).safeParse(value)
  if (parsed.success) return parsed.data.sets
  const [issue] = parsed.error.issues
  const place = issue?.path.join('.') || 'the whole'
  throw invalid(`is not the JSON of an earlier run: ${place}: ${issue?.message}`, parsed.error)
}

/** Compares the sets that both have; each figure is the mean over sets. */
export function compareSets(before: Baseline, after: Baseline): Comparison[] {
  return compareRuns(comparedQuestions(before), comparedQuestions(after), (metric) =>
    metric.startsWith('answers.') ? betterOf(metric.slice('answers.'.length)) : 'higher',
  )
}

/** The questions that a run will ask, for pairing; `given` has those of each set. */
export function questionsToAsk(
  sets: readonly EvaluationSet[],
  given: readonly SetQuestions[],
): PairedQuestion[] {
  return sets.flatMap(({name}, index) => {
    const {questions, unanswerable} = given[index]!
    const paired = (answerable: boolean) => (asked: EvaluationQuestion) => ({
      id: asked.id,
      question: asked.question,
      answerable,
      ...(name === null ? {} : {set: name}),
    })
    return [...questions.map(paired(true)), ...unanswerable.map(paired(false))]
  })
}

/**
 * Counts the questions that an earlier run and this one have in common, without those of `--cross`.
 * @throws DocentError `invalid_request` when there are none.
 */
export function pairWith(before: Baseline, after: readonly PairedQuestion[], file: string): Pairing {
  const pairing = pairingOf(before.flatMap(ownQuestions), after)
  if (pairing.paired > 0) return pairing
  throw new DocentError(
    'invalid_request',
    `${file} has no question of this run: they are matched by set, id and text.`,
  )
}

function ownQuestions({name, questions}: Run): (PairedQuestion & Run['questions'][number])[] {
  const set = name === undefined ? {} : {set: name}
  return questions.map((asked) => ({...asked, ...set, answerable: asked.section !== null}))
}

function comparedQuestions(runs: readonly Run[]): ComparedQuestion[] {
  const keyOf = (id: string, answerable: boolean) => `${answerable ? '+' : '-'}${id}`
  return runs.flatMap((run) => {
    const results = run.answers?.questions ?? []
    const figures = new Map(results.map((result) => [keyOf(result.id, result.answerable), result.figures]))
    const own = ownQuestions(run).map((asked): ComparedQuestion => {
      const answer = figures.get(keyOf(asked.id, asked.answerable))
      return {...asked, ...(answer === undefined ? {} : {answer})}
    })
    return [...own, ...outOfDomainQuestions(run, runs)]
  })
}

/** The questions of other sets that this one was asked. */
function outOfDomainQuestions({name, cross}: Run, runs: readonly Run[]): ComparedQuestion[] {
  return (cross?.questions ?? []).flatMap(({set: from, id, question, refused}) => {
    // An older run does not have the text itself, only the set and id to look it up by.
    const asked = runs.find((run) => run.name === from)?.questions.find((other) => other.id === id)
    const text = question ?? asked?.question
    if (text === undefined) return []
    return {
      id: `${from}/${id}`,
      question: text,
      answerable: false,
      section: null,
      page: null,
      ...(name === undefined ? {} : {set: name}),
      answer: {cross: refused ? 1 : 0},
    }
  })
}
