import {readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect, test} from 'vitest'
import {buildFolder, currentBuildId} from '../../src/search-index/index.ts'
import {analysisOf} from '../../src/text/language-analysis.ts'
import {termsOf} from '../../src/text/terms.ts'
import type {ContentFolder} from '../support/content-folder.ts'
import {ingestFolder, newFolder, withCurrent} from '../support/ingest-world.ts'

const english =
  '# Mooring\n\nBoats moor at the north pier. The keeper assigns a berth by radio, and nobody may stay there for more than three nights without his leave.\n'
const german =
  '# Liegeplatz\n\nBoote machen am Nordpier fest. Der Hafenmeister vergibt die Liegeplätze über Funk, und niemand darf dort ohne seine Erlaubnis länger als drei Nächte bleiben.\n'
const code = '# API\n\n```js\nconst hafen = oeffne("nord")\nhafen.schliesse()\n```\n'

async function languagesIn(folder: ContentFolder): Promise<Record<string, string | null>> {
  return withCurrent(folder, (build) =>
    Object.fromEntries(build.pages().map(({path, lang}) => [path, lang] as const)),
  )
}

test('a page says its language by its text, where neither project nor front matter does', async () => {
  const folder = newFolder({
    'a.md': english,
    'b.md': english.replace('north', 'south'),
    'c.md': german,
    'code.md': code,
    'short.md': '# Ja\n\nNein.\n',
    'said.md': `---\nlang: fr\n---\n${code}`,
    'region.md': `---\nlang: en-GB\n---\n${english.replace('north', 'east')}`,
  })
  await ingestFolder(folder)

  expect(await languagesIn(folder)).toEqual({
    'a.md': 'en',
    'b.md': 'en',
    'c.md': 'de',
    'code.md': 'en',
    'short.md': 'en',
    'said.md': 'fr',
    'region.md': 'en',
  })
  const {manifest, terms} = await withCurrent(folder, (build) => ({
    manifest: build.manifest,
    terms: ['Liegeplätze', 'Nächte'].map((word) =>
      termsOf(word, analysisOf('de')).map((term) => build.documentFrequency(term)),
    ),
  }))
  expect(manifest.languages).toEqual({default: 'en', analysis: expect.any(String)})
  expect(terms).toEqual([[1], [1]])
})

test('the language of a site in German is German, also for its pages that do not tell', async () => {
  const folder = newFolder({'a.md': german, 'b.md': german.replace('Nord', 'Süd'), 'code.md': code})
  await ingestFolder(folder)
  expect(await languagesIn(folder)).toEqual({'a.md': 'de', 'b.md': 'de', 'code.md': 'de'})
})

test('a site of short pages has the language that all of them tell together', async () => {
  const short = {
    'index.md': '# Harbour\n\nThis is how boats are kept in the harbour of the town.\n',
    'ice.md': '# Ice\n\nIce is broken by the tug in the morning.\n',
    'fuel.md': '# Fuel\n\nDiesel is sold at the quay.\n',
    'code.md': code,
  }
  const folder = newFolder(short)
  await ingestFolder(folder)
  expect(new Set(Object.values(await languagesIn(folder)))).toEqual(new Set(['en']))

  const withGerman = newFolder({...short, 'a.md': german})
  await ingestFolder(withGerman)
  expect(await languagesIn(withGerman)).toMatchObject({'ice.md': null, 'a.md': 'de'})
})

test('an edited page keeps the language of the site, and its words go with it', async () => {
  const folder = newFolder({'a.md': german, 'b.md': german.replace('Nord', 'Süd')})
  await ingestFolder(folder)
  folder.write('b.md', '# Fähre\n\nKeine.\n')
  await ingestFolder(folder)

  expect(await languagesIn(folder)).toEqual({'a.md': 'de', 'b.md': 'de'})
  const [kept, gone, come] = await withCurrent(folder, (build) =>
    ['Nordpier', 'Südpier', 'Fähre'].map((word) =>
      build.documentFrequency(termsOf(word, analysisOf('de'))[0]!),
    ),
  )
  expect([kept, gone, come]).toEqual([1, 0, 1])
})

test('a build that made words of its texts in another way is served, and rebuilt by the next ingest', async () => {
  const folder = newFolder({'a.md': german})
  await ingestFolder(folder)
  const id = (await currentBuildId(folder.dataDir))!
  const file = join(buildFolder(folder.dataDir, id), 'manifest.json')
  const {languages: _, ...earlier} = JSON.parse(readFileSync(file, 'utf8'))
  writeFileSync(file, JSON.stringify(earlier))

  const served = await withCurrent(folder, (build) => [
    build.language,
    build.languages(),
    build.pages().length,
  ])
  expect(served).toEqual([null, [], 1])
  const report = await ingestFolder(folder)
  expect(report.outcome).toBe('published')
  expect(await withCurrent(folder, (build) => build.language)).toBe('de')
})
