import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import {dirname, join} from 'node:path'
import {describe, expect, test, vi} from 'vitest'
import {refOf} from '../../src/answers/index.ts'
import {type AnswerEvent, DocentError, noUsage} from '../../src/domain/index.ts'
import {openSqlite} from '../../src/native/index.ts'
import {rowsOf} from '../../src/transcripts/event-rows.ts'
import {migrate, migrations} from '../../src/transcripts/migrations.ts'
import {openTranscripts} from '../../src/transcripts/open-transcripts.ts'
import {purgeTranscripts, readTranscripts} from '../../src/transcripts/read-transcripts.ts'
import {recoveryGap} from '../../src/transcripts/recover-answers.ts'
import {
  appendEvent,
  beginAnswer,
  collected,
  journalAnswer,
  openForTest,
  sampleEvents,
  temporaryFile,
} from './samples.ts'

/** A file with some answers in it, closed. */
function fileWithAnswers(count = 40): string {
  const file = temporaryFile()
  const transcripts = openTranscripts({file})
  for (let n = 0; n < count; n++) journalAnswer(transcripts, `a${n}`, {pieces: ['word '.repeat(200)]})
  void transcripts.close()
  return file
}

function problemOf(open: () => unknown): DocentError {
  try {
    open()
  } catch (error) {
    if (error instanceof DocentError) return error
    throw error
  }
  throw new Error('It opened')
}

describe('[full disk] a full disk', () => {
  test('answers continue from memory, staff are informed, and what was written stays intact', async () => {
    const file = temporaryFile()
    const onDegraded = vi.fn()
    const transcripts = openForTest({file, maxFileBytes: 128 * 1024, onDegraded})
    journalAnswer(transcripts, 'first')
    await transcripts.flush()

    const events = journalAnswer(transcripts, 'big', {pieces: ['x'.repeat(300_000), 'end'], ending: null})
    await transcripts.flush()

    expect(transcripts.health()).toMatchObject({
      degraded: true,
      reason: expect.stringContaining('is full'),
    })
    expect(transcripts.health().reason).toContain(file)
    expect(onDegraded).toHaveBeenCalledOnce()
    expect(await transcripts.eventsAfter('big', 0)).toEqual(events)
    expect((await transcripts.get('big'))?.events).toEqual(events)
    expect((await transcripts.list({})).items.map(({answerId}) => answerId)).toEqual(['big', 'first'])
    await transcripts.close()
    expect(openSqlite(file, {readonly: true}).pragma('integrity_check', {simple: true})).toBe('ok')
    expect((await openForTest({file}).list({})).items.map(({answerId}) => answerId)).toEqual(['first'])
  })

  test('unwritten events in memory are limited: the largest answers lose theirs, never their endings', async () => {
    const file = temporaryFile()
    const transcripts = openForTest({file, maxFileBytes: 128 * 1024, maxPending: 200})
    journalAnswer(transcripts, 'huge', {pieces: ['x'.repeat(300_000)], ending: null})
    await transcripts.flush()
    const many = Array.from({length: 300}, (_, n) => `${n} `)

    journalAnswer(transcripts, 'long', {pieces: many})
    for (let n = 0; n < 30; n++) journalAnswer(transcripts, `short${n}`)

    expect(transcripts.health().unflushed).toBeLessThanOrEqual(200)
    expect((await transcripts.find('long'))?.ending).toBe('complete')
    expect((await transcripts.find('short29'))?.ending).toBe('complete')
  })
})

describe('[locked log] [write between read and write] a file another process writes to', () => {
  test('writes are retried off the hot path and lose nothing', async () => {
    const file = temporaryFile()
    const transcripts = openForTest({file})
    journalAnswer(transcripts, 'a')
    await transcripts.flush()
    const other = openSqlite(file)
    other.exec('BEGIN IMMEDIATE')

    const began = performance.now()
    const events = journalAnswer(transcripts, 'b')
    const appendMs = performance.now() - began
    const flushed = transcripts.flush()
    const locked = transcripts.health()
    other.exec('COMMIT')
    other.close()
    await flushed

    expect(appendMs).toBeLessThan(50)
    expect(locked).toMatchObject({
      degraded: true,
      reason: expect.stringContaining('locked by another process'),
    })
    expect(transcripts.health()).toEqual({degraded: false, reason: null, unflushed: 0})
    expect((await transcripts.get('b'))?.events).toEqual(events)
  })

  test('degraded transcripts are retried automatically, and recovery is reported', async () => {
    const file = temporaryFile()
    const told: (string | null)[] = []
    let onWell = () => {}
    const well = new Promise<void>((resolve) => {
      onWell = resolve
    })
    const transcripts = openForTest({
      file,
      onDegraded: (reason) => {
        told.push(reason)
        if (reason === null) onWell()
      },
    })
    const other = openSqlite(file)
    other.exec('BEGIN IMMEDIATE')
    journalAnswer(transcripts, 'a')
    await vi.waitFor(() => expect(told).toHaveLength(1))

    other.exec('ROLLBACK')
    other.close()
    await well

    expect(told).toEqual([expect.stringContaining('locked'), null])
    expect(transcripts.health().unflushed).toBe(0)
  })

  test('feedback that cannot be written says so', async () => {
    const file = temporaryFile()
    const transcripts = openForTest({file})
    journalAnswer(transcripts, 'a')
    await transcripts.flush()
    const other = openSqlite(file)
    other.exec('BEGIN IMMEDIATE')

    const rated = transcripts.setFeedback('a', {rating: 'up', reasons: [], comment: null})

    await expect(rated).rejects.toMatchObject({code: 'storage'})
    other.close()
  })

  test('a file that stays locked is refused at start', () => {
    const file = fileWithAnswers(1)
    const other = openSqlite(file)
    other.pragma('locking_mode = EXCLUSIVE')
    other.exec('BEGIN EXCLUSIVE')

    const problem = problemOf(() => openTranscripts({file, startWaitMs: 500}))
    other.close()

    expect(problem).toMatchObject({
      code: 'storage',
      message: expect.stringContaining('locked by another process'),
    })
  })
})

describe('two servers on one file', () => {
  test('the second is refused while the first runs, and marks none of its answers', async () => {
    const file = temporaryFile()
    const first = openForTest({file})
    journalAnswer(first, 'a', {ending: null})
    await first.flush()

    const problem = problemOf(() => openTranscripts({file}))
    const ending = (await first.get('a'))?.ending
    await first.close()
    const second = openForTest({file})

    expect(problem).toMatchObject({code: 'locked', message: expect.stringContaining(file)})
    expect(ending).toBeNull()
    expect(second.recovered).toHaveLength(1)
  })
})

describe('[damaged log] a file that cannot be used', () => {
  test('a file that is not a database is refused by name and not changed', () => {
    const file = temporaryFile()
    writeFileSync(file, 'These are somebody’s notes, not a database. '.repeat(100))
    const before = readFileSync(file)

    const problem = problemOf(() => openTranscripts({file}))

    expect(problem).toMatchObject({
      code: 'storage',
      message: expect.stringContaining('is not a SQLite database'),
    })
    expect(problem.message).toContain(file)
    expect(readFileSync(file).equals(before)).toBe(true)
  })

  test('a truncated file is refused and not changed', () => {
    const file = fileWithAnswers()
    truncateSync(file, Math.floor(statSync(file).size / 2 / 4096) * 4096 - 100)
    const before = readFileSync(file)

    const problem = problemOf(() => openTranscripts({file}))

    expect(problem).toMatchObject({code: 'storage', message: expect.stringContaining('is damaged')})
    expect(readFileSync(file).equals(before)).toBe(true)
  })

  test('damaged pages are refused and not changed', () => {
    const file = fileWithAnswers()
    const bytes = readFileSync(file)
    bytes.fill(0xa5, 4096 * 2, 4096 * 12)
    writeFileSync(file, bytes)

    const problem = problemOf(() => openTranscripts({file}))

    expect(problem).toMatchObject({code: 'storage', message: expect.stringContaining('is damaged')})
    expect(readFileSync(file).equals(bytes)).toBe(true)
  })

  test('a database of another program is refused', () => {
    const file = temporaryFile()
    const other = openSqlite(file)
    other.exec('CREATE TABLE recipes (name TEXT)')
    other.close()

    const problem = problemOf(() => openTranscripts({file}))

    expect(problem.message).toMatch(/another program .*recipes/)
  })

  test('a folder in its place is refused', () => {
    const file = temporaryFile()
    mkdirSync(file)

    expect(problemOf(() => openTranscripts({file})).message).toContain(`${file} is a folder`)
  })

  test('a missing folder is created; a file in place of the folder is reported', () => {
    const file = temporaryFile(join('not', 'there', 'transcripts.sqlite'))
    openForTest({file})
    const blocked = join(file, 'transcripts.sqlite')

    const problem = problemOf(() => openTranscripts({file: blocked}))

    expect(existsSync(file)).toBe(true)
    expect(problem).toMatchObject({code: 'storage', message: expect.stringContaining(dirname(blocked))})
  })

  test('an empty file is used', async () => {
    const file = temporaryFile()
    writeFileSync(file, '')

    const transcripts = openForTest({file})
    journalAnswer(transcripts, 'a')
    await transcripts.flush()

    expect((await transcripts.get('a'))?.ending).toBe('complete')
  })

  test('a garbage write-ahead log next to the file is ignored', async () => {
    const file = fileWithAnswers(3)
    writeFileSync(`${file}-wal`, Buffer.alloc(9000, 0x5a))

    expect((await openForTest({file}).list({})).items).toHaveLength(3)
  })

  test('a new file is only for this user', () => {
    const file = temporaryFile()
    openForTest({file})

    expect(statSync(file).mode & 0o777).toBe(0o600)
  })
})

describe('[other schema] schemas of other versions', () => {
  test('the first schema, with rows, is migrated and can be searched', async () => {
    const file = temporaryFile()
    const first = openSqlite(file)
    migrate(first, file, migrations.slice(0, 1))
    first
      .prepare(
        `INSERT INTO answers (id, conversation_id, question, build, generator, embedding, started_at, settings, channel, ending, text)
         VALUES ('old', 'c', 'How old?', 'b', 'scripted', 'e', 1, '{}', 'test', 'complete', 'Very old.')`,
      )
      .run()
    await first.close()

    const transcripts = openForTest({file})

    expect((await transcripts.list({q: 'very'})).items.map(({answerId}) => answerId)).toEqual(['old'])
  })

  test('a file from before the visitor’s page was kept is migrated with its rows, and read as it is until then', async () => {
    const file = temporaryFile()
    const old = openSqlite(file)
    const before = migrations.slice(
      0,
      migrations.findIndex(({name}) => name === '008_visitor_pages'),
    )
    migrate(old, file, before)
    old
      .prepare(
        `INSERT INTO answers (id, ref, conversation, question, build, generator, embedding, started_at, settings, channel, ending, text)
         VALUES ('old', 'r', 'c', 'How old?', 'b', 'scripted', 'e', 1, '{}', 'test', 'complete', 'Very old.')`,
      )
      .run()
    old.close()

    const beside = readTranscripts(file)
    const asItIs = await beside.get('old')
    beside.close()
    const transcripts = openForTest({file})
    beginAnswer(transcripts, 'new', {page: {url: '/docs/port', title: 'Port', section: null}})
    await transcripts.flush()

    expect(asItIs).toMatchObject({question: 'How old?', page: null})
    expect(await transcripts.get('old')).toMatchObject({text: 'Very old.', page: null})
    expect(await transcripts.get('new')).toMatchObject({
      page: {url: '/docs/port', title: 'Port', section: null},
    })
  })

  test('a review from before reviewers had names is nobody’s, and the next one is somebody’s', async () => {
    const file = temporaryFile()
    const old = openSqlite(file)
    const before = migrations.slice(
      0,
      migrations.findIndex(({name}) => name === '010_reviewers'),
    )
    migrate(old, file, before)
    old
      .prepare(
        `INSERT INTO answers (id, ref, conversation, question, build, generator, embedding, started_at, settings, channel, ending, verdict, review_note, reviewed_at)
         VALUES ('old', 'r', 'c', 'How?', 'b', 'scripted', 'e', 1, '{}', 'test', 'complete', 'wrong', 'No.', 7)`,
      )
      .run()
    old.close()

    const beside = readTranscripts(file)
    const asItIs = await beside.get('old')
    beside.close()
    const transcripts = openForTest({file})
    const migrated = await transcripts.get('old')
    await transcripts.setReview('old', {verdict: 'good', note: null, correctedAnswer: null, by: 'Zoë'})

    const review = {verdict: 'wrong', note: 'No.', correctedAnswer: null, by: null, at: 7}
    expect([asItIs?.review, migrated?.review]).toEqual([review, review])
    expect((await transcripts.get('old'))?.review).toMatchObject({verdict: 'good', by: 'Zoë'})
  })

  test('an answer from before its prompt was kept has none, and later ones have', async () => {
    const file = temporaryFile()
    const old = openSqlite(file)
    const before = migrations.slice(
      0,
      migrations.findIndex(({name}) => name === '011_shared_texts'),
    )
    migrate(old, file, before)
    old
      .prepare(
        `INSERT INTO answers (id, ref, conversation, question, build, generator, embedding, started_at, settings, channel, ending)
         VALUES ('old', 'r', 'c', 'How?', 'b', 'scripted', 'e', 1, '{}', 'test', 'complete')`,
      )
      .run()
    old.close()
    const request = {n: 1, at: 5, body: {messages: [{role: 'user', content: 'x'.repeat(300)}]}}
    const section = {n: 1, id: 'a', path: 'a.md', markdown: 'A section.', isPart: false}

    const beside = readTranscripts(file)
    const asItIs = await beside.material('old')
    beside.close()
    const transcripts = openForTest({file})
    beginAnswer(transcripts, 'new')
    transcripts.keep('new', {request: {...request, quotations: []}})
    transcripts.keep('new', {sections: [section]})

    const nothing = {ref: 'r', requests: '[]', sections: []}
    expect([asItIs, await transcripts.material('old')]).toEqual([nothing, nothing])
    expect(await transcripts.material('new')).toEqual({
      ref: refOf('new'),
      requests: JSON.stringify([request]),
      sections: [section],
    })
    expect(await purgeTranscripts(file, 10)).toMatchObject({removed: 1})
    expect(await transcripts.delete('new')).toBe(true)
    expect(usesOf(file)).toBe(0)
  })

  const finishes = ['refusal', 'max_tokens', 'context_exceeded', 'end', 'extract'] as const

  /** A file as it was before partial answers were told: their `done` names the finish reason and no more. */
  function fileBeforePartial(): string {
    const file = temporaryFile()
    const old = openSqlite(file)
    migrate(old, file, migrations.slice(0, 2))
    const answer = old.prepare(
      `INSERT INTO answers (id, conversation_id, question, build, generator, embedding, started_at, settings, channel, ending, abstained, text, usage, timings)
       VALUES (?, 'c', ?, 'b', 'scripted', 'e', 1000000, '{}', 'test', ?, ?, 'Set \`PORT\`.', ?, ?)`,
    )
    const row = old.prepare(
      'INSERT INTO events (answer, seq, last_seq, at, data, pieces) VALUES (?, ?, ?, ?, ?, ?)',
    )
    const insert = (id: string, ending: 'complete' | 'abstained' | null, terminal: object) => {
      const number = answer.run(
        id,
        `Why ${id}?`,
        ending,
        ending === 'abstained' ? 1 : 0,
        '{}',
        '{}',
      ).lastInsertRowid
      const events = sampleEvents(id, undefined, ending === null ? null : 'complete').slice(0, -1)
      const last = {seq: events.length + 1, at: 1_000_100, event: terminal as AnswerEvent}
      for (const {seq, last_seq, at, data, pieces} of rowsOf(ending === null ? events : [...events, last]))
        row.run(number, seq, last_seq, at, data, pieces)
    }
    const done = {type: 'done', ending: 'complete', abstained: false, usage: noUsage, timings: {}}
    for (const finishReason of finishes) insert(finishReason, 'complete', {...done, finishReason})
    insert('abstained', 'abstained', {...done, ending: 'abstained', abstained: true, reason: 'no_hits'})
    old.close()
    return file
  }

  test('an answer rated before the docs could be called lacking is rated still, and can be called so', async () => {
    const file = temporaryFile()
    const old = openSqlite(file)
    migrate(old, file, migrations.slice(0, 6))
    old
      .prepare(
        `INSERT INTO answers (id, ref, conversation, question, build, generator, embedding, started_at, settings, channel, ending, rating, rating_reasons)
         VALUES ('rated', 'r', 'c', 'How?', 'b', 'scripted', 'e', 1000000, '{}', 'test', 'complete', 'up', '["clear"]')`,
      )
      .run()
    old.close()
    const unmigrated = readTranscripts(file)
    expect((await unmigrated.list({missing: false})).items).toMatchObject([
      {answerId: 'rated', missing: false},
    ])
    expect((await unmigrated.list({missing: true})).items).toEqual([])
    await unmigrated.close()

    const transcripts = openForTest({file})
    await transcripts.setFeedback('rated', {missing: true, reasons: [], comment: null})

    expect((await transcripts.get('rated'))?.feedback).toMatchObject({
      rating: 'up',
      missing: true,
      reasons: ['clear'],
    })
  })

  const idsOf = (items: readonly {readonly answerId: string}[]) => items.map(({answerId}) => answerId)

  test('earlier answers that were declined or cut are found, shown and replayed as partial', async () => {
    const transcripts = openForTest({file: fileBeforePartial()})

    expect(idsOf((await transcripts.list({partial: true})).items)).toEqual([
      'context_exceeded',
      'max_tokens',
      'refusal',
    ])
    expect(idsOf((await transcripts.list({partial: false})).items)).toEqual(['abstained', 'extract', 'end'])
    expect((await transcripts.list({ending: 'complete'})).items).toHaveLength(5)
    for (const finishReason of finishes) {
      const partial = finishReason !== 'end' && finishReason !== 'extract'
      expect(await transcripts.get(finishReason)).toMatchObject({ending: 'complete', finishReason, partial})
      const told = (await transcripts.eventsAfter(finishReason, 0)).at(-1)!.event
      expect(told).toMatchObject({type: 'done', finishReason, ...(partial ? {partial: true} : {})})
      expect('partial' in told).toBe(partial)
    }
    expect(
      (await transcripts.list({})).items.map(({finishReason, partial}) => [finishReason, partial]),
    ).toEqual([
      [null, false],
      ['extract', false],
      ['end', false],
      ['context_exceeded', true],
      ['max_tokens', true],
      ['refusal', true],
    ])
  })

  test('a file that has not been migrated yet is read as it is, with the same filter', async () => {
    const reader = readTranscripts(fileBeforePartial())

    expect(idsOf((await reader.list({partial: true})).items)).toEqual([
      'context_exceeded',
      'max_tokens',
      'refusal',
    ])
    expect(idsOf(await collected(reader.export({partial: false})))).toEqual(['end', 'extract', 'abstained'])
    reader.close()
  })

  test('a newer schema is refused and not changed', () => {
    const file = fileWithAnswers(1)
    const newer = openSqlite(file)
    newer.prepare("INSERT INTO migrations VALUES ('999_from_the_future', '2099-01-01')").run()
    newer.close()
    const copy = `${file}.copy`
    copyFileSync(file, copy)

    const problem = problemOf(() => openTranscripts({file}))

    expect(problem).toMatchObject({code: 'storage', message: expect.stringContaining('999_from_the_future')})
    expect(readFileSync(file).equals(readFileSync(copy))).toBe(true)
  })
})

describe('[killed server] after a crash', () => {
  test('answers left open are interrupted, with all that was flushed and a last event that says so', async () => {
    const file = temporaryFile()
    const crashed = openForTest({file})
    const events = sampleEvents('a')
    beginAnswer(crashed, 'a')
    for (const event of events.slice(0, 4)) appendEvent(crashed, 'a', event)
    journalAnswer(crashed, 'b')
    await crashed.flush()

    const copy = temporaryFile()
    for (const suffix of ['', '-wal']) copyFileSync(file + suffix, copy + suffix)
    const transcripts = openForTest({file: copy})

    expect(transcripts.recovered).toHaveLength(1)
    expect((await transcripts.find('b'))?.ending).toBe('complete')
    expect(await transcripts.get('a')).toMatchObject({ending: 'interrupted', text: 'Set `PORT`'})
    expect(await transcripts.eventsAfter('a', 0)).toEqual([
      ...events.slice(0, 4),
      {
        seq: 4 + recoveryGap,
        at: events[3]!.at,
        event: expect.objectContaining({type: 'error', code: 'server_restarted'}),
      },
    ])
    expect((await transcripts.list({q: 'PORT'})).items).toHaveLength(2)
  })
})

function usesOf(file: string): number {
  const db = openSqlite(file, {readonly: true})
  try {
    const count = 'SELECT (SELECT count(*) FROM shared_texts) + (SELECT count(*) FROM text_uses)'
    return db.prepare<[], number>(count).pluck().get()!
  } finally {
    db.close()
  }
}
