import {afterEach, beforeEach, describe, expect, test, vi} from 'vitest'
import {defaultAnsweringLimits} from '../../src/answering/answering-limits.ts'
import {Run, type RunOptions} from '../../src/answering/run.ts'
import {RunsInMemory} from '../../src/answering/runs-in-memory.ts'
import {createAnswerState} from '../../src/answers/answer-state.ts'
import type {JournalDetails} from '../../src/answers/journal.ts'
import {DocentError, noUsage, type SequencedEvent} from '../../src/domain/index.ts'
import {sampleEntry} from '../transcripts/samples.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

/** A run with a journal that only records. */
function createRun(answerId = 'a', options: Partial<RunOptions> = {}) {
  const appended: SequencedEvent[] = []
  let details: JournalDetails = {}
  const onEnd = vi.fn()
  const run = new Run({
    entry: sampleEntry(answerId),
    conversationId: 'key',
    state: createAnswerState(1_000_000),
    clock: () => 1_000_000,
    journal: {
      append: (_, event) => appended.push(event),
      note: (_, more) => {
        details = {...details, ...more}
      },
      keep: () => {},
    },
    resumable: false,
    graceMs: 0,
    firstReaderMs: 10_000,
    deadlines: {firstTokenMs: 1_000, answerMs: 5_000},
    limits: defaultAnsweringLimits,
    onEnd,
    ...options,
  })
  return {run, appended, onEnd, details: () => details, types: () => appended.map(({event}) => event.type)}
}

describe('a run', () => {
  test('emits its start at once and is written in the next turn', async () => {
    const {run, types} = createRun()
    const write = vi.fn(async () => run.finish({ending: 'complete', finishReason: 'end'}))

    run.begin(write)
    const atOnce = [types(), write.mock.calls.length]
    await vi.advanceTimersByTimeAsync(1)

    expect(atOnce).toEqual([['start'], 0])
    expect(types()).toEqual(['start', 'sources', 'done'])
  })

  test('that ended before its turn came is not written', async () => {
    const {run} = createRun()
    const write = vi.fn(async () => {})

    run.begin(write)
    run.stop()
    await vi.advanceTimersByTimeAsync(1)

    expect(write).not.toHaveBeenCalled()
  })

  test('ends once, whatever comes after, and leaves no timer', async () => {
    const {run, appended, onEnd, types} = createRun()

    run.stop()
    run.fail('internal', new DocentError('internal', 'late'))
    run.finish({ending: 'complete'})
    run.emit({type: 'delta', text: 'late'})
    run.report({usage: {...noUsage, outputTokens: 9}})

    expect(types()).toEqual(['sources', 'done'])
    expect(appended.at(-1)!.event).toMatchObject({ending: 'stopped', usage: noUsage})
    expect(onEnd).toHaveBeenCalledOnce()
    expect([await run.ended, run.hasEnded, run.signal.aborted]).toEqual(['stopped', true, true])
    expect(vi.getTimerCount()).toBe(0)
  })

  test.each([
    ['complete', false],
    ['abstained', false],
    ['disconnected', true],
  ] as const)('that is %s aborts what works for it: %s', (ending, isAborted) => {
    const {run} = createRun()

    run.finish({ending})

    expect(run.signal.aborted).toBe(isAborted)
  })

  test('fails with the error of its writer, and reports the usage', async () => {
    const {run, appended, onEnd, details} = createRun()
    run.begin(async () => {
      run.report({modelCall: 'sent', usage: {...noUsage, inputTokens: 7}})
      throw new DocentError('upstream_cut', 'cut', {details: {upstreamRequestId: 'req-1'}})
    })
    await vi.advanceTimersByTimeAsync(1)

    expect(appended.at(-1)!.event).toMatchObject({code: 'upstream_cut', usage: {inputTokens: 7}})
    expect(details()).toMatchObject({errorDetail: 'cut', upstreamRequestId: 'req-1'})
    expect(onEnd).toHaveBeenCalledWith(
      expect.objectContaining({calledModel: true, code: 'upstream_cut'}),
      null,
    )
  })

  test('passes an unexpected error on to be logged', async () => {
    const {run, onEnd} = createRun()
    run.begin(() => Promise.reject(new TypeError('x is not a function')))
    await vi.advanceTimersByTimeAsync(1)

    expect(onEnd).toHaveBeenCalledWith(
      expect.objectContaining({code: 'internal', calledModel: false}),
      expect.objectContaining({message: expect.stringContaining('x is not a function')}),
    )
  })

  test('notes each step, and the citations that were dropped at the end', () => {
    const {run, details} = createRun()

    run.noteStep('One.')
    run.countDroppedCitations(2)
    run.stop()

    expect(details().notes).toEqual(['One.', expect.stringMatching(/^2 citation/)])
  })

  test('returns the key of its conversation once', () => {
    const {run} = createRun()

    expect([run.takeConversationId(), run.takeConversationId()]).toEqual(['key', null])
  })

  test.each([
    [false, 0],
    [true, 500],
  ])('whose reader leaves ends at once, or after the grace if it is resumable: %s', (resumable, graceMs) => {
    const {run, onEnd} = createRun('a', {resumable, graceMs: 500})
    run.read(0, new AbortController().signal).leave()

    const calls = []
    for (const ms of [0, 499, 1]) {
      vi.advanceTimersByTime(ms)
      calls.push(onEnd.mock.calls.length)
    }

    expect(calls).toEqual(graceMs === 0 ? [1, 1, 1] : [0, 0, 1])
  })
})

describe('runs in memory', () => {
  test('are kept for a while after their end, then removed', () => {
    const runs = new RunsInMemory(100)
    const {run} = createRun()
    runs.add(run)
    const underWay = runs.underWay()
    run.stop()
    runs.scheduleRemoval('a')
    runs.scheduleRemoval('a')

    vi.advanceTimersByTime(99)
    const within = runs.get('a')
    vi.advanceTimersByTime(1)

    expect([underWay, within]).toEqual([[run], run])
    expect(runs.underWay()).toEqual([])
    expect(runs.get('a')).toBeUndefined()
  })

  test('that are dropped are stopped and removed, others are not', () => {
    const runs = new RunsInMemory(100)
    const [one, other] = [createRun('one').run, createRun('other').run]
    for (const run of [one, other]) runs.add(run)

    runs.drop(({entry}) => entry.answerId === 'one')

    expect([one.hasEnded, other.hasEnded]).toEqual([true, false])
    expect([runs.get('one'), runs.get('other')]).toEqual([undefined, other])
    other.stop()
  })

  test('leave no timer when they are cleared', () => {
    const runs = new RunsInMemory(100)
    const {run} = createRun()
    runs.add(run)
    run.stop()
    runs.scheduleRemoval('a')

    runs.clear()

    expect([runs.get('a'), vi.getTimerCount()]).toEqual([undefined, 0])
  })
})
