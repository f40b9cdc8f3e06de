import {type Postgres, type Queries, storable} from '../../postgres/index.ts'
import type {
  GroupedGap,
  GroupingStore,
  KeptQuestion,
  SectionSince,
  TakenQuestion,
} from '../grouping/grouping-store.ts'
import {packVector, sumFromBlob, sumToBlob, unpackVector} from '../vectors.ts'
import type {GroupingClaim} from './gap-lock.ts'
import {remakeMiddles, setStandings} from './middles.ts'

/**
 * The gaps of a database as the process that groups questions reads and changes them, for as long as it has the claim: every
 * change rejects with ClaimLost once another process has taken it.
 */
export function postgresGroupingStore(postgres: Postgres, {change}: GroupingClaim): GroupingStore {
  /** How often questions were forgotten when the middles were read. */
  let forgottenBefore = 0
  /** Whether the middles that the grouping has in memory may have something of questions that are gone since. */
  let isStale = false

  return {
    async state(name) {
      const row = await postgres.row<{value: string}>('SELECT value FROM docent.gap_state WHERE name = $1', [
        name,
      ])
      return row?.value ?? null
    },
    setState: (name, value) =>
      change(async (queries) => {
        await queries.run(
          `INSERT INTO docent.gap_state (name, value) VALUES ($1, $2)
           ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
          [name, storable(value)],
        )
      }),
    questions: () =>
      postgres.rows<KeptQuestion>(
        `SELECT ref, gap, conversation, asked_at AS "askedAt", build, lang, version, reason, is_partly AS "isPartly",
           is_elsewhere AS "isElsewhere", vector IS NOT NULL AS "hasVector" FROM docent.gap_questions`,
      ),
    remove: (refs) =>
      change(async (queries) => {
        const rows = await queries.rows<{gap: string | null}>(
          'DELETE FROM docent.gap_questions WHERE ref = ANY ($1::text[]) RETURNING gap',
          [refs],
        )
        await remakeMiddles(
          queries,
          rows.map(({gap}) => gap),
        )
      }),
    setReasons: (reasons) =>
      change(async (queries) => {
        await queries.run(
          `UPDATE docent.gap_questions SET reason = now.reason
           FROM unnest($1::text[], $2::text[]) AS now (ref, reason) WHERE gap_questions.ref = now.ref`,
          [reasons.map(([ref]) => ref), reasons.map(([, reason]) => reason)],
        )
      }),
    forgetVectors: () =>
      change(async (queries) => {
        await queries.run('UPDATE docent.gap_questions SET vector = NULL WHERE vector IS NOT NULL')
        // Nothing is left that the middle of one without questions could be made of anew.
        await queries.run(
          `UPDATE docent.gaps SET centre = '' WHERE NOT EXISTS (SELECT FROM docent.gap_questions WHERE gap = gaps.id)`,
        )
      }),
    setVectors: (vectors) =>
      change(async (queries) => {
        const rows = await queries.rows<{gap: string | null}>(
          `UPDATE docent.gap_questions SET vector = now.vector
           FROM unnest($1::text[], $2::bytea[]) AS now (ref, vector) WHERE gap_questions.ref = now.ref RETURNING gap`,
          [vectors.map(([ref]) => ref), vectors.map(([, vector]) => packVector(vector))],
        )
        await remakeMiddles(
          queries,
          rows.map(({gap}) => gap),
        )
      }),
    middles: () =>
      change(async (queries, forgotten) => {
        forgottenBefore = forgotten
        isStale = false
        const rows = await queries.rows<{id: string; centre: Buffer}>(
          'SELECT id, centre FROM docent.gaps WHERE length(centre) > 0 ORDER BY number',
        )
        return rows.map(({id, centre}) => ({id, sum: sumFromBlob(centre)}))
      }),
    take: (questions, middles) =>
      change(async (queries, forgotten) => {
        const left = await stillThere(queries, questions)
        if (forgotten !== forgottenBefore || left.length < questions.length) isStale = true
        const gaps = [...middles]
        await queries.run(
          `INSERT INTO docent.gaps (id, centre) SELECT * FROM unnest($1::text[], $2::bytea[])
           ON CONFLICT (id) DO UPDATE SET centre = excluded.centre`,
          [gaps.map(([id]) => id), gaps.map(([, sum]) => sumToBlob(sum))],
        )
        await addQuestions(queries, left)
        if (isStale) await remakeMiddles(queries, middles.keys())
      }),
    gaps: () =>
      postgres.rows<GroupedGap>(
        `SELECT id, state, title_ref AS "titleRef", weight, last_asked_at AS "lastAskedAt", closed_at AS "closedAt",
           reopened_at AS "reopenedAt", lang, version, nearest_of AS "nearestOf", checked_build AS "checkedBuild",
           ${isTouched} AS "isTouched"
         FROM docent.gaps ORDER BY severity DESC, weight DESC, id`,
      ),
    setStandings: (standings) => change((queries) => setStandings(queries, standings)),
    async vectorsOf(gap, limit) {
      const rows = await postgres.rows<{ref: string; vector: Buffer}>(
        `SELECT ref, vector FROM docent.gap_questions WHERE gap = $1 AND vector IS NOT NULL
         ORDER BY asked_at DESC, ref COLLATE "C" LIMIT $2`,
        [gap, limit],
      )
      return rows.map(({ref, vector}) => ({ref, vector: unpackVector(vector)}))
    },
    async middleOf(gap) {
      const row = await postgres.row<{centre: Buffer}>('SELECT centre FROM docent.gaps WHERE id = $1', [gap])
      return sumFromBlob(row?.centre ?? Buffer.alloc(0))
    },
    setTitles: (titles) =>
      change(async (queries) => {
        await queries.run(
          `UPDATE docent.gaps SET title_ref = now.title, example_refs = now.examples
           FROM unnest($1::text[], $2::text[], $3::text[]) AS now (id, title, examples) WHERE gaps.id = now.id`,
          [
            titles.map(({id}) => id),
            titles.map(({titleRef}) => titleRef),
            titles.map(({exampleRefs}) => JSON.stringify(exampleRefs)),
          ],
        )
      }),
    drop: (gaps) =>
      change(async (queries) => {
        // Staff may have done something with one since it was chosen.
        const rows = await queries.rows<{id: string}>(
          `SELECT id FROM docent.gaps WHERE id = ANY ($1::text[]) AND NOT ${isTouched}`,
          [gaps],
        )
        const ids = rows.map(({id}) => id)
        await queries.run(
          'UPDATE docent.gap_questions SET gap = NULL, vector = NULL WHERE gap = ANY ($1::text[])',
          [ids],
        )
        await queries.run('DELETE FROM docent.gaps WHERE id = ANY ($1::text[])', [ids])
      }),
    reopen: (gaps, at) =>
      change(async (queries) => {
        await queries.run(
          `WITH reopened AS (
             UPDATE docent.gaps SET state = 'open', revision = revision + 1, closed_at = NULL, closed_by = NULL,
               closed_build = NULL, closed_section = NULL, closed_because = NULL, reopened_at = $2, reopened_by = NULL
             WHERE id = ANY ($1::text[]) AND state = 'closed' RETURNING id
           )
           INSERT INTO docent.gap_history (gap, at, what) SELECT id, $2, 'reopened' FROM reopened`,
          [gaps, at],
        )
      }),
    setNearest: (id, of, nearest) =>
      change(async (queries) => {
        await queries.run('UPDATE docent.gaps SET nearest = $3, nearest_of = $2 WHERE id = $1', [
          id,
          storable(of),
          storable(JSON.stringify(nearest)),
        ])
      }),
    check: (gaps, build, closings) =>
      change(async (queries) => {
        await queries.run('UPDATE docent.gaps SET checked_build = $2 WHERE id = ANY ($1::text[])', [
          gaps,
          storable(build),
        ])
        for (const {id, at, section, because, build: closing} of closings)
          await queries.run(
            `WITH closed AS (
               UPDATE docent.gaps SET state = 'closed', revision = revision + 1, closed_at = $2, closed_by = NULL,
                 closed_build = $3, closed_section = $4, closed_because = $5
               WHERE id = $1 AND state = 'open' RETURNING id
             )
             INSERT INTO docent.gap_history (gap, at, build, what, detail) SELECT id, $2, $3, 'closed', $6 FROM closed`,
            [id, at, storable(closing), storable(JSON.stringify(section)), because, storable(section.url)],
          )
      }),
    async sections() {
      const rows = await postgres.rows<{place: string; content: string} & SectionSince>(
        `SELECT encode(place, 'hex') AS place, encode(content, 'hex') AS content, is_new AS "isNew", since
         FROM docent.gap_sections`,
      )
      return new Map(rows.map(({place, ...section}) => [place, section]))
    },
    setSections: (changed, gone) =>
      change(async (queries) => {
        await queries.run(
          `DELETE FROM docent.gap_sections WHERE place IN (SELECT decode(hex, 'hex') FROM unnest($1::text[]) AS hex)`,
          [gone],
        )
        await queries.run(
          `INSERT INTO docent.gap_sections (place, content, is_new, since)
           SELECT decode(place, 'hex'), decode(content, 'hex'), is_new, since
           FROM unnest($1::text[], $2::text[], $3::boolean[], $4::bigint[]) AS now (place, content, is_new, since)
           ON CONFLICT (place) DO UPDATE
             SET content = excluded.content, is_new = excluded.is_new, since = excluded.since`,
          [
            changed.map(([place]) => place),
            changed.map(([, {content}]) => content),
            changed.map(([, {isNew}]) => isNew),
            changed.map(([, {since}]) => since),
          ],
        )
      }),
    close() {},
  }
}

const isTouched = "(assignee IS NOT NULL OR note IS NOT NULL OR state <> 'open' OR reopened_at IS NOT NULL)"

/** Those whose answers were not deleted since they were read. */
async function stillThere(
  queries: Queries,
  questions: readonly TakenQuestion[],
): Promise<readonly TakenQuestion[]> {
  const rows = await queries.rows<{ref: string}>(
    'SELECT ref FROM docent.answers WHERE ref = ANY ($1::text[])',
    [questions.map(({ref}) => ref)],
  )
  const refs = new Set(rows.map(({ref}) => ref))
  return questions.filter(({ref}) => refs.has(ref))
}

async function addQuestions(queries: Queries, questions: readonly TakenQuestion[]): Promise<void> {
  await queries.run(
    `INSERT INTO docent.gap_questions (ref, gap, conversation, asked_at, build, lang, version, reason, is_partly,
       is_elsewhere, vector)
     SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::text[],
       $8::text[], $9::boolean[], $10::boolean[], $11::bytea[])
     ON CONFLICT (ref) DO UPDATE SET gap = excluded.gap, conversation = excluded.conversation,
       asked_at = excluded.asked_at, build = excluded.build, lang = excluded.lang, version = excluded.version,
       reason = excluded.reason, is_partly = excluded.is_partly, is_elsewhere = excluded.is_elsewhere,
       vector = excluded.vector`,
    [
      questions.map(({ref}) => ref),
      questions.map(({gap}) => gap),
      questions.map(({conversation}) => conversation),
      questions.map(({askedAt}) => askedAt),
      questions.map(({build}) => build),
      questions.map(({lang}) => lang),
      questions.map(({version}) => version),
      questions.map(({reason}) => reason),
      questions.map(({isPartly}) => isPartly),
      questions.map(({isElsewhere}) => isElsewhere),
      questions.map(({vector}) => (vector === null ? null : packVector(vector))),
    ],
  )
}
