import {describe, expect, test} from 'vitest'
import {allStrings} from '../../src/web/locales/all.ts'
import {en} from '../../src/web/locales/en.ts'
import {localeNames, localeOf, localeTagFor} from '../../src/web/locales/index.ts'

const placeholdersOf = (text: string): string[] =>
  [...text.matchAll(/\{\w+\}/g)].map(([match]) => match).sort()

describe.each(Object.entries(allStrings))('the locale %s', (tag, strings) => {
  test('has every string, none empty', () => {
    expect(Object.keys(strings).sort()).toEqual(Object.keys(en).sort())
    for (const [key, entry] of Object.entries(strings)) {
      for (const text of typeof entry === 'string' ? [entry] : Object.values(entry))
        expect(text.trim(), key).not.toBe('')
    }
  })

  test('has every plural form that its language uses', () => {
    const {pluralCategories} = new Intl.PluralRules(tag).resolvedOptions()
    for (const [key, entry] of Object.entries(strings)) {
      if (typeof entry !== 'string')
        expect(Object.keys(entry).sort(), key).toEqual([...pluralCategories].sort())
    }
  })

  test('keeps the blanks of the English', () => {
    for (const [key, entry] of Object.entries(strings)) {
      const english = en[key as keyof typeof en]
      if (typeof entry === 'string')
        expect(placeholdersOf(entry), key).toEqual(placeholdersOf(english as string))
      else expect(placeholdersOf(entry.other), key).toEqual(['{n}'])
    }
  })

  test('has a name in the list of languages', () => {
    expect(localeNames).toHaveProperty([tag])
  })
})

test.each([
  [['de-AT', 'en'], 'de'],
  [['zh-Hans-CN'], 'zh-CN'],
  [['zh-cn'], 'zh-CN'],
  [['xx', 'ja-JP'], 'ja'],
  [[], 'en'],
])('for %j the language is %s', (wanted, expected) => {
  expect(localeTagFor(wanted)).toBe(expected)
})

test('numbers and plurals follow the language', () => {
  expect(localeOf('ar', allStrings.ar).say('sourcesFound', {n: 2})).toBe('مصدران')
  expect(localeOf('de', allStrings.de).say('sourcesFound', {n: 1200})).toBe('1.200 Quellen')
})
