import {readFile} from 'node:fs/promises'
import {z} from 'zod'
import {DocentError, type Turn} from '../../domain/index.ts'

/** A question with what should be found for it. */
export interface EvaluationQuestion {
  readonly id: string
  readonly question: string
  /** `url` or `url#anchor`; without `#` any section of the page counts. Empty: the docs do not answer it. */
  readonly relevant: readonly string[]
  /** What a person found right. */
  readonly answer: string | null
  readonly history: readonly Turn[]
  /** What sort of question it is, as `off-topic`. */
  readonly kind: string | null
}

const turn = z
  .object({
    role: z.enum(['user', 'assistant']),
    content: z.string().optional(),
    // Some published sets name it so.
    text: z.string().optional(),
  })
  .transform(({role, content, text}): Turn => ({role, content: content ?? text ?? ''}))

const line = z.object({
  id: z.union([z.string(), z.number()]).transform(String).optional(),
  question: z.string().min(1),
  relevant: z.array(z.string()).default([]),
  answer: z.string().nullish(),
  history: z.array(turn).default([]),
  kind: z.string().nullish(),
  gold_level: z.string().nullish(),
})

/**
 * Reads a question file: JSON lines `{id, question, relevant, answer?, history?}`. Questions without an id get
 * the number of their line.
 * @throws DocentError `invalid_request` naming the file and line that cannot be read.
 */
export async function readQuestions(file: string): Promise<EvaluationQuestion[]> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    throw new DocentError('invalid_request', `The question file ${file} cannot be read.`, {cause: error})
  }
  return parseQuestions(text, file)
}

/** The same from text; `name` stands for the file in errors. */
export function parseQuestions(text: string, name: string): EvaluationQuestion[] {
  const questions: EvaluationQuestion[] = []
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    if (raw.trim() === '') continue
    let value: unknown
    try {
      value = JSON.parse(raw)
    } catch (error) {
      throw new DocentError('invalid_request', `${name}:${index + 1} is not JSON.`, {cause: error})
    }
    const parsed = line.safeParse(value)
    if (!parsed.success) {
      const problem = parsed.error.issues[0]
      throw new DocentError(
        'invalid_request',
        `${name}:${index + 1} ${problem?.path.join('.') ?? ''}: ${problem?.message ?? 'is not a question'}`,
      )
    }
    const {id, question, relevant, answer, history, kind} = parsed.data
    questions.push({
      id: id ?? String(index + 1),
      question,
      relevant,
      answer: answer ?? null,
      history,
      kind: kind ?? null,
    })
  }
  return questions
}
