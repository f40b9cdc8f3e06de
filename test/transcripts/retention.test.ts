import {readFileSync, statSync} from 'node:fs'
import {expect, test, vi} from 'vitest'
import {appendEvent, journalAnswer, openForTest, temporaryFile} from './samples.ts'

const maxBytes = 1024 * 1024
const pieces = ['xylomancy '.repeat(1_000)]

test('a file that reaches its limit loses its oldest answers, and running ones stay', async () => {
  const file = temporaryFile()
  const onFull = vi.fn()
  const transcripts = openForTest({file, maxBytes, onFull})
  journalAnswer(transcripts, 'running', {ending: null})
  await transcripts.flush()

  for (let n = 0; n < 300; n++) {
    journalAnswer(transcripts, `a${n}`, {pieces})
    await transcripts.flush()
    if (n % 20 === 0) await new Promise((resolve) => setTimeout(resolve, 150))
  }
  await vi.waitFor(async () => expect(await transcripts.get('a100')).toBeNull(), {timeout: 60_000})
  appendEvent(transcripts, 'running', {seq: 7, at: 1, event: {type: 'delta', text: ' On.'}})
  await transcripts.flush()

  expect(onFull).toHaveBeenCalledOnce()
  expect((await transcripts.get('running'))?.text).toContain(' On.')
  expect((await transcripts.get('a299'))?.ending).toBe('complete')
  expect(await transcripts.get('a0')).toBeNull()
  await transcripts.close()
  expect(statSync(file).size).toBeLessThan(3 * maxBytes)
})

test('no answer is removed without need, however long an old one has been running', async () => {
  const transcripts = openForTest({file: temporaryFile(), maxBytes})
  journalAnswer(transcripts, 'running', {ending: null})
  let seq = 7
  // Of these about forty fit; a burst of thirty goes far beyond the limit before a step runs.
  for (let burst = 0; burst < 10; burst++) {
    for (let n = 0; n < 30; n++) journalAnswer(transcripts, `a${burst}-${n}`, {pieces})
    await transcripts.flush()
    await vi.waitFor(
      async () => {
        // Removal that another process prevents is tried again with the next write.
        appendEvent(transcripts, 'running', {seq: seq++, at: 1, event: {type: 'delta', text: ' On.'}})
        await transcripts.flush()
        expect((await transcripts.storage()).bytes).toBeLessThan(0.96 * maxBytes)
      },
      {timeout: 60_000},
    )

    expect(await transcripts.get(`a${burst}-5`)).not.toBeNull()
  }
  expect(await transcripts.get('running')).not.toBeNull()
}, 240_000)

test('what is written while removal comes to its end is seen, too', async () => {
  vi.useFakeTimers({toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval']})
  const transcripts = openForTest({maxBytes})
  const bytes = async () => (await transcripts.storage()).bytes
  const write = async (name: string) => {
    for (let n = 0; n < 50; n++) journalAnswer(transcripts, `${name}-${n}`, {pieces})
    await transcripts.flush()
  }
  await write('a')
  expect(await bytes()).toBeLessThan(0.95 * maxBytes)
  // The next step, a tenth of a second later, finds nothing to remove, and another one later removal has ended.
  await vi.advanceTimersByTimeAsync(150)
  await write('b')
  expect(await bytes()).toBeGreaterThan(maxBytes)

  await vi.advanceTimersByTimeAsync(1_000)

  expect(await bytes()).toBeLessThan(0.95 * maxBytes)
})

test('a file above its limit at start is brought below it, oldest answers first', async () => {
  const file = temporaryFile()
  const before = openForTest({file})
  for (let n = 0; n < 200; n++)
    journalAnswer(before, `a${n}`, {pieces, entry: {question: n < 50 ? 'Zyzzyva?' : 'New?'}})
  before.close()

  const transcripts = openForTest({file, maxBytes})
  await vi.waitFor(() => expect(readFileSync(file).includes('Zyzzyva')).toBe(false), {timeout: 60_000})

  expect(await transcripts.get('a0')).toBeNull()
  expect(await transcripts.get('a199')).not.toBeNull()
})

test('without a limit nothing is removed', async () => {
  const onFull = vi.fn()
  const transcripts = openForTest({onFull})
  for (let n = 0; n < 200; n++) journalAnswer(transcripts, `a${n}`, {pieces})
  await transcripts.flush()

  expect(await transcripts.get('a0')).not.toBeNull()
  expect(onFull).not.toHaveBeenCalled()
})
