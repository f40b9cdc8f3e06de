import {mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, expect, test, vi} from 'vitest'
import {openSqlite} from '../../src/native/index.ts'
import {migrate, migrations} from '../../src/transcripts/migrations.ts'
import {openTranscripts} from '../../src/transcripts/open-transcripts.ts'
import {closedAfterEach} from '../support/closed-after-each.ts'
import {seqOf, textOf} from '../support/event-reader.ts'
import {
  answer,
  blockStop,
  messageDelta,
  messageStart,
  messageStop,
  steps,
  textDelta,
  textStart,
} from '../support/fake-claude.ts'
import {idOf} from '../support/reading.ts'
import {type DocentWithClaude, startDocentWithClaude} from '../support/start-docent.ts'

/** The failure catalogue's cases of the log, under a real server that answers readers meanwhile. */

const start = closedAfterEach(startDocentWithClaude)
const folders: string[] = []

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'docent-cases-'))
  folders.push(folder)
  return folder
}

afterEach(() => {
  vi.restoreAllMocks()
  for (const folder of folders.splice(0)) rmSync(folder, {recursive: true, force: true})
})

const begun = steps([messageStart(), textStart(), textDelta('One. ')])
const end = steps([textDelta('Two.'), blockStop(), messageDelta(), messageStop()])

/** A data folder with one answer in its file, closed. */
async function usedFolder(): Promise<{dataDir: string; file: string}> {
  const dataDir = newFolder()
  const product = await startDocentWithClaude({dataDir})
  product.upstream.otherwise(answer('word '.repeat(20_000)))
  const reading = await product.read()
  await reading.all()
  await product.close()
  return {dataDir, file: product.file}
}

async function isJournalWell(product: DocentWithClaude): Promise<boolean> {
  const {journal} = (await (await fetch(`${product.url}/readyz`)).json()) as {journal: {status: string}}
  return journal.status === 'ok'
}

test('[full disk] with a full disk readers lose nothing; staff and metrics see it, and the file stays intact', async () => {
  const file = join(newFolder(), 'transcripts.sqlite')
  const transcripts = openTranscripts({file, maxFileBytes: 160 * 1024})
  const product = await start({transcripts})
  const words = Array.from({length: 60}, (_, n) => `${n} ${'x'.repeat(5_000)} `)
  product.upstream.otherwise(answer(...words))

  const reading = await product.read()
  await reading.all()
  await expect.poll(() => isJournalWell(product)).toBe(false)
  const metrics = await (await fetch(`${product.url}/metrics`)).text()
  const transcript = await product.transcript(idOf(reading))
  const again = await (await product.resume(idOf(reading), 2)).all()

  expect(textOf(reading.seen).trim()).toBe(words.join('').trim())
  expect(reading.seen.at(-1)).toMatchObject({type: 'done', data: {ending: 'complete'}})
  expect(metrics).toContain('docent_journal_degraded 1')
  // Served from memory, which is bounded.
  expect(transcript).toMatchObject({ending: 'complete', text: textOf(reading.seen)})
  expect(again.map(seqOf)).toEqual(reading.seen.slice(2).map(seqOf))
  const beside = openSqlite(file, {readonly: true})
  expect(beside.pragma('integrity_check', {simple: true})).toBe('ok')
  beside.close()
  await product.close()
  transcripts.close()
})

test('[locked log] a file that another process has locked delays no reader, and nothing is lost', async () => {
  const product = await start()
  product.upstream.next([...begun, ...end])
  const other = openSqlite(product.file)
  other.exec('BEGIN IMMEDIATE')

  const reading = await product.read()
  await reading.all()
  await expect.poll(() => isJournalWell(product)).toBe(false)
  other.exec('COMMIT')
  other.close()
  await expect.poll(() => isJournalWell(product), {timeout: 15_000}).toBe(true)

  expect(textOf(reading.seen)).toBe('One. Two.')
  const kept = openSqlite(product.file, {readonly: true})
  expect(kept.prepare('SELECT ending, text FROM answers').all()).toEqual([
    {ending: 'complete', text: 'One. Two.'},
  ])
  kept.close()
})

test('[write between read and write] another process that writes between a read and a write does no harm', async () => {
  const product = await start()
  let goOn = (): void => {}
  const held = new Promise<void>((resolve) => {
    goOn = resolve
  })
  product.upstream.next([...begun, [0, {until: held}], ...end])
  const reading = await product.read()
  await reading.until('delta')
  await product.transcripts.flush()

  const other = openSqlite(product.file)
  for (let n = 0; n < 20; n++) {
    // A read of ours, then a write of theirs: a transaction begun by reading would now be behind and fail at once.
    await product.transcript(idOf(reading))
    other.prepare("UPDATE answers SET review_note = 'seen'").run()
  }
  other.close()
  goOn()
  await reading.all()
  await product.transcripts.flush()

  expect(await isJournalWell(product)).toBe(true)
  expect(await product.transcript(idOf(reading))).toMatchObject({ending: 'complete', text: 'One. Two.'})
})

test.each<[string, (file: string) => void, RegExp]>([
  ['is no database', (file) => writeFileSync(file, 'not a database '.repeat(1000)), /not a SQLite database/],
  ['is truncated', (file) => truncateSync(file, Math.floor(statSync(file).size / 2)), /damaged/],
  [
    'has damaged pages',
    (file) => {
      const bytes = readFileSync(file)
      for (let at = 4096; at < bytes.length; at += 4096) bytes.fill(0xab, at, at + 2000)
      writeFileSync(file, bytes)
    },
    /damaged/,
  ],
])(
  '[damaged log] a file that %s keeps the server from starting, and is left as it is',
  async (_name, damage, message) => {
    const {dataDir, file} = await usedFolder()
    damage(file)
    const before = readFileSync(file)

    await expect(startDocentWithClaude({dataDir})).rejects.toMatchObject({
      code: 'storage',
      message: expect.stringMatching(message),
    })

    expect(readFileSync(file).equals(before)).toBe(true)
  },
)

test('[no place for the log] a folder in place of the file is reported; a missing folder is created', async () => {
  const folder = newFolder()
  mkdirSync(join(folder, 'transcripts.sqlite'))

  await expect(startDocentWithClaude({dataDir: folder})).rejects.toMatchObject({
    code: 'storage',
    message: expect.stringContaining('transcripts.sqlite'),
  })
  const product = await start({dataDir: join(folder, 'not', 'there')})
  product.upstream.next(answer('One.'))
  await (await product.read()).all()

  await expect.poll(() => isJournalWell(product)).toBe(true)
})

test.each<[string, (file: string) => void]>([
  ['a file of no bytes', (file) => writeFileSync(file, '')],
  ['garbage as write-ahead log beside it', (file) => writeFileSync(`${file}-wal`, 'garbage '.repeat(1000))],
])('[empty log file] %s is no obstacle', async (_name, prepare) => {
  const dataDir = newFolder()
  prepare(join(dataDir, 'transcripts.sqlite'))

  const product = await start({dataDir})
  product.upstream.next(answer('One.'))
  const reading = await product.read()
  await reading.all()

  expect(await product.transcript(idOf(reading))).toMatchObject({ending: 'complete', text: 'One.'})
})

test('[other schema] the first schema is migrated with its answers; a newer one is refused', async () => {
  const dataDir = newFolder()
  const file = join(dataDir, 'transcripts.sqlite')
  const old = openSqlite(file)
  migrate(old, file, migrations.slice(0, 1))
  old
    .prepare(
      `INSERT INTO answers (id, conversation_id, question, build, generator, embedding, started_at, settings, channel, ending, text)
       VALUES ('old', 'c', 'Where is the kettle?', 'b', 'extractive', 'e', 1000, '{}', 'http', 'complete', 'In the kitchen.')`,
    )
    .run()
  old.close()

  const product = await start({dataDir})
  const transcript = await product.transcript('old')
  await product.close()
  const newer = openSqlite(file)
  newer.prepare("INSERT INTO migrations VALUES ('999_from_the_future', 'now')").run()
  newer.close()

  expect(transcript).toMatchObject({question: 'Where is the kettle?', text: 'In the kitchen.'})
  await expect(startDocentWithClaude({dataDir})).rejects.toMatchObject({
    code: 'storage',
    message: expect.stringContaining('newer Docent'),
  })
})

test('[clock jump] a clock that jumps affects neither order nor timings', async () => {
  const product = await start()
  let goOn = (): void => {}
  const held = new Promise<void>((resolve) => {
    goOn = resolve
  })
  product.upstream.next([...begun, [0, {until: held}], ...end])
  product.upstream.next(answer('Later.'))
  const first = await product.read()
  await first.until('delta')
  const realNow = Date.now.bind(Date)
  const beganAt = performance.now()

  vi.spyOn(Date, 'now').mockImplementation(() => realNow() - 3_600_000)
  await product.transcripts.flush()
  const heldMs = performance.now() - beganAt
  goOn()
  await first.all()
  const second = await product.read()
  await second.all()
  const events = (await product.transcript(idOf(first)))['events'] as {seq: number; at: number}[]
  const listed = (await product.transcripts.list({})).items.map(({answerId}) => answerId)

  expect(first.seen.map(seqOf)).toEqual([1, 2, 3, 4, 5])
  expect(events.map(({seq}) => seq)).toEqual([1, 2, 3, 4, 5])
  expect(events.map(({at}) => at)).toEqual(events.map(({at}) => at).toSorted((a, b) => a - b))
  const {firstTokenMs, totalMs} = first.seen.at(-1)!.data['timings'] as Record<string, number>
  expect(totalMs! - firstTokenMs!).toBeGreaterThanOrEqual(Math.floor(heldMs))
  expect(totalMs).toBeLessThan(performance.now())
  // The newest first, though the clock says otherwise.
  expect(listed).toEqual([idOf(second), idOf(first)])
})
