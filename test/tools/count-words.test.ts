import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {readWordFrequencies} from '../../src/text/word-frequencies.ts'
import {countWords, frequenciesFile, largestSource} from '../../tools/count-words/count-words.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'docent-count-words-'))
})
afterAll(() => rmSync(folder, {recursive: true}))

const section = (source: string, text: string) => JSON.stringify({source, title: 'Page', headings: [], text})

async function tableOf(name: string, lines: readonly string[]) {
  const file = join(folder, `${name}.jsonl`)
  writeFileSync(file, lines.join('\n'))
  const out = join(folder, name)
  const options = {sections: [file], out, command: 'npm run count-words', sources: '| made up |'}
  const report = await countWords(options)
  return {report, out, table: readWordFrequencies(readFileSync(join(out, frequenciesFile)))}
}

test('counts the sections with a word, once each, and leaves rare words out', async () => {
  const lines = [
    ...Array.from({length: 20}, () => section('a', 'kettle kettle water')),
    ...Array.from({length: 60}, () => section('a', 'water')),
    ...Array.from({length: 3}, () => section('a', 'scarce')),
  ]

  const {report, table, out} = await tableOf('counts', lines)

  expect(report.sections).toBe(83)
  expect(table.shareOf('kettl')).toBeCloseTo(20 / 83, 1)
  expect(table.shareOf('water')).toBeCloseTo(80 / 83, 1)
  expect(table.has('scarc')).toBe(false)
  expect(readFileSync(join(out, 'README.md'), 'utf8')).toContain('| made up |')
})

test('a large source does not speak for all', async () => {
  const lines = [
    ...Array.from({length: largestSource * 3}, () => section('large', 'alpha')),
    ...Array.from({length: largestSource}, () => section('small', 'beta')),
  ]

  const {table} = await tableOf('large', lines)

  expect(table.shareOf('alpha')).toBeCloseTo(0.5, 1)
  expect(table.shareOf('beta')).toBeCloseTo(0.5, 1)
})

test('a word that pages repeat is bursty, however many sections they have', async () => {
  const page = (path: string, text: string) =>
    JSON.stringify({source: 'a', path, title: 'Page', headings: [], text})
  const lines = Array.from({length: 12}, (_, number) => [
    page(`${number}.md`, 'kettle kettle quietly'),
    page(`${number}.md`, 'kettle kettle'),
  ]).flat()

  const {table} = await tableOf('bursty', lines)

  expect(table.burstinessOf('kettl')).toBeGreaterThan(0.8)
  expect(table.burstinessOf('quietli')).toBeLessThan(0.2)
})

test('the same sections give the same files; none is an error', async () => {
  const lines = Array.from({length: 30}, (_, number) => section('a', `word${number % 7} and more`))
  const [first, second] = [await tableOf('first', lines), await tableOf('second', lines)]

  expect(readFileSync(join(second.out, frequenciesFile))).toEqual(
    readFileSync(join(first.out, frequenciesFile)),
  )
  await expect(tableOf('none', [])).rejects.toThrow('there is no section')
})
