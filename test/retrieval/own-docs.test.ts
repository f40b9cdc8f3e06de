import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import type {Embedder} from '../../src/embedding/embedder.ts'
import {openEmbedder} from '../../src/embedding/transformers-embedder.ts'
import {type Evaluation, evaluate} from '../../src/evaluation/evaluate.ts'
import {ingest} from '../../src/ingestion/index.ts'
import {readQuestions} from '../../src/question-sets/question-set.ts'
import {localBuilds, type OpenCurrentBuild, openCurrentBuild} from '../../src/search-index/index.ts'

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url))

// A small folder and the shipped model: what most people see first.
describe('questions about our own documentation', () => {
  let dataDir: string
  let embedder: Embedder
  let current: OpenCurrentBuild
  let result: Evaluation
  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'docent-own-docs-'))
    embedder = await openEmbedder({model: null})
    await ingest({content: path('../../content'), dataDir, embedder: async () => embedder})
    current = await openCurrentBuild(localBuilds(dataDir))
    result = await evaluate({
      current,
      embedder,
      questions: await readQuestions(path('fixtures/own-docs.jsonl')),
      unanswerable: await readQuestions(path('fixtures/out-of-domain.jsonl')),
    })
  }, 120_000)
  afterAll(async () => {
    await current?.close()
    await embedder?.close()
    await rm(dataDir, {recursive: true, force: true})
  })

  test('are never refused', () => {
    const refused = result.questions.filter(({section, abstained}) => section !== null && abstained !== null)

    expect(refused.map(({question}) => question)).toEqual([])
  })

  test('find their page', () => {
    expect(result.metrics.page['hit@5']).toBeGreaterThan(0.8)
    expect(result.metrics.page['hit@20']).toBeGreaterThan(0.95)
  })

  test('are told from questions about anything else, most of which are refused', () => {
    expect(result.abstention.auroc).toBeGreaterThan(0.93)
    expect(result.abstention.refusedUnanswerable).toBeGreaterThan(0.55)
  })

  test('of refused ones, another topic is seldom called another product', () => {
    const reasons = (kind: string) =>
      result.questions.flatMap((asked) =>
        asked.kind === kind && asked.abstained !== null ? [asked.abstained] : [],
      )
    const share = (kind: string, reason: string) =>
      reasons(kind).filter((given) => given === reason).length / reasons(kind).length

    expect(share('off-topic', 'off_topic')).toBeGreaterThan(0.6)
    expect(share('other-product', 'other_product')).toBeGreaterThan(0.6)
  })
})
