import {expect, test} from 'vitest'
import {cachingEmbedder} from '../../src/evaluation/index.ts'
import {hashingEmbedder} from '../support/hashing-embedder.ts'

test('an embedder with a cache ranks as the one behind it: each question is embedded once, and words keep their vectors', async () => {
  let asked = 0
  const words = {similarity: () => 0.5}
  const embedder = hashingEmbedder()
  const caching = cachingEmbedder({
    ...embedder,
    words,
    embedQuery(text) {
      asked++
      return embedder.embedQuery(text)
    },
  })

  expect(await caching.embedQuery('port')).toEqual(await caching.embedQuery('port'))
  expect(asked).toBe(1)
  expect(caching.words).toBe(words)
  expect('words' in cachingEmbedder(embedder)).toBe(false)
})
