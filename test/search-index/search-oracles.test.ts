import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {buildFolder, type IndexBuild, openBuild, writeBuild} from '../../src/search-index/index.ts'
import {termsOf} from '../../src/text/terms.ts'
import {hashingEmbedder} from '../support/hashing-embedder.ts'
import {randomPages} from '../support/sample-pages.ts'

describe('search compared with its oracles', () => {
  const embedder = hashingEmbedder({dimensions: 64})
  const pages = randomPages(300)
  let dataDir: string
  let build: IndexBuild

  beforeAll(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'docent-oracle-'))
    const {id} = await writeBuild(dataDir, pages, {
      embedding: {id: embedder.id, name: embedder.name, dimensions: 64},
      embed: (texts) => embedder.embedPassages(texts),
    })
    build = await openBuild(buildFolder(dataDir, id))
  })
  afterAll(() => {
    build.close()
    rmSync(dataDir, {recursive: true})
  })

  test('HNSW finds what exact search finds', () => {
    let found = 0
    for (let passage = 1; passage <= 500; passage += 5) {
      const exact = build.nearestExact(build.vectorOf(passage), 10).map((hit) => hit.passageId)
      const near = new Set(build.nearest(build.vectorOf(passage), 10).map((hit) => hit.passageId))
      found += exact.filter((id) => near.has(id)).length
    }

    expect(found / 1_000).toBeGreaterThan(0.97)
  })

  test('frequent and rare words are counted and scored by the formula', () => {
    const weights = {title: 3, headings: 2, text: 1}
    const documents = pages.flatMap((page) =>
      page.sections.map((section) => ({
        title: termsOf(page.title),
        headings: section.headings.flatMap((text) => termsOf(text)),
        text: termsOf(section.text),
      })),
    )
    const lengthOf = (doc: (typeof documents)[number]): number =>
      doc.title.length + doc.headings.length + doc.text.length
    const average = documents.reduce((sum, doc) => sum + lengthOf(doc), 0) / documents.length
    const count = (terms: readonly string[], term: string): number =>
      terms.filter((other) => other === term).length

    for (const word of ['volume', 'pod', 'w0', 'w1', 'w700', 'w1500', 'w2999']) {
      const term = termsOf(word)[0]!
      const scores = documents.map((doc) => {
        const weighted =
          weights.title * count(doc.title, term) +
          weights.headings * count(doc.headings, term) +
          count(doc.text, term)
        return (weighted * 2.2) / (weighted + 1.2 * (0.25 + (0.75 * lengthOf(doc)) / average))
      })
      const frequency = scores.filter((score) => score > 0).length
      const idf = Math.log(1 + (documents.length - frequency + 0.5) / (frequency + 0.5))
      const best = scores.map((score) => score * idf).sort((one, other) => other - one)

      const hits = build.matching([term], 20, weights)

      expect(build.documentFrequency(term)).toBe(frequency)
      expect(hits).toHaveLength(Math.min(20, frequency))
      hits.forEach((hit, i) => {
        expect(hit.score).toBeCloseTo(best[i]!, 4)
      })
    }
  })
})
