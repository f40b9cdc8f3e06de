import {isUtf8} from 'node:buffer'
import {createHash} from 'node:crypto'
import {setImmediate as nextTurn} from 'node:timers/promises'
import {lineProblemOf, parseQuestion, refuseRepeatedId} from '../question-sets/index.ts'
import type {GoldenDraft, GoldenOrigin, GoldenQuestion} from './golden-questions.ts'

/** A line of the file as it stands there; `question` is null for a blank one, and for one that cannot be read. */
export interface GoldenLine {
  readonly raw: string
  /** What is written of one that cannot be read: its bytes, of whatever encoding; null where `raw` is. */
  readonly bytes: Buffer | null
  readonly question: GoldenQuestion | null
  /** The same for the same question in the same language and version. */
  readonly key: string
  /** Why it cannot be read, for people; null where it can. */
  readonly problem: string | null
}

/** How many lines are read before other work on this thread has its turn. */
const linesPerTurn = 100

const newline = 0x0a

export async function readLines(content: Buffer, name: string): Promise<readonly GoldenLine[]> {
  const lines: GoldenLine[] = []
  const lineOf = new Map<string, number>()
  for (let start = 0; start <= content.length; ) {
    if (lines.length % linesPerTurn === linesPerTurn - 1) await nextTurn()
    const end = content.indexOf(newline, start)
    const bytes = content.subarray(start, end < 0 ? content.length : end)
    lines.push(readLine(bytes, name, lines.length + 1, lineOf))
    start += bytes.length + 1
  }
  if (lines.at(-1)?.raw.trim() === '') lines.pop()
  return lines
}

/** The file that these lines are. */
export function contentOf(lines: readonly GoldenLine[]): Buffer {
  return Buffer.concat(lines.flatMap(({raw, bytes}) => [bytes ?? Buffer.from(raw), Buffer.of(newline)]))
}

function readLine(bytes: Buffer, name: string, number: number, lineOf: Map<string, number>): GoldenLine {
  const text = bytes.toString()
  const raw = (number === 1 ? text.replace(/^\ufeff/, '') : text).replace(/\r$/, '')
  const place = `${name}:${number}`
  try {
    const question = parseQuestion(raw, place, {requireRelevant: true})
    if (question === null) return {raw, bytes: null, question, key: '', problem: null}
    refuseRepeatedId(question, lineOf, number)
    const {id, question: words, relevant, gold, lang = null, version = null, history} = question
    const {addedBy, addedAt, from} = JSON.parse(raw) as Record<string, unknown>
    return {
      raw,
      // Of a readable line also what is no UTF-8 stays, until it is changed.
      bytes: isUtf8(bytes) ? null : Buffer.from(bytes),
      problem: null,
      key: keyOf({question: words, lang, version}, history),
      question: {
        ...{id, question: words, gold, lang, version},
        relevant: relevant.filter((entry) => typeof entry === 'string'),
        addedBy: typeof addedBy === 'string' ? addedBy : null,
        addedAt: typeof addedAt === 'number' && Number.isFinite(addedAt) ? addedAt : null,
        from: originIn(from),
      },
    }
  } catch (error) {
    return {raw, bytes: Buffer.from(bytes), question: null, key: '', problem: lineProblemOf(error, place)}
  }
}

function originIn(value: unknown): GoldenOrigin | null {
  if (typeof value !== 'object' || value === null) return null
  if ('answer' in value && typeof value.answer === 'string') return {answer: value.answer}
  return 'gap' in value && typeof value.gap === 'string' ? {gap: value.gap} : null
}

/** The line of a question that was not there. */
export function newLine(
  draft: GoldenDraft,
  added: Pick<GoldenQuestion, 'addedBy' | 'addedAt' | 'from'>,
  isTaken: (id: string) => boolean,
): GoldenLine {
  const key = keyOf(draft)
  let id = digestOf(key)
  while (isTaken(id)) id = digestOf(`${key} ${id}`)
  const {lang, version} = draft
  const question = {
    id,
    question: draft.question,
    relevant: draft.relevant,
    ...(lang === null ? {} : {lang}),
    ...(version === null ? {} : {version}),
    ...added,
  }
  return {
    raw: JSON.stringify(question),
    bytes: null,
    key,
    problem: null,
    question: {...question, lang, version, gold: []},
  }
}

/** The same line with other sections; whatever else somebody wrote there stays. */
export function withSections(
  line: GoldenLine & {readonly question: GoldenQuestion},
  relevant: readonly string[],
  added: Pick<GoldenQuestion, 'addedBy' | 'addedAt' | 'from'>,
): GoldenLine {
  const {gold: _, ...written} = JSON.parse(line.raw) as Record<string, unknown>
  const question = {...line.question, relevant, gold: [], ...added}
  const raw = JSON.stringify({...written, id: question.id, relevant, ...added})
  return {...line, raw, bytes: null, question}
}

export function keyOf(
  {question, lang, version}: Pick<GoldenDraft, 'question' | 'lang' | 'version'>,
  history: readonly unknown[] = [],
): string {
  const words = question
    .normalize('NFKC')
    .toLowerCase()
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/[\s.?!。？！؟]+$/u, '')
  return JSON.stringify([words, lang, version, history])
}

function digestOf(key: string): string {
  return createHash('sha256').update(key).digest('hex').slice(0, 12)
}
