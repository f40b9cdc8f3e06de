import {existsSync, readFileSync} from 'node:fs'
import {expect, test} from 'vitest'
import {showLines} from '../../src/cli/transcripts/terminal-view.ts'
import {type AnswerEvent, noUsage, type Source} from '../../src/domain/index.ts'
import {appendEvent, beginAnswer, journalAnswer, openForTest, temporaryFile} from './samples.ts'

/** Stands in every place where somebody else's words come in. */
const canary = 'Zyzzyva'

/** What lies on the disk, byte by byte. */
function rawBytes(file: string): string {
  return ['', '-wal', '-shm']
    .filter((suffix) => existsSync(file + suffix))
    .map((suffix) => readFileSync(file + suffix).toString('latin1'))
    .join('')
}

const source: Source = {
  n: 1,
  id: `${canary}-id`,
  title: `Title ${canary}`,
  headings: [`Heading ${canary}`],
  url: `/docs/${canary}`,
  anchor: canary,
  score: 0.5,
  snippet: `Snippet ${canary}`,
  highlights: [[0, 7]],
}

const events: readonly AnswerEvent[] = [
  {
    type: 'start',
    answerId: 'a',
    conversationId: null,
    ref: 'r',
    build: 'build-1',
    generator: 'scripted',
    model: 'script',
    embedding: 'test',
  },
  {type: 'sources', round: 1, query: `Query ${canary}`, sources: [source]},
  {type: 'tool', id: 'search-1', name: 'search', status: 'started', input: {query: canary}, summary: canary},
  {type: 'reasoning', text: `Thought ${canary}`},
  {type: 'delta', text: `Text ${canary}`},
  {type: 'citation', n: 1, start: 0, end: 4, quote: `Quote ${canary}`},
  {
    type: 'done',
    ending: 'abstained',
    abstained: true,
    reason: 'low_score',
    nearest: [{title: `Page ${canary}`, url: `/${canary}`}],
    usage: noUsage,
    timings: {sourcesMs: 1, firstTokenMs: 2, longestStallMs: 0, totalMs: 3},
  },
]

test('metadata: no text of anybody is on the disk, whatever channel it came through', async () => {
  const file = temporaryFile()
  const transcripts = openForTest({file, mode: 'metadata'})
  beginAnswer(transcripts, 'a', {
    question: `Question ${canary}?`,
    version: canary,
    page: {url: `/docs/${canary}`, title: canary, section: canary},
    conversation: 'c',
  })
  events.forEach((event, index) => {
    appendEvent(transcripts, 'a', {seq: index + 1, at: 1_000_000 + index, event})
  })
  transcripts.note('a', {
    errorDetail: `Upstream said ${canary}`,
    fallbackCause: {
      code: 'upstream_rejected',
      upstreamRequestId: `req ${canary}`,
      detail: `Upstream said ${canary}`,
    },
    upstreamRequestId: `req ${canary}`,
    notes: [`Tried again after ${canary}`],
    considered: [source],
    retrievalTimings: {embed: 1},
  })
  await transcripts.flush()

  const kept = await transcripts.setFeedback('a', {
    rating: 'down',
    reasons: [canary],
    comment: `Because ${canary}`,
  })
  await transcripts.setReview('a', {verdict: 'wrong', note: null, correctedAnswer: null, by: 'Ada'})
  for (const words of [{note: canary}, {correctedAnswer: canary}]) {
    await expect(
      transcripts.setReview('a', {verdict: 'wrong', note: null, correctedAnswer: null, by: 'Ada', ...words}),
    ).rejects.toThrowError(/keeps no text: send only the verdict/)
  }

  expect(rawBytes(file)).not.toContain(canary)
  expect(kept.feedback).toEqual({rating: 'down', missing: false, reasons: [], comment: null})
  const transcript = (await transcripts.get('a'))!
  expect(transcript).toMatchObject({
    ending: 'abstained',
    retrievalTimings: {embed: 1},
    considered: [{n: 1, score: 0.5}],
    feedback: {rating: 'down'},
    review: {verdict: 'wrong'},
    sources: [{n: 1, score: 0.5}],
  })
  expect(transcript.events.map(({seq, at, event: {type}}) => [seq, at, type])).toEqual(
    events.map(({type}, index) => [index + 1, 1_000_000 + index, type]),
  )
  const shown = showLines(transcript, {columns: 100, hasColors: false})
  expect(shown.filter((line) => line.includes('(not kept)'))).toHaveLength(3)
})

test('metadata: an id from the upstream is kept', async () => {
  const transcripts = openForTest({mode: 'metadata'})
  journalAnswer(transcripts, 'a', {ending: null})
  transcripts.note('a', {upstreamRequestId: 'req_011CSHoEeqs5C35K2UUqR7Fy'})

  expect(await transcripts.get('a')).toMatchObject({upstreamRequestId: 'req_011CSHoEeqs5C35K2UUqR7Fy'})
})

test.each(['metadata', 'off'] as const)(
  '%s: a rating keeps no text, even of an answer that was logged in full',
  async (mode) => {
    const file = temporaryFile()
    const before = openForTest({file})
    journalAnswer(before, 'a')
    before.close()
    const transcripts = openForTest({file, mode})

    await transcripts.setFeedback('a', {rating: 'down', reasons: [canary], comment: canary})

    expect(rawBytes(file)).not.toContain(canary)
    expect((await transcripts.get('a'))?.feedback).toMatchObject({rating: 'down', reasons: [], comment: null})
  },
)

test('off: an answer that is not kept cannot be rated, also while it is written', async () => {
  const transcripts = openForTest({mode: 'off'})
  journalAnswer(transcripts, 'a', {ending: null})

  await expect(
    transcripts.setFeedback('a', {rating: 'up', reasons: [], comment: canary}),
  ).rejects.toThrowError(/no transcript a/)
})
