import {expect, test} from 'vitest'
import {knowsLanguage} from '../../src/embedding/index.ts'

test.each([
  ['docent-embed-small', 'en-GB', true],
  ['docent-embed-small', 'de', false],
  ['docent-embed-small', null, true],
  ['Xenova/multilingual-e5-small', 'ja', true],
  ['Xenova/bge-m3', 'zh-CN', true],
  ['Xenova/all-MiniLM-L6-v2', 'fr', false],
  ['Xenova/e5-small-v2', 'fr', false],
  ['Xenova/bge-small-zh-v1.5', 'zh', true],
  ['Xenova/bge-small-zh-v1.5', 'ko', false],
  ['Xenova/jina-embeddings-v2-base-de', 'de', true],
  ['Xenova/jina-embeddings-v2-base-de', 'fr', false],
  ['someone/model-of-their-own', 'fi', true],
])('%s knows %s: %s', (name, tag, knows) => {
  expect(knowsLanguage({name}, tag)).toBe(knows)
})

test('what the settings say comes before the name', () => {
  expect(knowsLanguage({name: 'docent-embed-small', languages: ['de']}, 'de-AT')).toBe(true)
  expect(knowsLanguage({name: 'docent-embed-small', languages: null}, 'ja')).toBe(true)
  expect(knowsLanguage({name: 'bge-m3', languages: ['en']}, 'de')).toBe(false)
})
