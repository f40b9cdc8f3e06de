import {expect, test, vi} from 'vitest'
import type {AskResult} from '../../src/answering/answering.ts'
import type {Journal} from '../../src/answers/journal.ts'
import {DocentError} from '../../src/domain/index.ts'
import {
  allEvents,
  createWorld,
  lastOf,
  readerOf,
  sampleQuestion,
  type WorldOptions,
} from './answering-world.ts'
import {slowJournal} from './slow-journal.ts'

/** A world whose journal waits at one of its methods until the test lets it go on. */
function heldWorld(at: keyof Journal, options: WorldOptions = {}) {
  let open = (): void => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  let waiting = 0
  const world = createWorld(options, (journal) =>
    slowJournal(journal, async (method) => {
      if (method !== at) return
      waiting += 1
      await opened
    }),
  )
  return {...world, open, isWaiting: () => vi.waitFor(() => expect(waiting).toBeGreaterThan(0))}
}

test('questions with one key that arrive while the first is being asked all join it, and one is counted', async () => {
  const {answering, generator, open} = heldWorld('begin')
  const admit = vi.fn(async () => () => {})

  const asking = Array.from({length: 5}, () =>
    answering.ask(sampleQuestion(), {channel: 'test', idempotencyKey: 'key', admit}),
  )
  open()
  const asked = await Promise.all(asking)
  const reader = readerOf(answering, asked[0]!.answerId)
  await generator.call(0)

  expect(new Set(asked.map(({answerId}) => answerId)).size).toBe(1)
  expect(asked.map(({isNew}) => isNew)).toEqual([true, false, false, false, false])
  expect(admit).toHaveBeenCalledOnce()
  expect(answering.active).toBe(1)
  expect(generator.calls).toHaveLength(1)
  await answering.stop(asked[0]!.answerId)
  await reader.over
})

test('a key that another process claims meanwhile joins its answer, and releases the slot', async () => {
  const {answering, transcripts, open, isWaiting} = heldWorld('begin')
  const onEnd = vi.fn()
  const asking = answering.ask(sampleQuestion(), {
    channel: 'test',
    idempotencyKey: 'key',
    admit: async () => onEnd,
  })
  await isWaiting()

  const elsewhere = createWorld({}, () => transcripts)
  const other = await elsewhere.answering.ask(sampleQuestion(), {channel: 'test', idempotencyKey: 'key'})
  open()

  expect(await asking).toEqual({answerId: other.answerId, conversationId: null, isNew: false})
  expect(onEnd.mock.calls).toEqual([[{calledModel: false}]])
  expect(answering.active).toBe(0)
})

test('a key that another process claims meanwhile for another question is refused, once', async () => {
  const {answering, transcripts, open, isWaiting} = heldWorld('begin')
  const onEnd = vi.fn()
  const asking = answering.ask(sampleQuestion(), {
    channel: 'test',
    idempotencyKey: 'key',
    admit: async () => onEnd,
  })
  asking.catch(() => {})
  await isWaiting()

  const elsewhere = createWorld({}, () => transcripts)
  await elsewhere.answering.ask(sampleQuestion({question: 'Why?'}), {channel: 'test', idempotencyKey: 'key'})
  open()

  await expect(asking).rejects.toMatchObject({code: 'conflict'})
  expect(onEnd).toHaveBeenCalledOnce()
  expect(answering.active).toBe(0)
})

test('a burst cannot exceed the limit, even before any of it has begun', async () => {
  const {answering, open} = heldWorld('begin', {limits: {maxConcurrent: 2}})

  const asking = Array.from({length: 5}, () => answering.ask(sampleQuestion(), {channel: 'test'}))
  const active = answering.active
  open()
  const settled = await Promise.allSettled(asking)

  expect(active).toBe(2)
  expect(settled.map(({status}) => status)).toEqual([
    'fulfilled',
    'fulfilled',
    'rejected',
    'rejected',
    'rejected',
  ])
})

test('a question that is refused late releases its slot, once', async () => {
  const {answering, open, isWaiting} = heldWorld('find')
  const onEnd = vi.fn()

  const asking = answering.ask(sampleQuestion(), {
    channel: 'test',
    continueAnswerId: 'unknown',
    admit: async () => onEnd,
  })
  asking.catch(() => {})
  await isWaiting()
  const active = answering.active
  open()

  await expect(asking).rejects.toMatchObject({code: 'not_found'})
  expect([active, answering.active]).toEqual([1, 0])
  expect(onEnd.mock.calls).toEqual([[{calledModel: false}]])
})

test('a question that its limit refuses takes no slot', async () => {
  const {answering} = createWorld()
  const admit = async () => {
    throw new DocentError('rate_limited', 'No more')
  }

  await expect(answering.ask(sampleQuestion(), {channel: 'test', admit})).rejects.toMatchObject({
    code: 'rate_limited',
  })
  expect(answering.active).toBe(0)
})

test('a question with a slow limit check is refused if the server closes meanwhile, and releases its slot', async () => {
  const {answering} = createWorld()
  const onEnd = vi.fn()
  let admitted = () => {}
  const admit = () =>
    new Promise<typeof onEnd>((resolve) => {
      admitted = () => resolve(onEnd)
    })

  const asking = answering.ask(sampleQuestion(), {channel: 'test', admit})
  asking.catch(() => {})
  await answering.shutdown(0)
  admitted()

  await expect(asking).rejects.toMatchObject({code: 'shutting_down'})
  expect(onEnd.mock.calls).toEqual([[{calledModel: false}]])
})

test('an asker that left while the question was being asked leaves no run behind', async () => {
  const {answering, generator, transcripts, open} = heldWorld('begin')
  const asker = new AbortController()

  const asking = answering.ask(sampleQuestion(), {channel: 'test'})
  asker.abort()
  open()
  const {answerId} = await asking
  const got = []
  for await (const event of answering.events(answerId, {signal: asker.signal})) got.push(event)

  expect(got).toEqual([])
  expect(answering.active).toBe(0)
  expect((await transcripts.get(answerId))?.ending).toBe('disconnected')
  expect(generator.calls).toEqual([])
})

test.each([0, 10_000])(
  'a shutdown with a grace of %d ms waits for questions being asked',
  async (graceMs) => {
    const {answering, generator, transcripts, open, isWaiting} = heldWorld('begin')
    const asking = answering.ask(sampleQuestion(), {channel: 'test'})
    await isWaiting()

    const down = answering.shutdown(graceMs)
    let isDown = false
    void down.then(() => {
      isDown = true
    })
    await new Promise(setImmediate)
    const wasDown = isDown
    open()
    const {answerId} = await asking
    if (graceMs > 0) {
      const reader = readerOf(answering, answerId)
      ;(await generator.call(0)).say('Done.')
      ;(await generator.call(0)).finish()
      await reader.over
    }
    await down

    expect(wasDown).toBe(false)
    expect(answering.active).toBe(0)
    expect((await transcripts.get(answerId))?.ending).toBe(graceMs > 0 ? 'complete' : 'interrupted')
  },
)

test('forgetting a conversation stops what was being asked in it, so nothing is written after it was removed', async () => {
  const first = createWorld()
  const asked: AskResult = await first.answering.ask(sampleQuestion(), {channel: 'test'})
  await first.answering.stop(asked.answerId)
  let release = () => {}
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  const {answering} = createWorld({}, () =>
    slowJournal(first.transcripts, async (method) => {
      if (method === 'begin') await held
    }),
  )
  const {conversation} = (await first.transcripts.get(asked.answerId))!

  const asking = answering.ask(sampleQuestion({conversationId: asked.conversationId}), {channel: 'test'})
  await new Promise(setImmediate)
  const forgetting = answering.forget({conversation})
  release()
  await forgetting
  const removed = await first.transcripts.deleteConversation(conversation)
  const {answerId} = await asking

  expect(removed).toBe(2)
  expect(answering.active).toBe(0)
  expect(await answering.snapshot(answerId)).toBeNull()
  expect((await first.transcripts.list({})).items).toEqual([])
})

test('an answer is read from a slow journal as from memory, and an unknown one is not found', async () => {
  const {answering, generator, ask} = createWorld({keepEndedMs: 0}, (journal) =>
    slowJournal(journal, () => new Promise(setImmediate)),
  )
  const answerId = await ask()
  const reader = readerOf(answering, answerId)
  const call = await generator.call(0)
  call.say('One ', 'two')
  call.finish()
  await reader.over
  await new Promise((resolve) => setTimeout(resolve, 5))

  for (let after = 0; after <= reader.got.length; after++) {
    expect(await allEvents(answering, answerId, after)).toEqual(reader.got.slice(after))
  }
  expect(lastOf(reader.got)).toMatchObject({ending: 'complete'})
  await expect(allEvents(answering, 'unknown')).rejects.toMatchObject({code: 'not_found'})
})
