import {describe, expect, test} from 'vitest'
import {WordSketches} from '../../src/embedding/word-vectors.ts'
import {type AbstentionCase, abstentionReason, thresholdFor} from '../../src/retrieval/abstention.ts'
import {
  type AnswerabilityFeatures,
  answerabilityFeatureNames,
} from '../../src/retrieval/answerability-features.ts'
import {passageBoundary, wordIdBoundary} from '../../src/retrieval/build-cache.ts'
import {fitCalibration, maxThreshold} from '../../src/retrieval/fit-calibration.ts'
import {headingFeaturesOf} from '../../src/retrieval/heading-features.ts'
import {QueryTerms} from '../../src/retrieval/query-terms.ts'
import {SimilarWords} from '../../src/retrieval/similar-words.ts'
import {textFeaturesOf} from '../../src/retrieval/text-features.ts'
import {analysisOf} from '../../src/text/language-analysis.ts'
import {wordIdOf} from '../../src/text/word-ids.ts'

/** A question of words that all weigh the same. */
function queryOf(...words: string[]): QueryTerms {
  return new QueryTerms(
    words.map((word) => ({
      word,
      forms: [word],
      terms: [word],
      weight: 1,
      known: true,
      familiarity: 1,
      corrected: false,
    })),
  )
}

const noHeadings = {section: {} as never, titleAndHeadings: [], lastHeading: [], path: new Set<string>()}

describe('the text of a section', () => {
  const question = queryOf('rotate', 'access', 'token')

  test('covers the share of the words that it contains, wherever they are', () => {
    const text = {terms: ['token', 'x', 'x', 'x', 'x', 'rotate'], words: 6, wordIds: new Uint32Array()}

    expect(textFeaturesOf(noHeadings, text, question)).toMatchObject({
      coverage: 2 / 3,
      phrases: 0,
      length: Math.log1p(6),
    })
  })

  test.each([
    ['beside each other', ['rotate', 'access', 'token'], 1],
    ['in another order', ['access', 'rotate', 'x', 'token'], 0.5],
    ['with two others between', ['rotate', 'x', 'x', 'access'], 0.5],
    ['with three others between', ['rotate', 'x', 'x', 'x', 'access'], 0],
    ['across two passages', ['rotate', passageBoundary, 'access'], 0],
  ])('has neighbouring words %s', (_where, terms, phrases) => {
    expect(textFeaturesOf(noHeadings, {terms, words: 3, wordIds: new Uint32Array()}, question).phrases).toBe(
      phrases,
    )
  })
})

describe('the best passage', () => {
  const question = queryOf('rotate', 'access', 'token')
  const bm25Of = (...terms: string[]) =>
    textFeaturesOf(noHeadings, {terms, words: 9, wordIds: new Uint32Array()}, question).passageBm25

  test('counts alone: words spread over two do not add up', () => {
    const together = bm25Of(passageBoundary, 'rotate', 'token', passageBoundary, 'x', 'x')
    const spread = bm25Of(passageBoundary, 'rotate', 'x', passageBoundary, 'token', 'x')

    expect(spread).toBeGreaterThan(0)
    expect(together).toBeCloseTo(2 * spread)
  })

  test('counts less the longer it is', () => {
    expect(bm25Of('token', 'x')).toBeGreaterThan(bm25Of('token', ...Array.from({length: 50}, () => 'x')))
  })
})

describe('words in other words', () => {
  const table = {
    vocabulary: new Map([
      ['delete', 0],
      ['remove', 1],
      ['file', 2],
      ['un', 3],
      ['##file', 4],
    ]),
    // Two directions that share three of four signs, and their opposites.
    vectors: Int8Array.from([
      60, 60, 60, 60, 60, 60, 60, -60, -60, -60, -60, -60, 1, 1, 1, 1, 60, 60, 60, -60,
    ]),
    dimensions: 4,
  }
  const idOf = (word: string) => wordIdOf(word)!

  test('are as alike as the angle between their vectors', () => {
    const sketches = new WordSketches(table)

    expect(sketches.similarity(idOf('delete'), idOf('delete'))).toBe(1)
    expect(sketches.similarity(idOf('Delete'), idOf('remove'))).toBeCloseTo(Math.cos(Math.PI / 4))
    expect(sketches.similarity(idOf('delete'), idOf('file'))).toBe(0)
  })

  test('of unknown pieces are like themselves alone; known pieces make up a word', () => {
    const sketches = new WordSketches(table)

    expect(sketches.similarity(idOf('qqqq'), idOf('delete'))).toBe(0)
    expect(sketches.similarity(idOf('qqqq'), idOf('qqqq'))).toBe(1)
    expect(sketches.similarity(idOf('unfile'), idOf('delete'))).toBeCloseTo(Math.cos(Math.PI / 4))
  })

  test('a section counts by the passage whose words are most like each of the question', () => {
    const idsOf = (...passages: string[][]) =>
      Uint32Array.from(passages.flatMap((words) => [wordIdBoundary, ...words.map(idOf)]))
    const similar = new SimilarWords(queryOf('delete', 'qqqq'), new WordSketches(table))

    expect(similar.bestMeanIn(idsOf(['file', 'remove']))).toBeCloseTo(Math.cos(Math.PI / 4) / 2)
    expect(similar.bestMeanIn(idsOf(['file'], ['delete', 'qqqq'], ['file']))).toBe(1)
    expect(similar.bestMeanIn(idsOf(['delete'], ['qqqq']))).toBe(0.5)
    expect(similar.bestMeanIn(idsOf())).toBe(0)
  })
})

describe('a heading', () => {
  const weightOf = () => 1
  const analysis = analysisOf(null)
  const words = (title: string[], lastHeading: string[]) => ({
    section: {} as never,
    titleAndHeadings: [...title, ...lastHeading],
    lastHeading,
    path: new Set<string>(),
  })

  test('with the words of the question is the same', () => {
    const features = headingFeaturesOf(words(['guide'], ['rotate', 'token']), queryOf('rotate', 'token'), {
      analysis,
      weightOf,
    })

    expect(features).toEqual({match: 1, focus: 1, same: 1})
  })

  test('with more words than the question has less focus', () => {
    const heading = words([], ['rotate', 'token', 'hourly'])

    const features = headingFeaturesOf(heading, queryOf('rotate', 'token'), {analysis, weightOf})

    expect(features).toEqual({match: 1, focus: 2 / 3, same: 0})
  })

  test('below a title that matches says nothing by itself', () => {
    expect(headingFeaturesOf(words(['token'], ['limits']), queryOf('token'), {analysis, weightOf})).toEqual({
      match: 1,
      focus: 0,
      same: 0,
    })
  })
})

function featuresOf(value: number, more: Partial<AnswerabilityFeatures> = {}): AnswerabilityFeatures {
  return {
    ...(Object.fromEntries(answerabilityFeatureNames.map((name) => [name, value])) as Record<
      keyof AnswerabilityFeatures,
      number
    >),
    ...more,
  }
}

describe('an abstention', () => {
  const given: AbstentionCase = {
    features: featuresOf(0.5),
    isAboutUnknownName: false,
    saysNothing: false,
    hasCandidates: true,
    answerability: 0.1,
    threshold: 0.2,
    version: null,
    isAboutSoftware: async () => true,
  }

  test.each<[string, Partial<AbstentionCase>, Awaited<ReturnType<typeof abstentionReason>>]>([
    ['nothing was found', {hasCandidates: false}, 'no_hits'],
    ['nothing was found in the version', {hasCandidates: false, version: '2.0'}, 'version_empty'],
    ['all words stand in one section', {features: featuresOf(1)}, 'low_score'],
    ['the question is about other software', {}, 'other_product'],
    ['it is about something else', {isAboutSoftware: async () => false}, 'off_topic'],
    ['answerability reaches the threshold', {answerability: 0.2}, null],
    [
      'it asks about a name that the docs do not have',
      {answerability: 0.9, isAboutUnknownName: true},
      'other_product',
    ],
  ])('when %s', async (_when, more, reason) => {
    expect(await abstentionReason({...given, ...more})).toBe(reason)
  })

  test('needs a lower answerability the more a question depends on those before it', () => {
    expect([0, 0.5, 1].map((weight) => thresholdFor(0.2, weight))).toEqual([0.2, 0.05, 0])
  })
})

test('a fit separates what it was given, and its threshold never exceeds what the build’s size allows', () => {
  const strong = Array.from({length: 40}, (_, i) => featuresOf(0.9 + i / 1000))
  const weak = Array.from({length: 40}, (_, i) => featuresOf(0.1 + i / 1000))

  const small = fitCalibration(strong, weak, 100)
  const large = fitCalibration(strong, weak, 100_000)

  expect(large.fit).toMatchObject({answerable: 40, unanswerable: 40, auroc: 1, refusedAnswerable: 0})
  expect(small.threshold).toBeLessThanOrEqual(maxThreshold(100))
  expect(maxThreshold(100)).toBeLessThan(maxThreshold(100_000))
})
