import {copyFileSync, statSync} from 'node:fs'
import {afterEach, beforeEach, describe, expect, test, vi} from 'vitest'
import {openSqlite} from '../../../src/native/index.ts'
import {ChildFailure} from '../../../src/processes/index.ts'
import {type Checkpoints, createCheckpoints} from '../../../src/transcripts/catalog/checkpoints.ts'
import {journalAnswer, openForTest, temporaryFile} from '../samples.ts'

const patience = {timeout: 60_000, interval: 100}

/** A column of the answers in the file alone, without its write-ahead log. */
function inFileAlone(file: string, column: string): unknown[] {
  const copy = temporaryFile('copy.sqlite')
  copyFileSync(file, copy)
  const db = openSqlite(copy)
  try {
    return db.prepare(`SELECT ${column} FROM answers ORDER BY row`).pluck().all()
  } finally {
    db.close()
  }
}

describe('of a server', () => {
  test('move what was written into the file while the server goes on', async () => {
    const file = temporaryFile()
    const transcripts = openForTest({file})
    journalAnswer(transcripts, 'a', {entry: {question: 'Quokka?'}})
    await transcripts.flush()
    expect(statSync(`${file}-wal`).size).toBeGreaterThan(0)

    await vi.waitFor(() => expect(inFileAlone(file, 'question')).toEqual(['Quokka?']), patience)

    // The log begins anew, instead of growing.
    const grown = statSync(`${file}-wal`).size
    journalAnswer(transcripts, 'b', {entry: {question: 'Wombat?'}})
    await transcripts.flush()
    expect(statSync(`${file}-wal`).size).toBe(grown)
    await vi.waitFor(() => expect(inFileAlone(file, 'question')).toEqual(['Quokka?', 'Wombat?']), patience)
  })

  test('take what visitors and staff say of an answer, too', async () => {
    const file = temporaryFile()
    const transcripts = openForTest({file})
    journalAnswer(transcripts, 'a', {entry: {question: 'Quokka?'}})
    await transcripts.flush()
    await vi.waitFor(() => expect(inFileAlone(file, 'rating')).toEqual([null]), patience)

    await transcripts.setFeedback('a', {rating: 'down', reasons: [], comment: null})
    await vi.waitFor(() => expect(inFileAlone(file, 'rating')).toEqual(['down']), patience)
  })
})

describe('by a clock', () => {
  let checkpoints: Checkpoints
  let finish: ((isComplete: boolean) => void) | null
  let fail: ((error: Error) => void) | null
  let begun: number

  beforeEach(() => {
    vi.useFakeTimers()
    begun = 0
    checkpoints = createCheckpoints({
      everyMs: 1_000,
      checkpoint: () =>
        new Promise((resolve, reject) => {
          begun++
          finish = resolve
          fail = reject
        }),
    })
  })

  afterEach(() => {
    checkpoints.close()
    vi.useRealTimers()
  })

  async function finished(isComplete: boolean): Promise<void> {
    finish!(isComplete)
    await vi.advanceTimersByTimeAsync(0)
  }

  test('one for all writes of a second, and none without one', async () => {
    await vi.advanceTimersByTimeAsync(10_000)
    expect(begun).toBe(0)

    for (let at = 0; at < 9; at++) {
      checkpoints.written()
      await vi.advanceTimersByTimeAsync(100)
    }
    expect(begun).toBe(0)
    await vi.advanceTimersByTimeAsync(100)
    expect(begun).toBe(1)

    await finished(true)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(begun).toBe(1)
  })

  test('one more for what was written during one, and never two at once', async () => {
    checkpoints.written()
    await vi.advanceTimersByTimeAsync(1_000)
    checkpoints.written()
    await vi.advanceTimersByTimeAsync(30_000)
    expect(begun).toBe(1)

    await finished(true)
    await vi.advanceTimersByTimeAsync(1_000)
    expect(begun).toBe(2)
  })

  test('again after one that left something or failed, not at once', async () => {
    checkpoints.written()
    await vi.advanceTimersByTimeAsync(1_000)
    await finished(false)
    await vi.advanceTimersByTimeAsync(4_000)
    expect(begun).toBe(1)
    await vi.advanceTimersByTimeAsync(1_000)
    expect(begun).toBe(2)

    fail!(new ChildFailure('died', 'killed'))
    await vi.advanceTimersByTimeAsync(5_000)
    expect(begun).toBe(3)
  })

  test('none once closed', async () => {
    checkpoints.written()
    checkpoints.close()
    await vi.advanceTimersByTimeAsync(60_000)
    checkpoints.written()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(begun).toBe(0)
  })
})
