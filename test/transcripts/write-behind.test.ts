import {afterEach, beforeEach, describe, expect, test, vi} from 'vitest'
import {createAnswerState} from '../../src/answers/index.ts'
import type {SequencedEvent} from '../../src/domain/index.ts'
import {createLiveAnswer, type LiveAnswer} from '../../src/transcripts/live-answer.ts'
import {createPendingEvents} from '../../src/transcripts/pending-events.ts'
import {createWriteBehind, type WriteBehindOptions} from '../../src/transcripts/write-behind.ts'
import {sampleEntry, sampleEvents} from './samples.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const answerOf = (answerId: string): LiveAnswer => {
  const entry = sampleEntry(answerId)
  return createLiveAnswer(entry, createAnswerState(entry.startedAt), false)
}
const idOf = ({entry}: LiveAnswer) => entry.answerId
const delta = (seq: number, text = 'word '): SequencedEvent => ({seq, at: seq, event: {type: 'delta', text}})
const ending = sampleEvents('a').at(-1)!

/** A queue before a disk that can be made to fail. */
function queue(over: Partial<WriteBehindOptions> = {}) {
  const disk = {fails: false, isTransient: false, written: [] as string[], reasons: [] as (string | null)[]}
  const writes = createWriteBehind({
    write(answers) {
      if (disk.fails) throw new Error('the disk is full')
      const all = [...answers]
      disk.written.push(...all.map(idOf))
      return all
    },
    problemOf: (error) => ({message: (error as Error).message, isTransient: disk.isTransient}),
    flushMs: 75,
    maxPending: 100,
    onDegraded: (reason) => disk.reasons.push(reason),
    onWritten: () => {},
    onLost: () => {},
    onFlushed: () => {},
    ...over,
  })
  return {disk, writes}
}

describe('a write', () => {
  test('is batched for a while', async () => {
    const {disk, writes} = queue()
    const [a, b] = [answerOf('a'), answerOf('b')]

    writes.add(a)
    writes.add(b)
    writes.add(a, delta(1))
    await vi.advanceTimersByTimeAsync(74)
    const before = [...disk.written]
    await vi.advanceTimersByTimeAsync(1)

    expect(before).toEqual([])
    expect(disk.written).toEqual(['a', 'b'])
    expect(writes.health()).toEqual({degraded: false, reason: null, unflushed: 0})
    expect(vi.getTimerCount()).toBe(0)
  })

  test('happens at once when an answer ends', async () => {
    const {disk, writes} = queue()

    writes.add(answerOf('a'), ending)
    await vi.advanceTimersByTimeAsync(0)

    expect(disk.written).toEqual(['a'])
  })

  test('takes several turns if one write accepts only some of it', async () => {
    const turns: string[][] = []
    const {writes} = queue({
      write(answers) {
        const some = [...answers].slice(0, 2)
        turns.push(some.map(idOf))
        return some
      },
    })
    for (const id of ['a', 'b', 'c', 'd', 'e']) writes.add(answerOf(id))

    expect(await writes.flushInSteps()).toBe(true)

    expect(turns).toEqual([['a', 'b'], ['c', 'd'], ['e']])
  })

  test('does not wait for what is added meanwhile', async () => {
    const late: LiveAnswer[] = []
    const {writes} = queue({
      write(answers) {
        late.push(answerOf(`late${late.length}`))
        writes.add(late.at(-1)!)
        return [...answers].slice(0, 1)
      },
    })
    for (const id of ['a', 'b', 'c']) writes.add(answerOf(id))

    await writes.flushInSteps()

    expect(late).toHaveLength(3)
    expect([...writes.unwritten].map(idOf)).toEqual(['late0', 'late1', 'late2'])
    writes.close()
  })

  test('of an answer that was dropped does not happen', async () => {
    const {disk, writes} = queue()
    const a = answerOf('a')
    writes.add(a, delta(1))

    writes.drop(a)
    await vi.advanceTimersByTimeAsync(100)

    expect(disk.written).toEqual([])
    expect(writes.health().unflushed).toBe(0)
  })
})

describe('a store that cannot be written', () => {
  test('is reported once, retried with a growing delay, and reported when it works again', async () => {
    const attempts: number[] = []
    const {disk, writes} = queue({
      write(answers) {
        attempts.push(Date.now())
        if (disk.fails) throw new Error('the disk is full')
        return [...answers]
      },
    })
    disk.fails = true
    vi.setSystemTime(0)
    writes.add(answerOf('a'), delta(1))
    await vi.advanceTimersByTimeAsync(4_000)
    const health = writes.health()
    disk.fails = false
    await vi.advanceTimersByTimeAsync(5_000)

    expect(attempts).toEqual([75, 325, 825, 1825, 3825, 7825])
    expect(health).toEqual({degraded: true, reason: 'the disk is full', unflushed: 1})
    expect(disk.reasons).toEqual(['the disk is full', null])
    expect(writes.isDegraded).toBe(false)
  })

  test('is not tried after closing', async () => {
    const {disk, writes} = queue()
    disk.fails = true
    writes.add(answerOf('a'))
    writes.flushNow()

    writes.close()

    expect(vi.getTimerCount()).toBe(0)
  })

  test('counts as degraded when a read fails, until something is written', () => {
    const {disk, writes} = queue()

    writes.reportFailure(new Error('cannot be read'))
    const degraded = writes.isDegraded
    writes.add(answerOf('a'))
    writes.flushNow()

    expect(degraded).toBe(true)
    expect(disk.reasons).toEqual(['cannot be read', null])
  })

  test('loses whole answers only if there are too many endings alone; that is reported', () => {
    const lost: string[] = []
    const {disk, writes} = queue({maxPending: 3, onLost: (answer) => lost.push(idOf(answer))})
    disk.fails = true
    for (const id of ['a', 'b', 'c', 'd', 'e']) writes.add(answerOf(id), ending)

    expect(lost).toEqual(['a', 'b'])
    expect(writes.health().reason).toMatch(/^2 answer\(s\) were lost/)
    writes.close()
  })
})

describe('pending events', () => {
  test('are dropped for the largest answers first; endings stay', () => {
    const pending = createPendingEvents({maxEvents: 20, maxChars: 1_000_000})
    const [large, small] = [answerOf('large'), answerOf('small')]
    for (let seq = 1; seq <= 15; seq++) pending.add(large, delta(seq))
    pending.add(large, {...ending, seq: 16})
    for (let seq = 1; seq <= 5; seq++) pending.add(small, delta(seq))

    expect(pending.isOverLimit).toBe(true)
    expect(pending.dropOverLimit(new Set([small, large]))).toEqual([])

    expect(large.pending.map(({seq}) => seq)).toEqual([16])
    expect([large.isPartial, small.isPartial]).toEqual([true, false])
    expect(pending.count).toBe(6)
    pending.add(large, delta(17))
    expect(large.pending).toHaveLength(1)
  })

  test('are limited by their text as well', () => {
    const pending = createPendingEvents({maxEvents: 1_000, maxChars: 1_000})
    const a = answerOf('a')
    for (let seq = 1; seq <= 3; seq++) pending.add(a, delta(seq, 'x'.repeat(400)))

    pending.dropOverLimit(new Set([a]))

    expect(a.pending).toEqual([])
    expect([pending.count, pending.isOverLimit]).toEqual([0, false])
  })
})
