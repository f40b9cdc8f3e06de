import {describe, expect, onTestFinished, test} from 'vitest'
import type {Page} from '../../src/domain/index.ts'
import {defaultCalibration} from '../../src/retrieval/calibration.ts'
import {questionTermsOf} from '../../src/retrieval/question-terms.ts'
import {knownLanguagesOf} from '../../src/search-index/index.ts'
import {hashingEmbedder} from '../support/hashing-embedder.ts'
import {samplePage} from '../support/sample-pages.ts'
import {retrievalWorld} from './world.ts'

const page = (lang: string | null, path: string, title: string, text: string): Page => ({
  ...samplePage(path, title, [['', text]]),
  lang,
})

/** The rules of a small harbour, partly translated. */
const pages = [
  page('en', 'mooring.md', 'Mooring', 'Boats moor at the north pier. The keeper assigns a berth by radio.'),
  page(
    'en',
    'fees.md',
    'Fees',
    'The fee for a berth depends on the length of the boat and is paid in advance.',
  ),
  page('en', 'fuel.md', 'Fuel', 'Diesel is sold at the east quay between six and ten.'),
  page(
    'de',
    'de/mooring.md',
    'Festmachen',
    'Boote machen am Nordpier fest. Der Hafenmeister vergibt den Liegeplatz über Funk.',
  ),
  page(
    'de',
    'de/fees.md',
    'Gebühren',
    'Die Liegeplatzgebühr richtet sich nach der Länge des Bootes und wird im Voraus bezahlt.',
  ),
  page(
    'fr',
    'fr/fees.md',
    'Tarifs',
    'La redevance pour une place dépend de la longueur du bateau et se paie à l’avance.',
  ),
  page(
    'ja',
    'ja/fees.md',
    '料金',
    '停泊の料金は船の長さで決まり、前払いです。港長が無線で場所を割り当てます。',
  ),
]

async function harbour(languages: readonly string[] = ['en']) {
  const embedder = {...hashingEmbedder({dimensions: 64}), languages}
  const world = await retrievalWorld(pages, {
    embedder,
    defaultLanguage: 'en',
    calibration: defaultCalibration,
  })
  onTestFinished(() => world.close())
  const ask = (question: string, lang: string | null = null) =>
    world.retriever.retrieve({question, history: [], version: null, lang})
  const pathsOf = async (question: string, lang: string | null = null): Promise<string[]> => {
    const {sources, abstention} = await ask(question, lang)
    return abstention === null ? sources.map(({path}) => path) : []
  }
  return {...world, ask, pathsOf}
}

describe('a question', () => {
  test('is answered from pages in its own language', async () => {
    const {pathsOf} = await harbour()
    const german = await pathsOf('Wie hoch ist die Gebühr für einen Liegeplatz?')
    expect(german[0]).toBe('de/fees.md')
    expect(german.every((path) => path.startsWith('de/'))).toBe(true)
    expect(await pathsOf('停泊の料金はいくらですか')).toEqual(['ja/fees.md'])
    const english = await pathsOf('What is the fee for a berth?')
    expect(english[0]).toBe('fees.md')
    expect(english.some((path) => path.includes('/'))).toBe(false)
  })

  test('is answered from the site’s language where its own has nothing', async () => {
    const {pathsOf} = await harbour()
    const paths = await pathsOf('Diesel east quay', 'fr')
    expect(paths[0]).toBe('fuel.md')
    expect(paths.some((path) => path.includes('/'))).toBe(false)
  })

  test('is never answered from a third language', async () => {
    const {ask} = await harbour()
    const {abstention} = await ask('停泊の料金はいくらですか', 'de')
    // In Japanese, on a page in German: its own language comes second, that of the site third.
    expect(abstention).toBeNull()
    const spanish = await ask('¿Cuánto cuesta la redevance longueur bateau?', 'es')
    expect(spanish.abstention).not.toBeNull()
  })

  test('is answered from a page that does not tell its language, after those that do', async () => {
    const world = await retrievalWorld([...pages, page(null, 'ice.md', 'Ice', 'Ice is broken by the tug.')], {
      embedder: hashingEmbedder({dimensions: 64}),
      calibration: defaultCalibration,
    })
    onTestFinished(() => world.close())
    const pathsOf = async (question: string) =>
      (await world.retriever.retrieve({question, history: [], version: null, lang: null})).sources.map(
        ({path}) => path,
      )

    expect(await pathsOf('How is the ice broken by the tug?')).toEqual(['ice.md'])
    expect(await pathsOf('What is the fee for a berth?')).not.toContain('ice.md')
    expect(knownLanguagesOf(world.build)).not.toContain('und')
  })

  test('whose language is not known is answered from the site’s first, then from any', async () => {
    const {ask} = await harbour()
    expect((await ask('berth')).lang).toBe('en')
    expect((await ask('redevance')).lang).toBe('fr')
  })

  test('in a language that the model does not know is refused by its words', async () => {
    const {ask} = await harbour()
    for (const question of ['Wie lange muss ein Ei kochen?', '半熟卵は何分ゆでればいいですか？'])
      expect((await ask(question)).abstention).not.toBeNull()
  })

  test('finds a compound by its parts, and parts by a compound that the docs do not have', async () => {
    const {build} = await harbour()
    const german = build.part({lang: 'de', versions: null})
    const terms = questionTermsOf(german, 'Bootslänge und Funkgerät', {language: 'de'})
    expect(terms.map(({word, known}) => [word, known])).toEqual([
      ['boot', true],
      ['lang', true],
      ['Funkgerät', false],
    ])
  })
})

test('what is typed is searched for in its language first', async () => {
  const {retriever} = await harbour()
  const {hits, lang} = await retriever.searchAsTyped({text: 'Gebü', lang: 'de'})
  expect([hits[0]?.path, lang]).toEqual(['de/fees.md', 'de'])
  const fallback = await retriever.searchAsTyped({text: 'Diese', lang: 'fr'})
  expect([fallback.hits[0]?.path, fallback.lang]).toEqual(['fuel.md', 'en'])
})

test('a later round stays in the language of the first', async () => {
  const {retriever} = await harbour()
  const later = await retriever.retrieve({
    question: 'fee berth',
    history: [],
    version: null,
    lang: 'de',
    onlyLang: true,
  })
  expect(later.lang).toBe('de')
})

describe('a part of a build', () => {
  test('has the words, frequencies and neighbours of its pages alone', async () => {
    const {build} = await harbour()
    const german = build.part({lang: 'de', versions: null})
    expect(build.languages()).toEqual([
      {lang: 'en', pages: 3},
      {lang: 'de', pages: 2},
      {lang: 'fr', pages: 1},
      {lang: 'ja', pages: 1},
    ])
    expect(german.manifest.counts).toEqual({pages: 2, sections: 2, passages: 2})
    expect(german.documentFrequency('berth')).toBe(0)
    expect(build.documentFrequency('berth')).toBe(2)
    const vector = build.vectorOf(build.sectionsOf(german.pages()[0]!.id)[0]!.firstPassage)
    expect(german.nearest(vector, 5)).toHaveLength(2)
    expect(german.matching(['berth'], 5, {title: 1, headings: 1, text: 1})).toEqual([])
    expect(build.part({lang: 'de', versions: null})).toBe(german)
  })

  test('that has all pages is the build', async () => {
    const {build} = await harbour()
    expect(build.part({lang: null, versions: null})).toBe(build)
    expect(build.part({lang: null, versions: [null]})).toBe(build)
  })
})
