import {describe, expect, test} from 'vitest'
import {missedBounds, parseBound} from '../../src/cli/eval/bounds.ts'
import {formatFigure, formatShare} from '../../src/cli/eval/format-figure.ts'
import {showSets} from '../../src/cli/eval/show-sets.ts'
import {type AnswerResult, betterOf, measuresOf} from '../../src/evaluation/answer-figures.ts'
import type {SetResult} from '../../src/evaluation/measure-set.ts'
import {askOutOfDomain} from '../../src/evaluation/out-of-domain.ts'
import {retrievalWorld} from '../retrieval/world.ts'
import {samplePage} from '../support/sample-pages.ts'

function resultOf(id: string, figures: Record<string, number>, citations = 1): AnswerResult {
  const citation = {n: 1, start: 0, end: 5, quote: 'Text.', fault: null}
  return {
    id,
    kind: null,
    answerable: true,
    refused: false,
    figures,
    text: 'Text.',
    citations: Array.from({length: citations}, () => citation),
    sources: [],
  }
}

function measured(name: string, figures: Record<string, number>): SetResult {
  return {
    name,
    content: name,
    counts: {questions: 1},
    questions: [{section: {'hit@5': 1}, page: {'hit@5': 1}}],
    metrics: {section: {}, page: {}},
    abstention: {},
    answers: measuresOf([resultOf('a', figures)]),
  } as unknown as SetResult
}

test('an answer without a citation counts as one that does not hold', () => {
  const {figures, citations} = measuresOf([resultOf('a', {hold: 1}, 3), resultOf('b', {hold: 0}, 0)])

  expect(figures['hold']).toMatchObject({value: 0.75, questions: 2})
  expect(citations).toMatchObject({total: 3, uncited: 1})
})

test('figures that count faults are better when they are lower, and length is neither', () => {
  expect(['repeats', 'repeatedSentences', 'leadIns', 'refused.answerable'].map(betterOf)).toEqual(
    Array(4).fill('lower'),
  )
  expect(['hold', 'cited', 'cross', 'evidenceAll', 'refused.near'].map(betterOf)).toEqual(
    Array(5).fill('higher'),
  )
  expect(betterOf('words')).toBeNull()
})

describe('bounds', () => {
  test.each(['refused.near by', 'refused.à côté', 'refused.a=b', 'cross', 'cited'])(
    'take answers.%s',
    (figure) => {
      expect(parseBound(`answers.${figure}=0.5`, true)).toEqual({
        name: `answers.${figure}`,
        value: 0.5,
        isMinimum: true,
      })
    },
  )

  test.each(['answers.constructor', 'answers.toString', 'answers.refused.', 'beauty'])(
    'take no %s',
    (name) => {
      expect(() => parseBound(`${name}=0.5`, true)).toThrow(`${name} is not a figure`)
    },
  )

  test('are missed by what no set has, and by the mean of those that have it', () => {
    const sets = [measured('a', {hold: 1}), measured('b', {hold: 0.5}), measured('c', {})]
    const missed = (text: string) => missedBounds([parseBound(text, true)], sets).map(({figure}) => figure)

    expect(missed('answers.refused.near=0')).toEqual([null])
    expect(missed('answers.hold=0.75')).toEqual([])
    expect(missed('answers.hold=0.8')).toEqual([0.75])
  })
})

test('questions of other sets that nobody asked have no figure', async () => {
  const world = await retrievalWorld([samplePage('a.md', 'Volumes', [['Mount', 'Mount a volume.']])])
  const current = {id: world.build.manifest.id, lease: () => ({build: world.build, release() {}})}

  const cross = await askOutOfDomain({current, embedder: world.embedder, without: new Set()}, [
    {set: 'b', questions: []},
  ])
  world.close()

  expect(cross).toEqual({refused: null, bySet: {b: {questions: 0, refused: null}}, questions: []})
})

describe('the table of sets', () => {
  test('rounds nothing to a whole or to nothing', () => {
    expect([0.9999, 1, 0.0001, 0, 0.4996].map(formatFigure)).toEqual([
      '0.999',
      '1.000',
      '0.001',
      '0.000',
      '0.500',
    ])
    expect([0.9999, 1, 0.0001].map(formatShare)).toEqual(['.999', '1.000', '.001'])
  })

  test('has one cell for a name with a bar, and says which means are over fewer sets', () => {
    const table = showSets([measured('a|b', {hold: 1}), measured('c', {hold: 1, evidenceAll: 1})])

    const rows = table.split('\n').filter((line) => line.startsWith('|'))
    expect(rows[2]).toContain('| a\\|b |')
    expect(new Set(rows.map((row) => row.split(/(?<!\\)\|/).length)).size).toBe(1)
    expect(table).toContain('mean over 1 of the 2 sets: evidence, all')
  })

  test('shows that a few questions leave much open though all agree', () => {
    expect(showSets([measured('a', {hold: 1})])).not.toContain('1.000 ±.000')
  })
})
