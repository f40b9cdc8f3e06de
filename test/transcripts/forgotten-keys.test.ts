import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {expect, test} from 'vitest'
import {openSqlite} from '../../src/native/index.ts'
import {migrate, migrations} from '../../src/transcripts/migrations.ts'

test('keys from before there was a secret are deleted: they revealed the address of a visitor', () => {
  const folder = mkdtempSync(join(tmpdir(), 'docent-keys-'))
  const file = join(folder, 'transcripts.sqlite')
  const db = openSqlite(file)
  migrate(
    db,
    file,
    migrations.filter(({name}) => name < '004'),
  )
  db.exec(`
    INSERT INTO answers (id, conversation_id, question, build, generator, embedding, started_at, settings, channel, idempotency_key)
    VALUES ('a', 'c', 'How?', 'b', 'extractive', 'e', 1, '{}', 'http', 'digest of an address')
  `)

  migrate(db, file)

  expect(db.prepare('SELECT question, idempotency_key FROM answers').all()).toEqual([
    {question: 'How?', idempotency_key: null},
  ])
  db.close()
  rmSync(folder, {recursive: true})
})
