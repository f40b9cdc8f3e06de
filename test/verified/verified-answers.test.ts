import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {openSqlite} from '../../src/native/index.ts'
import {openVerifiedAnswers} from '../../src/verified/index.ts'
import {verifiedAnswersContract} from '../contracts/verified-answers.contract.ts'

verifiedAnswersContract('the file', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'docent-verified-answers-'))
  const file = join(folder, 'verified.sqlite')
  return {
    open: async (now) => openVerifiedAnswers({file, now, waitMs: 60_000}),
    async fill(count) {
      const db = openSqlite(file)
      db.prepare(
        `INSERT INTO answers (id, state, revision, question, question_key, text, url, anchor, proposed_by, proposed_at,
           changed_by, changed_at)
         WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ?)
         SELECT 'a' || n, 'proposed', 1, 'Q', 'q', 'T', '/docs', '', 'x', 1, 'x', 1 FROM numbers`,
      ).run(count)
      db.close()
    },
    async close() {
      rmSync(folder, {recursive: true, force: true})
    },
  }
})
