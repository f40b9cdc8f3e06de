import {describe, expect, test} from 'vitest'
import {analysisOf} from '../../src/text/language-analysis.ts'
import {stemmers} from '../../src/text/stemmers.ts'
import {termsOf} from '../../src/text/terms.ts'
import {randomFrom} from '../support/random.ts'

const termsIn = (text: string, tag: string | null): string[] => termsOf(text, analysisOf(tag))

test('English is the analysis of English, of unknown languages, and the default', () => {
  const text = 'Running volumes: node.js, --dry-run, PersistentVolumeClaim, C++, it’s, ÉTÉ, 日本語'
  for (const tag of ['en', 'en-GB', 'und', null]) expect(termsIn(text, tag)).toEqual(termsOf(text))
})

test.each([
  ['de', 'Konfigurationen', 'Konfiguration'],
  ['de-AT', 'Häuser', 'Hauser'],
  ['fr', 'déploiements', 'déploiement'],
  ['fr', "l'ordre", 'ordre'],
  ['fr', 'peut-on', 'peut'],
  ['it', 'dell’indice', 'indice'],
  ['es', 'complementos', 'complemento'],
  ['ru', 'плагинами', 'плагин'],
  ['sv', 'inställningar', 'inställning'],
  ['ko', '로고를', '로고'],
  ['ko', 'Netlify에서', 'Netlify'],
])('in %s %s is found by %s', (tag, one, other) => {
  expect(termsIn(one, tag)).toEqual(termsIn(other, tag))
})

test('a language without a stemmer keeps its words, in lower case and without diacritics', () => {
  expect(termsIn('Konfiguracją wtyczek', 'pl')).toEqual(['konfiguracja', 'wtyczek'])
})

test.each([
  ['de', 'wie kann ich', 'Logo'],
  ['fr', 'comment est-ce que je puis', 'logo'],
  ['es', 'cómo puedo', 'logo'],
  ['ja', 'にはどうすれば', 'ロゴ'],
])('in %s %j says nothing, %j does', (tag, words, name) => {
  const {isStopTerm} = analysisOf(tag)
  expect(termsIn(words, tag).filter((term) => !isStopTerm(term))).toEqual([])
  expect(termsIn(name, tag).some(isStopTerm)).toBe(false)
})

describe('every stemmer', () => {
  const alphabets = [
    'abcdefghijklmnopqrstuvwxyzäöüßéèñçąğş',
    'абвгдежзийклмнопрстуфхцчшщъыьэюяіїє',
    'αβγδεζηθικλμνξοπρστυφχψω',
    'ابتثجحخدذرزسشصضطظعغفقكلمنهوي',
    'अआइईउऊकखगघचछजझटठडढतथदधनपफबभमयरलवसह',
  ]
  test.each(Object.keys(stemmers))('of %s makes a term of any word', (language) => {
    const random = randomFrom(7)
    const {stem} = analysisOf(language)
    for (let round = 0; round < 400; round++) {
      const letters = [...alphabets[round % alphabets.length]!]
      const length = 1 + Math.floor(random() * 12)
      const word = Array.from({length}, () => letters[Math.floor(random() * letters.length)]).join('')
      expect(stem(word)).toMatch(/./)
    }
  })
})
