import {existsSync} from 'node:fs'
import {type Postgres, type Queries, storable} from '../../postgres/index.ts'
import {openGapsDatabase} from '../open-gaps.ts'
import {changeGaps} from './gap-lock.ts'

/** Columns of a gap that the database takes over, as SQLite and PostgreSQL have them. */
const gapColumns = [
  ...[
    'id',
    'state',
    'revision',
    'centre',
    'title_ref',
    'example_refs',
    'lang',
    'version',
    'severity',
    'weight',
  ],
  ...['size', 'conversations', 'recent', 'before', 'reasons', 'scope', 'first_asked_at', 'last_asked_at'],
  ...[
    'nearest',
    'assignee',
    'note',
    'closed_at',
    'closed_by',
    'closed_build',
    'closed_section',
    'closed_because',
  ],
  ...['reopened_at', 'reopened_by'],
] as const
const eventColumns = ['gap', 'at', 'by', 'what', 'detail', 'build'] as const

/** Staff have done something with it, or a build has closed it. */
const isDecided = "assignee IS NOT NULL OR note IS NOT NULL OR state <> 'open' OR reopened_at IS NOT NULL"

type Row = Readonly<Record<string, unknown>>

interface Decisions {
  readonly gaps: readonly Row[]
  readonly events: readonly Row[]
  /** The model that the middles are of. */
  readonly model: string | null
}

/**
 * Takes over from a SQLite file what was decided of gaps, once, if the database has no gaps and nothing was grouped there. Their
 * questions are in other transcripts, and stay behind; those in the database come to the gaps as they are grouped.
 * @throws DocentError `storage`.
 */
export async function takeOverDecisions(postgres: Postgres, file: string): Promise<void> {
  if (!existsSync(file) || !(await isEmpty(postgres))) return
  const {gaps, events, model} = await decisionsIn(file)
  if (gaps.length === 0) return
  await changeGaps(postgres, async (queries) => {
    if (!(await isEmpty(queries))) return
    for (const gap of gaps) await insert(queries, 'docent.gaps', gapColumns, gap)
    for (const event of events) await insert(queries, 'docent.gap_history', eventColumns, event)
    if (model !== null)
      await queries.run("INSERT INTO docent.gap_state (name, value) VALUES ('model', $1)", [storable(model)])
  })
}

async function isEmpty(queries: Queries): Promise<boolean> {
  const row = await queries.row<{empty: boolean}>(
    'SELECT NOT EXISTS (SELECT FROM docent.gaps) AND NOT EXISTS (SELECT FROM docent.gap_state) AS empty',
  )
  return row?.empty === true
}

async function decisionsIn(file: string): Promise<Decisions> {
  const {db, read} = openGapsDatabase({file})
  try {
    return await read(() => ({
      gaps: db
        .prepare<[], Row>(`SELECT ${gapColumns.join(', ')} FROM gaps WHERE ${isDecided} ORDER BY rowid`)
        .all(),
      events: db
        .prepare<[], Row>(
          `SELECT ${eventColumns.join(', ')} FROM history
           WHERE gap IN (SELECT id FROM gaps WHERE ${isDecided}) ORDER BY id`,
        )
        .all(),
      model: db.prepare<[], string>("SELECT value FROM state WHERE name = 'model'").pluck().get() ?? null,
    }))
  } finally {
    db.close()
  }
}

async function insert(queries: Queries, table: string, columns: readonly string[], row: Row): Promise<void> {
  const values = columns.map((column) => row[column])
  await queries.run(
    `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map((_, index) => `$${index + 1}`).join(', ')})`,
    values.map((value) => (typeof value === 'string' ? storable(value) : value)),
  )
}
