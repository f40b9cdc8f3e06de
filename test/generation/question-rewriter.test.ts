import {afterEach, beforeEach, expect, test} from 'vitest'
import {anthropicQuestionRewriter} from '../../src/generation/question-rewriter.ts'
import {answer, type FakeClaude, startFakeClaude} from '../support/fake-claude.ts'

const history = [
  {role: 'user', content: 'How do I install the agent on Linux?'},
  {role: 'assistant', content: 'With apt.'},
] as const

let fake: FakeClaude
beforeEach(async () => {
  fake = await startFakeClaude()
})
afterEach(() => fake.close())

const rewriter = () =>
  anthropicQuestionRewriter({apiKey: 'test-key', baseUrl: fake.url, model: 'claude-haiku-5-5'})
const unstopped = () => ({signal: new AbortController().signal})

test('calls Claude once, with the conversation and the question, and returns what it wrote', async () => {
  fake.next(answer('How do I install the agent on Windows?'))

  const text = await (await rewriter()).rewrite('And on Windows?', history, unstopped())

  expect(text).toBe('How do I install the agent on Windows?')
  expect(fake.requests).toHaveLength(1)
  const sent = JSON.stringify(fake.requests[0]!.body!.messages)
  expect(sent).toContain('How do I install the agent on Linux?')
  expect(sent).toContain('And on Windows?')
})

test('sends no lone surrogate of a long turn', async () => {
  fake.next(answer('And on Windows?'))

  await (await rewriter()).rewrite(
    'And \ud83d?',
    [{role: 'user', content: `x${'🔑'.repeat(3000)}`}],
    unstopped(),
  )

  const sent = JSON.stringify(fake.requests[0]!.body)
  expect(sent).toContain('🔑')
  expect(sent).not.toMatch(/\\ud[89a-f]/i)
})

test('fails at once, without a retry, when Claude is overloaded', async () => {
  fake.otherwise([
    [0, {status: 529, headers: {'content-type': 'application/json'}, body: '{"type":"error"}'}],
  ])

  await expect((await rewriter()).rewrite('And on Windows?', history, unstopped())).rejects.toThrow()
  expect(fake.requests).toHaveLength(1)
})

test('releases the connection when aborted', async () => {
  fake.next([[0, 'stall']])
  const stop = new AbortController()

  const text = (await rewriter()).rewrite('And on Windows?', history, {signal: stop.signal})
  const request = await fake.request(0)
  stop.abort()

  await expect(text).rejects.toThrow()
  await request.closed
  expect(request.aborted).toBe(true)
})
