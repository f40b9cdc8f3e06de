import {DocentError} from '../../domain/index.ts'
import {applyPostgresMigrations, type Postgres, type Queries, storable} from '../../postgres/index.ts'
import {maxStaffQuestionBytes} from '../../question-sets/index.ts'
import type {Redactor} from '../../redaction/index.ts'
import {addedTo, deleteFrom, problemsIn, questionsIn} from '../golden-edits.ts'
import {type GoldenLine, readLines} from '../golden-lines.ts'
import type {GoldenAdded, GoldenDraft, GoldenOrigin, GoldenQuestions} from '../golden-questions.ts'
import {linesOfFile} from '../open-golden-questions.ts'
import {postgresGoldenMigrations} from './migrations.ts'

export interface PostgresGoldenQuestionsOptions {
  /** Stays open. */
  readonly postgres: Postgres
  /** For the words of questions. */
  readonly redactor: Pick<Redactor, 'redact'>
  /** A question file whose readable lines are taken over by a database that never had a golden question. Default: none. */
  readonly takeOver?: string
  /** Called if that file cannot be taken over; the next start tries again while the database has had no question. */
  readonly onProblem?: (error: unknown) => void
  /** Milliseconds since the epoch; default: the clock of this process. */
  readonly now?: () => number
}

/** A line with its place in the database. */
interface StoredLine {
  readonly number: number
  readonly line: GoldenLine
}

interface Content {
  /** -1 before the first time that they are read. */
  readonly revision: number
  readonly stored: readonly StoredLine[]
}

/** What people are told instead of the path of a file. */
const place = 'the database of DATABASE_URL'

/**
 * Opens the golden questions in a PostgreSQL that any number of processes may use. They are read again when another process
 * has changed them.
 * @throws DocentError `storage` if the database cannot be reached, or was written by a newer Docent.
 */
export async function openPostgresGoldenQuestions({
  postgres,
  redactor,
  takeOver,
  onProblem = () => {},
  now = Date.now,
}: PostgresGoldenQuestionsOptions): Promise<GoldenQuestions> {
  await applyPostgresMigrations(postgres, 'golden', postgresGoldenMigrations)
  let known: Content = {revision: -1, stored: []}

  /** Those of the revision that is read with them, in one statement. */
  async function load(queries: Queries): Promise<Content> {
    const rows = await queries.rows<{revision: number; number: number | null; line: string | null}>(
      `SELECT revision, number, line FROM docent.golden_revision LEFT JOIN docent.golden_questions ON true ORDER BY number`,
    )
    const written = rows.flatMap(({number, line}) =>
      number === null || line === null ? [] : [{number, line}],
    )
    const lines = await readLines(Buffer.from(written.map(({line}) => `${line}\n`).join('')), place)
    const stored = written.map(({number}, index) => ({number, line: lines[index]!}))
    return {revision: rows[0]?.revision ?? 0, stored}
  }

  async function current(): Promise<readonly GoldenLine[]> {
    const row = await postgres.row<{revision: number}>('SELECT revision FROM docent.golden_revision')
    if (row?.revision !== known.revision) known = await load(postgres)
    return linesOf(known)
  }

  /**
   * Runs a change while no other process makes one.
   * @param edit gets the revision of the lines, and returns null to change nothing.
   */
  async function change(
    edit: (lines: readonly GoldenLine[], revision: number) => readonly GoldenLine[] | null,
  ): Promise<void> {
    await postgres.transaction(async (queries) => {
      const row = await queries.row<{revision: number}>(
        'SELECT revision FROM docent.golden_revision FOR UPDATE',
      )
      const before = row?.revision === known.revision ? known : await load(queries)
      const edited = edit(linesOf(before), before.revision)
      if (edited !== null) await write(queries, before.stored, edited)
    })
  }

  function added({question, relevant, lang, version}: GoldenDraft): GoldenDraft {
    return {
      question: storable(redactor.redact(question.trim()).text),
      relevant: relevant.map(storable),
      lang: lang === null ? null : storable(lang),
      version: version === null ? null : storable(version),
    }
  }

  async function takeOverFrom(file: string): Promise<void> {
    const found = (await linesOfFile(file)).filter(({question}) => question !== null)
    if (found.length === 0) return
    const text = Buffer.from(found.map(({raw}) => `${storable(raw)}\n`).join(''))
    const lines = (await readLines(text, file)).filter(({question}) => question !== null)
    await change((_, revision) => (revision === 0 ? lines : null))
  }

  if (takeOver !== undefined) await takeOverFrom(takeOver).catch(onProblem)

  return {
    file: place,
    list: async () => questionsIn(await current()),
    problems: async () => problemsIn(await current()),
    async add(drafts, given) {
      const {by, from} = given
      const addition = {...given, by: storable(by), from: storableOrigin(from), at: now()}
      let result: GoldenAdded = {ids: [], added: 0, kept: 0}
      await change((lines) => {
        const edited = addedTo(lines, drafts.map(added), addition)
        refuseTooLarge(edited.lines)
        result = edited.result
        return edited.lines
      })
      return result
    },
    delete: (id) => deleteFrom(change, id),
  }
}

function linesOf({stored}: Content): readonly GoldenLine[] {
  return stored.map(({line}) => line)
}

/** Writes what differs, by the ids of the questions; whatever cannot be read stays. To be called in a transaction. */
async function write(
  queries: Queries,
  before: readonly StoredLine[],
  lines: readonly GoldenLine[],
): Promise<void> {
  const stored = new Map(
    before.flatMap((one) => (one.line.question === null ? [] : [[one.line.question.id, one]])),
  )
  let next = (before.at(-1)?.number ?? 0) + 1
  const gone = new Set([...stored.values()].map(({number}) => number))
  const written: {readonly number: number; readonly line: string}[] = []
  for (const {question, raw} of lines) {
    if (question === null) continue
    const known = stored.get(question.id)
    if (known !== undefined) gone.delete(known.number)
    if (known?.line.raw !== raw) written.push({number: known?.number ?? next++, line: raw})
  }
  if (gone.size === 0 && written.length === 0) return
  await queries.run('UPDATE docent.golden_revision SET revision = revision + 1')
  if (gone.size > 0)
    await queries.run('DELETE FROM docent.golden_questions WHERE number = ANY($1::bigint[])', [[...gone]])
  if (written.length > 0)
    await queries.run(
      `INSERT INTO docent.golden_questions (number, line) SELECT * FROM unnest($1::bigint[], $2::text[])
       ON CONFLICT (number) DO UPDATE SET line = excluded.line`,
      [written.map(({number}) => number), written.map(({line}) => line)],
    )
}

/** As a question file that is too large would be. @throws DocentError `conflict`. */
function refuseTooLarge(lines: readonly GoldenLine[]): void {
  const bytes = lines.reduce((sum, {raw}) => sum + Buffer.byteLength(raw) + 1, 0)
  if (bytes <= maxStaffQuestionBytes) return
  throw new DocentError(
    'conflict',
    `The golden questions are larger than ${maxStaffQuestionBytes / 1024 / 1024} MB: delete some that nobody needs.`,
  )
}

function storableOrigin(from: GoldenOrigin | null): GoldenOrigin | null {
  if (from === null) return null
  return 'answer' in from ? {answer: storable(from.answer)} : {gap: storable(from.gap)}
}
