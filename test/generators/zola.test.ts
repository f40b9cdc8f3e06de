import {describe, expect, test} from 'vitest'
import {siteIn} from '../support/memory-project.ts'
import {addressesIn, anchorsIn} from '../support/site-pages.ts'

const files = {
  'config.toml':
    'base_url = "https://kettle.example/m"\ndefault_language = "en"\n[languages.fr]\ntitle = "Bouilloire"\n[extra]\nrelease = "4.2"\n',
  'content/_index.md': '+++\ntitle = "Home"\n+++\nText.',
  'content/Set Up/_index.md': 'Text.',
  'content/Set Up/First Steps.md': 'Text.',
  'content/Set Up/first.fr.md': 'Texte.',
  'content/news/2026-03-05-launch.md': 'Text.',
  'content/bundle/index.md': 'Text.',
  'content/moved.md': '+++\npath = "else/where"\n+++\nText.',
  'content/short.md': '+++\nslug = "Other Name"\n+++\nText.',
  'content/old/_index.md': '+++\nredirect_to = "/new"\n+++\n',
  'content/shy.md': '+++\nin_search_index = false\n+++\nText.',
}

describe('a Zola project', () => {
  test('has the addresses that its own code makes', () => {
    expect(addressesIn(files)).toEqual({
      'content/_index.md': '/m/',
      'content/Set Up/_index.md': '/m/Set%20Up/',
      'content/Set Up/First Steps.md': '/m/Set%20Up/first-steps/',
      'content/Set Up/first.fr.md': '/m/fr/Set%20Up/first/',
      'content/news/2026-03-05-launch.md': '/m/news/launch/',
      'content/bundle/index.md': '/m/bundle/',
      'content/moved.md': '/m/else/where/',
      'content/short.md': '/m/other-name/',
      'content/old/_index.md': '(partial)',
      'content/shy.md': '(hidden)',
    })
    expect(siteIn(files)).toMatchObject({
      generator: 'zola',
      params: {release: '4.2'},
      languages: {default: 'en', endings: ['fr']},
    })
  })

  // Expected values are from the crates slug 0.1 and deunicode 1.3, which Zola uses.
  test.each([
    ["What's new?", 'what-s-new'],
    ['“Curly” — dash', 'curly-dash'],
    ['C++ & C#', 'c-c'],
    ['--flag=value', 'flag-value'],
    ['1. First step', '1-first-step'],
    ['v2.0 (beta)', 'v2-0-beta'],
    ['snake_case_name', 'snake-case-name'],
    ['a/b and c', 'a-b-and-c'],
    ['Ünïcödé größer', 'unicode-grosser'],
    ['中文 安装 guide', 'zhong-wen-an-zhuang-guide'],
    ['カタカナ ひらがな', 'katakana-hiragana'],
    ['한국어 제목', 'hangugeo-jemog'],
    ['Привет мир', 'privet-mir'],
    ['Rocket 🚀 launch', 'rocket-rocket-launch'],
    ['Straße Æther Łódź', 'strasse-aether-lodz'],
    ['???', ''],
  ])('makes the anchor of %j', (heading, anchor) => {
    expect(anchorsIn(files, [heading])).toEqual([anchor])
  })

  test('numbers repeated headings, and keeps letters if slugify says so', () => {
    expect(anchorsIn(files, ['Twice', 'Twice', 'Twice'])).toEqual(['twice', 'twice-1', 'twice-2'])
    const safe = {'config.toml': 'base_url = "/"\n[slugify]\nanchors = "safe"\n', 'content/a.md': ''}
    expect(anchorsIn(safe, ['Größe (A)'])).toEqual(['Größe_(A)'])
  })
})
