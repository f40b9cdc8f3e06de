import type {Page, Section} from '../../src/domain/index.ts'
import {quotableBlocksIn} from '../../src/markdown/index.ts'
import {countWords} from '../../src/text/words.ts'
import {randomFrom} from './random.ts'

/** A page with the given sections, each a heading and paragraphs; every paragraph is a passage. */
export function samplePage(
  path: string,
  title: string,
  sections: readonly (readonly [string, ...string[]])[],
): Page {
  let line = 1
  return {
    path,
    url: `/${path.replace(/\.mdx?$/, '')}`,
    title,
    description: null,
    version: null,
    lang: null,
    tags: [],
    markdown: sections
      .map(([heading, ...texts]) => (heading === '' ? texts : [`## ${heading}`, ...texts]).join('\n\n'))
      .join('\n\n'),
    sections: sections.map(([heading, ...texts]): Section => {
      const startLine = line
      const passages = texts.map((text) => {
        line += 2
        const blocks = quotableBlocksIn(text)
        return {text, words: countWords(text), startLine: line, endLine: line, blocks}
      })
      line += 2
      return {
        anchor: heading.toLowerCase().replace(/\W+/g, '-'),
        headings: heading === '' ? [] : [heading],
        depth: heading === '' ? 0 : 2,
        text: texts.join('\n'),
        startLine,
        endLine: line - 1,
        passages,
      }
    }),
  }
}

const vocabulary = [
  'volume',
  'pod',
  'cluster',
  'token',
  'stream',
  'index',
  'node',
  'secret',
  'mount',
  'restart',
]

/** Random pages of made-up words; the same seed makes the same pages. */
export function randomPages(count: number, seed = 1): Page[] {
  const random = randomFrom(seed)
  const word = (): string =>
    random() < 0.3
      ? vocabulary[Math.floor(random() * vocabulary.length)]!
      : `w${Math.floor(random() ** 2 * 3000)}`
  const text = (): string => Array.from({length: 20 + Math.floor(random() * 40)}, word).join(' ')
  return Array.from({length: count}, (_, i) =>
    samplePage(
      `page-${String(i).padStart(5, '0')}.md`,
      `Page ${i} ${word()}`,
      Array.from({length: 1 + Math.floor(random() * 4)}, (_, j) => [
        `${word()} ${j}`,
        ...Array.from({length: 1 + Math.floor(random() * 3)}, text),
      ]),
    ),
  )
}
