import {getEventListeners} from 'node:events'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {createRetriever} from '../../src/retrieval/create-retriever.ts'
import {type QuestionRewriter, rewriteQuestion} from '../../src/retrieval/question-rewriter.ts'
import {samplePage} from '../support/sample-pages.ts'
import {retrievalWorld} from './world.ts'

const history = [{role: 'user', content: 'How is a backup restored?'}] as const

const writes = (text: string): QuestionRewriter => ({rewrite: async () => text})
const never: QuestionRewriter = {rewrite: () => new Promise(() => {})}

describe('a follow-up question', () => {
  let world: Awaited<ReturnType<typeof retrievalWorld>>
  const notes: string[] = []
  beforeAll(async () => {
    world = await retrievalWorld([
      samplePage('backup.md', 'Backups', [['Restore', 'Restore a backup with the restore command.']]),
      samplePage('volume.md', 'Volumes', [['Mount', 'Mount a volume with the mount command.']]),
    ])
  })
  afterAll(() => world.close())

  const retrieverWith = (rewriter: QuestionRewriter) =>
    createRetriever({
      current: {id: world.build.manifest.id, lease: () => ({build: world.build, release() {}})},
      embedder: world.embedder,
      siteUrl: null,
      rewriter,
      rewriteTimeoutMs: 5,
      onNote: (note) => notes.push(note),
    })

  test('is searched for as it was rewritten', async () => {
    const {query, sources, timings} = await retrieverWith(writes('mount a volume')).retrieve({
      question: 'And how is the other thing done?',
      history,
      version: null,
    })

    expect(query).toBe('mount a volume')
    expect(sources[0]!.anchor).toBe('mount')
    expect(timings).toHaveProperty('rewrite')
  })

  test.each([
    ['fails', {rewrite: () => Promise.reject(new Error('no more credit'))}, 'no more credit'],
    ['is late', never, 'longer than 5 ms'],
    ['writes nothing', writes('  '), 'empty'],
    ['answers instead', writes('word '.repeat(400)), 'characters'],
  ])(
    'is searched for with its topic, and that is noted, when the rewriter %s',
    async (_how, rewriter, why) => {
      notes.length = 0

      const {query} = await retrieverWith(rewriter).retrieve({question: 'And how?', history, version: null})

      expect(query).toMatch(/^And how\? \(.*backup.*\)$/)
      expect(notes).toHaveLength(1)
      expect(notes[0]).toContain(why)
    },
  )

  test('is not rewritten when nothing was said before', async () => {
    const {query, timings} = await retrieverWith(never).retrieve({
      question: 'restore',
      history: [],
      version: null,
    })

    expect(query).toBe('restore')
    expect(timings).not.toHaveProperty('rewrite')
  })
})

test('a reader who leaves ends the rewriting, and nothing goes on listening', async () => {
  const stop = new AbortController()
  let given: AbortSignal | undefined
  const rewriter: QuestionRewriter = {
    rewrite: (_question, _history, {signal}) => {
      given = signal
      return new Promise(() => {})
    },
  }

  const result = rewriteQuestion('And how?', history, {rewriter, timeoutMs: 60_000, signal: stop.signal})
  stop.abort(new Error('left'))

  await expect(result).rejects.toThrow('left')
  expect(given!.aborted).toBe(true)
  expect(getEventListeners(stop.signal, 'abort')).toHaveLength(0)
})
