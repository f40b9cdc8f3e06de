import {expect, test} from 'vitest'
import {promptSources} from '../../src/generation/prompt-sources.ts'
import {countWords} from '../../src/text/words.ts'
import {sourceOf} from '../contracts/generator.contract.ts'

const filler = (about: string, paragraphs: number) =>
  Array.from(
    {length: paragraphs},
    (_, index) =>
      `Paragraph ${index} tells of ${about} and of other things that nobody looks for here today.`,
  )

const wordsOf = (sources: ReturnType<typeof promptSources>) =>
  sources
    .flatMap(({blocks}) => blocks)
    .flatMap(({units}) => units)
    .reduce((sum, {text}) => sum + countWords(text), 0)

test('sources that fit are sent whole, in their order', () => {
  const sources = [sourceOf(1, filler('rivers', 10).join('\n\n')), sourceOf(2, 'Set `PORT`.')]

  expect(promptSources('port', sources)).toEqual(sources)
})

test('long sources keep what answers and their opening, in the order of the document, within the budget', () => {
  const paragraphs = [
    'Quotas are limits.',
    ...filler('rivers', 30),
    'The quota for uploads is raised by writing to the desk.',
    ...filler('hills', 30),
  ]
  const sources = [1, 2, 3].map((n) => sourceOf(n, paragraphs.join('\n\n')))

  const sent = promptSources('How is the quota for uploads raised?', sources, 900)

  expect(wordsOf(sent)).toBeLessThanOrEqual(900)
  for (const {blocks} of sent) {
    const texts = blocks.map(({units}) => units.map(({text}) => text).join(' '))
    expect(texts[0]).toBe('Quotas are limits.')
    expect(texts).toContain('The quota for uploads is raised by writing to the desk.')
    const positions = blocks.map(({position}) => position)
    expect(positions).toEqual(positions.toSorted((a, b) => a - b))
  }
  expect(sent[0]!.blocks.length).toBeGreaterThan(sent[2]!.blocks.length)
})

test('of a long table the rows that match are kept under its header', () => {
  const rows = Array.from({length: 400}, (_, index) => `| OPTION_${index} | sets thing number ${index} |`)
  const [sent] = promptSources(
    'What does OPTION_317 do?',
    [sourceOf(1, ['| Name | Meaning |', '|---|---|', ...rows].join('\n'))],
    300,
  )

  expect(wordsOf([sent!])).toBeLessThanOrEqual(300)
  expect(sent!.blocks.flatMap(({units}) => units.map(({text}) => text)).join('\n')).toContain('OPTION_317')
  expect(sent!.blocks[0]!.tableHead).toContain('Name')
})

test('every source has its share, however long those before it are', () => {
  const sources = [
    sourceOf(1, filler('rivers', 300).join('\n\n')),
    sourceOf(2, 'The port is set by `PORT`. It is read at the start.'),
  ]

  expect(promptSources('How do I set the port?', sources, 1_000)[1]).toEqual(sources[1])
})
