import {expect, test} from 'vitest'
import {canonicalTag, isSameLanguage, primaryOf, tagsFor} from '../../src/text/language-tags.ts'

test.each([
  ['de', 'de'],
  ['pt-br', 'pt-BR'],
  ['zh_hant_tw', 'zh-Hant-TW'],
  [' EN ', 'en'],
  ['', null],
  ['{{ lang }}', null],
  ['de--AT', null],
  ['x', null],
])('%j is the tag %j', (written, tag) => {
  expect(canonicalTag(written)).toBe(tag)
})

test('a region makes no other language, a script does', () => {
  expect(isSameLanguage('en', 'en-GB')).toBe(true)
  expect(isSameLanguage('zh', 'zh-CN')).toBe(true)
  expect(isSameLanguage('zh-CN', 'zh-TW')).toBe(false)
  expect(isSameLanguage('pt', 'es')).toBe(false)
  expect(primaryOf('pt-BR')).toBe('pt')
})

test('a reader gets the same tag first, then the likely region, then other regions, then other scripts', () => {
  expect(tagsFor('pt', ['pt-PT', 'en', 'pt-BR'])).toEqual(['pt-BR', 'pt-PT'])
  expect(tagsFor('pt-PT', ['pt-BR', 'pt-PT'])).toEqual(['pt-PT', 'pt-BR'])
  expect(tagsFor('zh-TW', ['zh-CN', 'ja', 'zh-Hant'])).toEqual(['zh-Hant', 'zh-CN'])
  expect(tagsFor('fr', ['en', 'de'])).toEqual([])
})
