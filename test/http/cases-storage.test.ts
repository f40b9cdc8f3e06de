import {mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, expect, test, vi} from 'vitest'
import {openSqlite} from '../../src/native/index.ts'
import {migrate, migrations} from '../../src/transcripts/migrations.ts'
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
import {idOf, startWireProduct, type WireProduct, type WireProductOptions} from '../support/wire-product.ts'

/** The failure catalogue's cases of the log, under a real server that answers readers meanwhile. */

const open: WireProduct[] = []
const folders: string[] = []

async function start(options?: WireProductOptions): Promise<WireProduct> {
  const product = await startWireProduct(options)
  open.push(product)
  return product
}

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'docent-cases-'))
  folders.push(folder)
  return folder
}

afterEach(async () => {
  vi.restoreAllMocks()
  for (const product of open.splice(0)) await product.close()
  for (const folder of folders.splice(0)) rmSync(folder, {recursive: true, force: true})
})

const begun = steps([messageStart(), textStart(), textDelta('One. ')])
const end = steps([textDelta('Two.'), blockStop(), messageDelta(), messageStop()])

/** A file with one answer in it, closed. */
async function usedFile(): Promise<{file: string; answerId: string}> {
  const file = join(newFolder(), 'transcripts.sqlite')
  const product = await startWireProduct({file})
  product.upstream.otherwise(answer('word '.repeat(20_000)))
  const reading = await product.ask()
  await reading.all()
  await product.close()
  return {file, answerId: idOf(reading)}
}

async function isJournalWell(product: WireProduct): Promise<boolean> {
  const {journal} = (await (await fetch(`${product.url}/readyz`)).json()) as {journal: {status: string}}
  return journal.status === 'ok'
}

test('case 34: a full disk costs no reader a word; staff and the metrics tell, and the file stays whole', async () => {
  const product = await start({transcripts: {maxFileBytes: 160 * 1024}})
  const words = Array.from({length: 60}, (_, n) => `${n} ${'x'.repeat(5_000)} `)
  product.upstream.otherwise(answer(...words))

  const reading = await product.ask()
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
  const beside = openSqlite(product.file, {readonly: true})
  expect(beside.pragma('integrity_check', {simple: true})).toBe('ok')
  beside.close()
})

test('case 35: a file that another process has locked holds no reader up, and nothing is lost', async () => {
  const product = await start()
  product.upstream.next([...begun, ...end])
  const other = openSqlite(product.file)
  other.exec('BEGIN IMMEDIATE')

  const reading = await product.ask()
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

test('case 36: another process that writes between our read and our write costs nothing', async () => {
  const product = await start()
  let goOn = (): void => {}
  const held = new Promise<void>((resolve) => {
    goOn = resolve
  })
  product.upstream.next([...begun, [0, {until: held}], ...end])
  const reading = await product.ask()
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
  'case 37: a file that %s keeps the server from starting, and is left as it is',
  async (_name, damage, message) => {
    const {file} = await usedFile()
    damage(file)
    const before = readFileSync(file)

    await expect(startWireProduct({file})).rejects.toMatchObject({
      code: 'storage',
      message: expect.stringMatching(message),
    })

    expect(readFileSync(file).equals(before)).toBe(true)
  },
)

test('case 38: a folder in place of the file is told; a folder that is missing is made', async () => {
  const folder = newFolder()
  mkdirSync(join(folder, 'taken.sqlite'))

  await expect(startWireProduct({file: join(folder, 'taken.sqlite')})).rejects.toMatchObject({
    code: 'storage',
    message: expect.stringContaining('taken.sqlite'),
  })
  const product = await start({file: join(folder, 'not', 'there', 'transcripts.sqlite')})
  product.upstream.next(answer('One.'))
  await (await product.ask()).all()

  await expect.poll(() => isJournalWell(product)).toBe(true)
})

test.each<[string, (file: string) => void]>([
  ['a file of no bytes', (file) => writeFileSync(file, '')],
  ['garbage as write-ahead log beside it', (file) => writeFileSync(`${file}-wal`, 'garbage '.repeat(1000))],
])('case 39: %s is no obstacle', async (_name, prepare) => {
  const file = join(newFolder(), 'transcripts.sqlite')
  prepare(file)

  const product = await start({file})
  product.upstream.next(answer('One.'))
  const reading = await product.ask()
  await reading.all()

  expect(await product.transcript(idOf(reading))).toMatchObject({ending: 'complete', text: 'One.'})
})

test('case 42: the first schema is brought up to date with its answers; a newer one is refused', async () => {
  const file = join(newFolder(), 'transcripts.sqlite')
  const old = openSqlite(file)
  migrate(old, file, migrations.slice(0, 1))
  old
    .prepare(
      `INSERT INTO answers (id, conversation_id, question, build, generator, embedding, started_at, settings, channel, ending, text)
       VALUES ('old', 'c', 'Where is the kettle?', 'b', 'extractive', 'e', 1000, '{}', 'http', 'complete', 'In the kitchen.')`,
    )
    .run()
  old.close()

  const product = await start({file})
  const transcript = await product.transcript('old')
  await product.close()
  open.splice(0)
  const newer = openSqlite(file)
  newer.prepare("INSERT INTO migrations VALUES ('999_from_the_future', 'now')").run()
  newer.close()

  expect(transcript).toMatchObject({question: 'Where is the kettle?', text: 'In the kitchen.'})
  await expect(startWireProduct({file})).rejects.toMatchObject({
    code: 'storage',
    message: expect.stringContaining('newer Docent'),
  })
})

test('case 43: a clock that jumps changes no order and bends no timing', async () => {
  const product = await start()
  let goOn = (): void => {}
  const held = new Promise<void>((resolve) => {
    goOn = resolve
  })
  product.upstream.next([...begun, [0, {until: held}], ...end])
  product.upstream.next(answer('Later.'))
  const first = await product.ask()
  await first.until('delta')
  const realNow = Date.now.bind(Date)

  vi.spyOn(Date, 'now').mockImplementation(() => realNow() - 3_600_000)
  goOn()
  await first.all()
  const second = await product.ask()
  await second.all()
  const events = (await product.transcript(idOf(first)))['events'] as {seq: number; at: number}[]
  const listed = (await product.transcripts.list({})).items.map(({answerId}) => answerId)

  expect(first.seen.map(seqOf)).toEqual([1, 2, 3, 4, 5])
  expect(events.map(({seq}) => seq)).toEqual([1, 2, 3, 4, 5])
  expect(events.map(({at}) => at)).toEqual(events.map(({at}) => at).toSorted((a, b) => a - b))
  expect(first.seen.at(-1)!.data).toMatchObject({timings: {totalMs: expect.any(Number)}})
  expect((first.seen.at(-1)!.data['timings'] as {totalMs: number}).totalMs).toBeGreaterThanOrEqual(0)
  // The newest first, though the clock says otherwise.
  expect(listed).toEqual([idOf(second), idOf(first)])
})
