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
import type {CrossMeasures} from './cross.ts'
import type {QuestionResult} from './evaluate.ts'
import type {EvaluationSet} from './evaluation-set.ts'
import type {SetQuestions} from './set-questions.ts'

const id = z.union([z.string(), z.number()]).transform(String)

const scores = z.record(z.string(), z.number())

const answers = z.array(z.object({id, answerable: z.boolean(), figures: z.record(z.string(), z.number())}))

/** What is compared of a run; an older one has fewer figures. */
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
  // Before answers were measured one by one, `questions` was how many there were.
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

/** A run as it is compared: read, or measured just now. */
interface Run {
  readonly name?: string | undefined
  readonly questions: readonly Pick<QuestionResult, 'id' | 'question' | 'section' | 'page'>[]
  readonly answers?:
    | {readonly questions: readonly Pick<AnswerResult, 'id' | 'answerable' | 'figures'>[]}
    | undefined
  readonly cross?: {readonly questions: readonly ForeignResult[]} | undefined
}

type ForeignResult = Omit<CrossMeasures['questions'][number], 'question'> & {
  readonly question?: string | undefined
}

/** A run for each set. */
export type Baseline = readonly Run[]

/**
 * Reads the JSON of an earlier run, of one set or of many.
 * @throws DocentError `invalid_request` when it is none, or of the other sort than this run.
 */
export async function readBaseline(file: string, isMany: boolean): Promise<Baseline> {
  const wrong = (problem: string, cause?: unknown) =>
    new DocentError('invalid_request', `${file} ${problem}`, {cause})
  let text: string
  let value: unknown
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    throw wrong('cannot be read', error)
  }
  if (/^\s*> \S+@\S+ /.test(text))
    throw wrong('begins with lines of npm: write it with --out, or by npm run --silent eval -- … --json')
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw wrong('is not the JSON of an earlier run', error)
  }
  const has = (name: string) => z.object({[name]: z.array(z.unknown())}).safeParse(value).success
  if (has(isMany ? 'questions' : 'sets'))
    throw wrong(isMany ? 'is of a run without --sets' : 'is of a run with --sets')
  const parsed = isMany
    ? z.object({sets: z.array(run).min(1, 'there is no set')}).safeParse(value)
    : run.transform((only) => ({sets: [only]})).safeParse(value)
  if (parsed.success) return parsed.data.sets
  const [issue] = parsed.error.issues
  const place = issue?.path.join('.') || 'the whole'
  throw wrong(`is not the JSON of an earlier run: ${place}: ${issue?.message}`, parsed.error)
}

/** The sets that both have, compared together: the mean over sets. */
export function compareSets(before: Baseline, after: Baseline): Comparison[] {
  return compareRuns(comparedQuestions(before), comparedQuestions(after), (metric) =>
    metric.startsWith('answers.') ? betterOf(metric.slice('answers.'.length)) : 'higher',
  )
}

/** What a run is about to ask: `given` are the questions of each set. */
export function askedQuestions(
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
 * How many questions an earlier run and this one have in common; those of `--cross` are not counted.
 * @throws DocentError `invalid_request` when there is none.
 */
export function pairWith(before: Baseline, after: readonly PairedQuestion[], file: string): Pairing {
  const pairing = pairingOf(before.flatMap(ownQuestions), after)
  if (pairing.paired > 0) return pairing
  throw new DocentError(
    'invalid_request',
    `${file} has no question of this run: they are told apart by set, id and text.`,
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
    return [...own, ...foreignQuestions(run, runs)]
  })
}

/** What other sets answer, as this one took it. */
function foreignQuestions({name, cross}: Run, runs: readonly Run[]): ComparedQuestion[] {
  return (cross?.questions ?? []).flatMap(({set: from, id, question, refused}) => {
    // An older run says only where the text stands.
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
