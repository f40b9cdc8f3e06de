import {createHash} from 'node:crypto'
import {readFile} from 'node:fs/promises'
import {z} from 'zod'
import {DocentError, type Turn} from '../domain/index.ts'
import {issueWords} from '../lib/issue-words.ts'
import type {Relevant} from './metrics.ts'

/** A question with what retrieval should find for it. */
export interface EvaluationQuestion {
  readonly id: string
  /** File and line it was read from, as `questions.jsonl:3`. */
  readonly place: string
  readonly question: string
  /**
   * `url` or `url#anchor`; without `#` any section of the page counts. Empty: the docs do not answer it, unless it
   * has `gold`, which `resolveGold` resolves to sections of a build.
   */
  readonly relevant: readonly Relevant[]
  /** The same by file and heading; empty for a question with `relevant`. */
  readonly gold: readonly GoldSection[]
  /**
   * Spans of the docs that answer it, in groups: a complete answer shows a span of each group; the spans of a group are
   * alternatives. Empty when not known.
   */
  readonly evidence: readonly (readonly string[])[]
  /** A reference answer, written by a person. */
  readonly answer: string | null
  readonly history: readonly Turn[]
  /** Category of the question, as `off-topic`. */
  readonly kind: string | null
  /** The version of the docs that is asked for; null or absent for the current one. */
  readonly version?: string | null
  /** The language of who asks, BCP 47; null or absent for that of the question. */
  readonly lang?: string | null
}

/** A section as the writer of a question refers to it. */
export interface GoldSection {
  /** Path relative to the content folder. */
  readonly file: string
  /** Its heading; empty for the text before the first one. */
  readonly heading: string
  /** One-based line of the heading, which distinguishes equal headings; null when not given. */
  readonly line: number | null
}

export interface QuestionFileOptions {
  /** Whether each line must have `gold` or `relevant`, which may be empty but has no blank entry. Default false. */
  readonly requireRelevant?: boolean
}

const turn = z
  .object({
    role: z.enum(['user', 'assistant']),
    content: z.string().optional(),
    // The name in some published sets.
    text: z.string().optional(),
  })
  .transform(({role, content, text}): Turn => ({role, content: content ?? text ?? ''}))

const goldSection = z.object({
  // Accepts what is copied from a terminal.
  file: z
    .string()
    .transform((file) => file.replaceAll('\\', '/').replace(/^(?:\.?\/)+/, ''))
    .pipe(z.string().min(1)),
  heading: z
    .string()
    .default('')
    .transform((heading) => heading.replace(/^\s*#{1,6}\s+/, '')),
  line: z
    .number()
    .int()
    .positive()
    .nullish()
    .transform((given) => given ?? null),
})

// A span with neither letter nor digit would be in every answer.
const span = z.string().regex(/[\p{L}\p{N}]/u, 'a span needs a letter or digit')

const line = z.object({
  id: z.union([z.string(), z.number()]).transform(String).optional(),
  question: z.string().min(1),
  relevant: z.array(z.string()).optional(),
  gold: z
    .array(goldSection)
    .min(1, 'names no section; what the docs do not answer has "relevant": []')
    .optional(),
  evidence: z.array(z.array(span).min(1, 'a group needs a span')).default([]),
  answer: z.string().nullish(),
  history: z.array(turn).default([]),
  kind: z.string().trim().nullish(),
  version: z.string().nullish(),
  lang: z.string().nullish(),
})

/**
 * Reads a question file: JSON lines `{id, question, relevant or gold, evidence?, answer?, history?, kind?, version?, lang?}`.
 * Other fields are ignored. Questions without an id get one derived from their text, which stays the same when lines move.
 * @throws DocentError `invalid_request` that names the file, and the line at fault.
 */
export async function readQuestions(
  file: string,
  options: QuestionFileOptions = {},
): Promise<EvaluationQuestion[]> {
  return parseQuestions(await questionFileText(file), file, options)
}

/** @throws DocentError `invalid_request` that names the file. */
export async function questionFileText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw new DocentError('invalid_request', `The question file ${file} cannot be read.`, {cause: error})
  }
}

/** The same from text; errors name `name` as the file. */
export function parseQuestions(
  text: string,
  name: string,
  options: QuestionFileOptions = {},
): EvaluationQuestion[] {
  return linesOfQuestions(text).flatMap((raw, index) => {
    const question = parseQuestion(raw, `${name}:${index + 1}`, options)
    return question === null ? [] : [question]
  })
}

/** A line that cannot be read, and what is wrong with it, for people. */
export interface LineProblem {
  /** One-based. */
  readonly line: number
  readonly problem: string
}

/** The lines that can be read, each id once, and what is wrong with the others. */
export function parseReadableQuestions(
  text: string,
  name: string,
  options: QuestionFileOptions = {},
): {readonly questions: EvaluationQuestion[]; readonly problems: readonly LineProblem[]} {
  const questions: EvaluationQuestion[] = []
  const problems: LineProblem[] = []
  const lineOf = new Map<string, number>()
  for (const [index, raw] of linesOfQuestions(text).entries()) {
    const place = `${name}:${index + 1}`
    try {
      const question = parseQuestion(raw, place, options)
      if (question === null) continue
      refuseRepeatedId(question, lineOf, index + 1)
      questions.push(question)
    } catch (error) {
      problems.push({line: index + 1, problem: lineProblemOf(error, place)})
    }
  }
  return {questions, problems}
}

/** @param lineOf lines of the ids before. @throws DocentError `invalid_request` that begins with the place. */
export function refuseRepeatedId(
  {id, place}: Pick<EvaluationQuestion, 'id' | 'place'>,
  lineOf: Map<string, number>,
  line: number,
): void {
  const before = lineOf.get(id)
  if (before !== undefined)
    throw new DocentError(
      'invalid_request',
      `${place} id ${id} is used in line ${before}; remove one, or give each its own id.`,
    )
  lineOf.set(id, line)
}

/** What is wrong with a line, by what `parseQuestion` threw for it. @throws what else it threw. */
export function lineProblemOf(error: unknown, place: string): string {
  if (!(error instanceof DocentError)) throw error
  return error.message.slice(place.length + 1).replace(/[^.!?]$/, '$&.')
}

/** The lines of a question file, without a byte order mark. */
export function linesOfQuestions(text: string): string[] {
  return text.replace(/^\ufeff/, '').split(/\r?\n/)
}

/** One line of a question file; null for a blank one. @throws DocentError `invalid_request` that begins with `place`. */
export function parseQuestion(
  raw: string,
  place: string,
  {requireRelevant = false}: QuestionFileOptions = {},
): EvaluationQuestion | null {
  if (raw.trim() === '') return null
  const invalid = (problem: string, cause?: unknown) =>
    new DocentError('invalid_request', `${place} ${problem}`, {cause})
  let value: unknown
  try {
    value = JSON.parse(raw)
  } catch (error) {
    throw invalid('is not JSON.', error)
  }
  const parsed = line.safeParse(value, {error: issueWords})
  if (!parsed.success) {
    const problem = parsed.error.issues[0]
    throw invalid(`${problem?.path.join('.') ?? ''}: ${problem?.message ?? 'is not a question'}`)
  }
  const {id, question, relevant, gold, evidence, answer, history, kind, version, lang} = parsed.data
  if (relevant !== undefined && gold !== undefined)
    throw invalid('has both relevant and gold; keep one of them.')
  if (relevant === undefined && gold === undefined && requireRelevant)
    throw invalid('has neither relevant nor gold; what the docs do not answer has "relevant": [].')
  if (relevant?.some((entry) => entry.trim() === '') && requireRelevant)
    throw invalid('has a blank entry in relevant; write the url of the page, "/" for the first.')
  return {
    id: id ?? digestOf(question, history),
    place,
    question,
    relevant: relevant ?? [],
    gold: gold ?? [],
    evidence,
    answer: answer ?? null,
    history,
    kind: kind || null,
    version: version || null,
    lang: lang || null,
  }
}

function digestOf(question: string, history: readonly Turn[]): string {
  return createHash('sha256')
    .update(JSON.stringify([question, history]))
    .digest('hex')
    .slice(0, 12)
}

/** Whether the docs answer it. */
export function isAnswerable({relevant, gold}: Pick<EvaluationQuestion, 'relevant' | 'gold'>): boolean {
  return relevant.length > 0 || gold.length > 0
}
