import {describe, expect, test} from 'vitest'
import type {StreamUpdate} from '../../packages/client/src/index.ts'
import {AnswerReading, type AnswerReadingOptions} from '../../src/web/session/answer-reading.ts'
import {type AnswerState, newAnswer, stopped, withUpdate} from '../../src/web/session/answer-state.ts'
import {changeOf} from '../../src/web/session/change.ts'
import {ConversationKeeper} from '../../src/web/session/conversation-keeper.ts'
import {createConversationStore, memoryStorage} from '../../src/web/session/conversation-store.ts'
import {OpenConversation} from '../../src/web/session/open-conversation.ts'

const answerOf = (key: string, more: Partial<AnswerState> = {}): AnswerState => ({
  ...newAnswer(key, `Question ${key}?`, {askedAt: 1}),
  ...more,
})

const start: StreamUpdate = {
  type: 'event',
  seq: 1,
  event: {type: 'start', answerId: 'a1', conversationId: 'c1', generator: 'anthropic', model: null} as never,
}
const delta: StreamUpdate = {type: 'event', seq: 2, event: {type: 'delta', text: 'Hi'}}

describe('the open conversation', () => {
  test('replaces an answer in its place, and puts what is asked again last', () => {
    const conversation = new OpenConversation('k', null)
    for (const key of ['a', 'b']) conversation.upsert(answerOf(key))

    conversation.upsert(answerOf('a', {text: 'new'}))
    expect(conversation.answers.map(({key, text}) => key + text)).toEqual(['anew', 'b'])

    conversation.moveToEnd(answerOf('a'))
    expect(conversation.answers.map(({key}) => key)).toEqual(['b', 'a'])
  })

  test('sends what was said only to a server that has not named it', () => {
    const conversation = new OpenConversation('k', null)
    for (const key of ['a', 'b', 'c', 'd', 'e'])
      conversation.upsert(answerOf(key, {text: key === 'b' ? '' : 'x'.repeat(2_000)}))

    const history = conversation.historyFor('e')
    expect(history.map(({role}) => role)).toEqual(Array(3).fill(['user', 'assistant']).flat())
    expect(history[0]).toEqual({role: 'user', content: 'Question a?'})
    expect(Math.max(...history.map(({content}) => content.length))).toBe(1_500)

    conversation.conversationId = 'c1'
    expect(conversation.historyFor('e')).toEqual([])
  })
})

describe('the keeper of conversations', () => {
  const forbidden = {
    getItem: () => {
      throw new Error('forbidden')
    },
    setItem: () => {
      throw new Error('forbidden')
    },
  } as never

  test('writes words once a second, and everything else at once', () => {
    let now = 10_000
    const store = createConversationStore(memoryStorage(), 'test')
    const keeper = new ConversationKeeper(store, memoryStorage(), () => now)
    const conversation = new OpenConversation('k', null)
    const kept = (): string | undefined => store.get('k')?.answers[0]?.text
    const save = (text: string): void => {
      conversation.upsert(answerOf('a', {text}))
      keeper.saveThrottled(conversation)
    }

    save('one')
    now += 500
    save('two')
    expect(kept()).toBe('one')
    now += 501
    save('three')
    expect(kept()).toBe('three')
    conversation.upsert(answerOf('a', {text: 'four'}))
    keeper.save(conversation)
    expect(kept()).toBe('four')
  })

  test('finds what was open in the tab, and begins anew where that is forbidden', () => {
    const store = createConversationStore(memoryStorage(), 'test')
    const tab = memoryStorage()
    const conversation = new OpenConversation('k', null)
    conversation.upsert(answerOf('a'))
    const keeper = new ConversationKeeper(store, tab, () => 0)
    keeper.save(conversation)

    expect(keeper.lastOpen()).toBeNull()
    keeper.rememberOpen('k')
    expect(new ConversationKeeper(store, tab, () => 0).lastOpen()?.key).toBe('k')
    const blind = new ConversationKeeper(store, forbidden, () => 0)
    blind.rememberOpen('k')
    expect(blind.lastOpen()).toBeNull()
  })
})

describe('the reading of an answer', () => {
  interface Reader {
    readonly reading: AnswerReading
    readonly seen: StreamUpdate[]
    readonly stops: string[]
    readonly failures: unknown[]
    readonly isAborted: () => boolean
  }

  function readerOf(
    updates: (signal: AbortSignal) => AsyncGenerator<StreamUpdate>,
    more: Partial<AnswerReadingOptions> = {},
  ): Reader {
    const seen: StreamUpdate[] = []
    const stops: string[] = []
    const failures: unknown[] = []
    let signal: AbortSignal | null = null
    const reading = new AnswerReading({
      updates: (given) => {
        signal = given
        return updates(given)
      },
      onUpdate: (item) => seen.push(item) > 0,
      onFailure: (error) => void failures.push(error),
      stopOnServer: async (answerId) => void stops.push(answerId),
      ...more,
    })
    return {reading, seen, stops, failures, isAborted: () => signal?.aborted ?? false}
  }

  test('that is left before the answer has a name, and was stopped, reads on until it has one', async () => {
    const {reading, seen, stops, isAborted} = readerOf(async function* () {
      yield start
      yield delta
    })

    reading.stop(null)
    reading.detach()
    expect(isAborted()).toBe(false)
    await reading.read()

    expect(stops).toEqual(['a1'])
    expect(seen).toEqual([start])
  })

  test('that is left ends at once, without a failure', async () => {
    const {reading, seen, failures, isAborted} = readerOf(async function* (signal) {
      yield start
      reading.detach()
      signal.throwIfAborted()
      yield delta
    })

    await reading.read()

    expect(isAborted()).toBe(true)
    expect(seen).toEqual([start])
    expect(failures).toEqual([])
  })

  test('ends when nobody wants the answer, and closes the stream', async () => {
    let isClosed = false
    const {reading, seen} = readerOf(
      async function* () {
        try {
          yield start
          yield delta
        } finally {
          isClosed = true
        }
      },
      {onUpdate: () => false},
    )

    await reading.read()

    expect(isClosed).toBe(true)
    expect(seen).toEqual([])
  })

  test('is left when the server cannot be told to stop', async () => {
    const {reading, isAborted} = readerOf(
      async function* () {
        yield start
      },
      {stopOnServer: () => Promise.reject(new Error('unreachable'))},
    )
    await reading.read()

    reading.stop('a1')
    await new Promise(setImmediate)

    expect(isAborted()).toBe(true)
  })

  test('tells of a stream that fails', async () => {
    const error = new Error('broken')
    const {reading, failures} = readerOf(async function* () {
      yield start
      throw error
    })

    await reading.read()

    expect(failures).toEqual([error])
  })
})

test('a change of words alone is one of text', () => {
  const before = withUpdate(withUpdate(answerOf('a'), start), delta)

  expect(changeOf(withUpdate(before, delta), before).type).toBe('text')
  expect(changeOf(stopped(before), before)).toEqual({type: 'answer', answer: stopped(before), before})
})
