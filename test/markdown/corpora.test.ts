import {existsSync, readdirSync, readFileSync} from 'node:fs'
import {fileURLToPath} from 'node:url'
import {describe, expect, test} from 'vitest'
import type {Diagnostic} from '../../src/domain/index.ts'
import {parsePage} from '../../src/markdown/index.ts'
import {plainSite} from '../support/unconfigured-site.ts'
import {independentWords, shareKept, wordsOf} from './independent-reader.ts'

// These read real documentation beside the repository, which is not part of it.
const shared = fileURLToPath(new URL('../../../shared', import.meta.url))
const filesOf = (folder: string): string[] =>
  readdirSync(folder, {recursive: true, encoding: 'utf8'})
    .filter((file) => /\.mdx?$/.test(file) && file !== 'SOURCES.md')
    .sort()

/** An unexplained loss: on these pages each would be a false alarm. */
const isUnread = ({rule, reason}: Diagnostic): boolean =>
  rule === 'lost-text' && reason.includes('did not reach the index')

describe.skipIf(!existsSync(`${shared}/eval`))('on real documentation (needs ../shared)', () => {
  test.each([
    ['kubernetes-docs', 0.99],
    ['ray-docs', 0.99],
    ['ibmcloud-multiturn', 0.99],
  ])(
    'the anchors of %s are those of its site, and no loss is unexplained',
    {timeout: 300_000},
    (name, floor) => {
      const folder = `${shared}/eval/${name}`
      const expected = new Map<string, {url: string; heading: string}[]>()
      for (const line of readFileSync(`${folder}/sections.jsonl`, 'utf8').trim().split('\n')) {
        const section = JSON.parse(line) as {file: string; url: string; heading: string}
        expected.set(section.file, [...(expected.get(section.file) ?? []), section])
      }

      let all = 0
      let found = 0
      for (const [file, sections] of expected) {
        const {page, diagnostics} = parsePage(readFileSync(`${folder}/${file}`, 'utf8'), {
          path: file.replace(/^content\//, ''),
          site: plainSite,
        })
        expect(diagnostics.filter(isUnread)).toEqual([])
        const anchors = new Set(page?.sections.map(({anchor}) => anchor))
        for (const {url} of sections) {
          const [address, anchor] = url.split('#')
          all++
          if (
            page?.url.replace(/^\//, '') === address!.replace(/^\//, '') &&
            (anchor === undefined || anchors.has(anchor))
          )
            found++
        }
      }

      expect(found / all).toBeGreaterThanOrEqual(floor)
    },
  )
})

describe.skipIf(!existsSync(`${shared}/corpora/stress`))('on the stress set (needs ../shared)', () => {
  test('every file is a page or a diagnostic, and 99.5 % of the visible words are kept', {
    timeout: 300_000,
  }, () => {
    const folder = `${shared}/corpora/stress`
    let seen = 0
    let kept = 0
    const worst: string[] = []
    for (const file of filesOf(folder)) {
      const source = readFileSync(`${folder}/${file}`, 'utf8')
      const {page, diagnostics} = parsePage(source, {path: file, site: plainSite})
      expect(page !== null || diagnostics.length > 0, file).toBe(true)
      expect(diagnostics.filter(isUnread)).toEqual([])
      const words = new Map<string, number>()
      for (const section of page?.sections ?? []) {
        const heading = section.depth === 0 ? '' : (section.headings.at(-1) ?? page!.title)
        for (const word of wordsOf(`${heading}\n${section.text}`)) words.set(word, (words.get(word) ?? 0) + 1)
      }
      const share = shareKept(independentWords(source, file), words)
      seen += share.seen
      kept += share.kept
      if (share.seen - share.kept > 50) worst.push(`${file}: ${share.kept} of ${share.seen}`)
    }

    expect(kept / seen, worst.join('\n')).toBeGreaterThanOrEqual(0.995)
  })
})
