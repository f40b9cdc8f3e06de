import {fork} from 'node:child_process'
import {once} from 'node:events'
import {existsSync, mkdtempSync, readFileSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, afterEach, beforeAll, describe, expect, test, vi} from 'vitest'
import {buildProgram} from '../../scripts/build/build-program.mjs'
import {createAnswering} from '../../src/answering/create-answering.ts'
import {answerStateOf} from '../../src/answers/index.ts'
import {openSqlite} from '../../src/native/index.ts'
import {rowInserter} from '../../src/transcripts/answer-writer.ts'
import {catalogFileOf} from '../../src/transcripts/catalog/catalog-file.ts'
import {createLiveAnswer, liveRow} from '../../src/transcripts/live-answer.ts'
import {openTranscripts, type Transcripts} from '../../src/transcripts/open-transcripts.ts'
import {readTranscripts} from '../../src/transcripts/read-transcripts.ts'
import {openReaderProcess, type ReaderProcess} from '../../src/transcripts/reader-process.ts'
import {fakeRetriever} from '../support/fake-retriever.ts'
import {scriptedGenerator} from '../support/scripted-generator.ts'
import {collected, journalAnswer, openForTest, sampleEntry, sampleEvents, temporaryFile} from './samples.ts'

const answers = 20_000
/** Searched for in every answer, as it has no letter, and found in none. */
const slow = {q: '(%)'}

const open = new Set<ReaderProcess>()

function readerOf(...args: Parameters<typeof openReaderProcess>): ReaderProcess {
  const reader = openReaderProcess(...args)
  open.add(reader)
  return reader
}

afterEach(async () => {
  await Promise.all([...open].map((reader) => reader.close()))
  open.clear()
})

const filesOf = (file: string) => ({transcripts: file, catalog: catalogFileOf(file)})

/** Writes many answers in one go, each with its text at once: one that is written at the end is indexed twice. */
function fill(file: string, count: number): void {
  const db = openSqlite(file)
  const insertRow = rowInserter(db)
  const text = `${'-'.repeat(1_500)} 設定を変更する。`
  const state = answerStateOf(sampleEvents('many', [text]), 0)
  db.transaction(() => {
    for (let n = 0; n < count; n++) {
      const entry = sampleEntry(`many${n}`, {startedAt: n})
      insertRow({...liveRow(createLiveAnswer(entry, state, false)), row: n + 1})
    }
  })()
  db.close()
}

describe('a large file', () => {
  let folder: string
  let file: string
  let transcripts: Transcripts

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'docent-large-'))
    file = join(folder, 'transcripts.sqlite')
    transcripts = openTranscripts({file})
    fill(file, answers)
    // The process is there.
    await transcripts.get('many1')
  }, 600_000)
  afterAll(async () => {
    await transcripts.close()
    rmSync(folder, {recursive: true})
  })

  test('a search through all of it delays no answer', async () => {
    const answering = createAnswering({
      retriever: fakeRetriever(),
      generator: scriptedGenerator(endlessWords, {paceMs: 2}),
      journal: transcripts,
      currentBuild: () => 'build-1',
      embedding: 'test',
      deadlines: {firstTokenMs: 600_000, answerMs: 600_000},
      resumeGraceMs: 0,
    })
    const question = {question: 'How?', conversationId: null, history: [], version: null, resumable: false}
    const {answerId} = await answering.ask(question, {channel: 'test'})
    const leaving = new AbortController()
    let events = 0
    const reading = (async () => {
      for await (const _ of answering.events(answerId, {signal: leaving.signal})) events += 1
    })().catch(() => undefined)
    await vi.waitFor(() => expect(events).toBeGreaterThan(5), {timeout: 30_000})

    const before = events
    const {items} = await transcripts.list(slow)
    const meanwhile = events - before
    // The same search on this thread, for comparison: no event can come before it is done.
    const beside = readTranscripts(file)
    const beforeBeside = events
    await beside.list(slow)
    const meanwhileBeside = events - beforeBeside
    beside.close()
    leaving.abort()
    await reading
    await answering.shutdown(0)

    expect(items).toEqual([])
    expect(meanwhileBeside).toBeLessThanOrEqual(2)
    expect(meanwhile).toBeGreaterThan(10 * Math.max(1, meanwhileBeside))
  })

  test('an export is read as it is consumed, and ends when it is stopped', async () => {
    const all = transcripts.export({})[Symbol.asyncIterator]()
    const first = await all.next()
    const second = await all.next()
    await all.return?.()

    expect([first.value?.answerId, second.value?.answerId]).toEqual(['many0', 'many1'])
    expect(await all.next()).toMatchObject({done: true})
  })

  test('a read that takes too much ends with its process, and the next one gets another', async () => {
    // Far more than the short read takes, and far less than the long one, on any machine.
    const reader = readerOf(filesOf(file), {cpuMs: 200})
    const names = Array<string>(2_000_000).fill('none')

    await expect(reader.reads.read(names, [])).rejects.toMatchObject({
      code: 'too_large',
      message: expect.stringMatching(/CPU time.*Narrow it/),
    })
    await expect(reader.reads.read(['none'], [])).resolves.toEqual([null])
  })

  test('what is removed while a search reads leaves no copy', async () => {
    journalAnswer(transcripts, 'secret', {entry: {question: 'Zyzzyva?', conversation: 'c'}})
    await transcripts.flush()

    const search = transcripts.list(slow)
    const deleted = await transcripts.deleteConversation('c')
    const wasErased = transcripts.isErased
    await search

    expect([deleted, wasErased]).toEqual([1, true])
    expect(readFileSync(`${file}-wal`).includes('Zyzzyva')).toBe(false)
  })
})

function* endlessWords(): Generator<string> {
  for (let n = 0; ; n++) yield `word${n} `
}

describe('a reader process', () => {
  test('that is idle keeps no copy of removed data', async () => {
    const file = temporaryFile()
    const transcripts = openForTest({file})
    journalAnswer(transcripts, 'a', {entry: {question: 'Zyzzyva?'}})
    await transcripts.list({})
    await collected(transcripts.export({}))

    await transcripts.delete('a')

    expect(transcripts.isErased).toBe(true)
    for (const suffix of ['', '-wal']) {
      expect(readFileSync(file + suffix).toString('latin1')).not.toMatch(/zyzzyva/i)
    }
  })

  test('throws what the read throws, with its code', async () => {
    const transcripts = openForTest({file: temporaryFile()})
    await expect(transcripts.list({}, {cursor: 'x'})).rejects.toMatchObject({
      name: 'DocentError',
      code: 'invalid_request',
      message: expect.stringContaining('cursor: is not one of this list'),
    })
    const nowhere = readerOf(filesOf(temporaryFile('none.sqlite')))
    await expect(nowhere.reads.read(['a'], [])).rejects.toMatchObject({
      code: 'storage',
      message: expect.stringContaining('There are no transcripts at'),
    })
  })

  test.skipIf(process.platform !== 'linux')('that is killed is replaced', async () => {
    const transcripts = openForTest({file: temporaryFile()})
    journalAnswer(transcripts, 'a')
    await transcripts.get('a')
    const [pid] = childrenOf(process.pid).filter((child) => commandOf(child).includes('transcripts-child'))

    process.kill(pid!, 'SIGKILL')

    expect((await transcripts.get('a'))?.ending).toBe('complete')
  })

  test('does not exist before the first read, after an idle period, and after closing', async () => {
    const file = temporaryFile()
    const transcripts = openForTest({file})
    await transcripts.list({})
    await transcripts.close()
    const reader = readerOf(filesOf(file), {idleMs: 0})
    const before = reader.isOpen

    await reader.reads.read(['a'], [])
    await vi.waitFor(() => expect(reader.isOpen).toBe(false))
    await reader.reads.read(['a'], [])
    await reader.close()

    expect(before).toBe(false)
    expect(reader.isOpen).toBe(false)
    await expect(reader.reads.read(['a'], [])).rejects.toMatchObject({code: 'shutting_down'})
  })

  test('has closed the file when the transcripts are closed', async () => {
    const file = temporaryFile()
    const transcripts = openForTest({file})
    journalAnswer(transcripts, 'a')
    await transcripts.list({})

    await transcripts.close()

    // SQLite removes it with the last connection.
    expect(existsSync(`${file}-wal`)).toBe(false)
  })

  test.skipIf(process.platform !== 'linux')('goes with its server, however that ends', async () => {
    const program = await buildProgram('test/transcripts/reading-process.ts')
    const server = fork(program, {stdio: ['ignore', 'ignore', 'inherit', 'ipc']})
    server.send(temporaryFile())
    await once(server, 'message')
    const children = childrenOf(server.pid!)

    server.kill('SIGKILL')

    // One reads, one writes the catalog.
    expect(children).toHaveLength(2)
    await vi.waitFor(() => expect(children.map(commandOf)).toEqual(['', '']), {timeout: 30_000})
  })
})

function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number)
}

/** Empty for a process that has ended. */
function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return ''
  }
}
