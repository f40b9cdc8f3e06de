import {expect, test} from 'vitest'
import {analysisOf} from '../../src/text/language-analysis.ts'
import {unspacedWordsIn} from '../../src/text/unspaced-words.ts'

const wordsIn = (text: string, tag: string): string[] =>
  unspacedWordsIn(text, tag, analysisOf(tag)).map(({start, end}) => text.slice(start, end))

test.each([
  ['ja', 'プラグインを追加する方法', ['プラグイン', '追加', '方法']],
  ['ja', 'Netlifyにデプロイしたい', ['デプロイ']],
  ['zh-CN', '如何添加插件？', ['添加', '插件']],
  ['ko', '플러그인을 추가하려면 어떻게 하나요?', ['플러그인', '추가']],
  ['en', 'no such script', []],
])('in %s the words of %s', (tag, text, words) => {
  expect(wordsIn(text, tag)).toEqual(words)
})

test('the terms of a word are those of the index', () => {
  const [word] = unspacedWordsIn('プラグイン', 'ja', analysisOf('ja'))
  expect(word!.terms).toEqual(['プラ', 'ラグ', 'グイ', 'イン'])
})
