import {describe, expect, test} from 'vitest'
import {type AbstentionCase, abstentionReason, thresholdFor} from '../../src/retrieval/abstention.ts'
import {AskedTerms} from '../../src/retrieval/asked-terms.ts'
import {gap} from '../../src/retrieval/build-memory.ts'
import {type Evidence, evidenceNames} from '../../src/retrieval/evidence.ts'
import {cautiousThreshold, fitCalibration} from '../../src/retrieval/fit-calibration.ts'
import {headingSignalsOf} from '../../src/retrieval/heading-match.ts'
import {textSignalsOf} from '../../src/retrieval/text-signals.ts'

/** A question of words that all weigh the same. */
function asked(...words: string[]): AskedTerms {
  return new AskedTerms(
    words.map((word) => ({word, terms: [word], weight: 1, known: true, familiarity: 1, corrected: false})),
  )
}

const noHeadings = {section: {} as never, titleAndHeadings: [], lastHeading: []}

describe('the text of a section', () => {
  const question = asked('rotate', 'access', 'token')

  test('is read for the share of the words that it holds, wherever they stand', () => {
    const text = {terms: ['token', 'x', 'x', 'x', 'x', 'rotate'], words: 6}

    expect(textSignalsOf(noHeadings, text, question)).toEqual({
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
    ['across two passages', ['rotate', gap, 'access'], 0],
  ])('has neighbouring words %s', (_where, terms, phrases) => {
    expect(textSignalsOf(noHeadings, {terms, words: 3}, question).phrases).toBe(phrases)
  })
})

describe('a heading', () => {
  const weightOf = () => 1
  const words = (title: string[], lastHeading: string[]) => ({
    section: {} as never,
    titleAndHeadings: [...title, ...lastHeading],
    lastHeading,
  })

  test('that asks the question itself is the same', () => {
    const signals = headingSignalsOf(
      words(['guide'], ['rotate', 'token']),
      asked('rotate', 'token'),
      weightOf,
    )

    expect(signals).toEqual({match: 1, focus: 1, same: 1})
  })

  test('that asks more than the question has less focus', () => {
    const heading = words([], ['rotate', 'token', 'hourly'])

    const signals = headingSignalsOf(heading, asked('rotate', 'token'), weightOf)

    expect(signals).toEqual({match: 1, focus: 2 / 3, same: 0})
  })

  test('below a title that matches says nothing by itself', () => {
    expect(headingSignalsOf(words(['token'], ['limits']), asked('token'), weightOf)).toEqual({
      match: 1,
      focus: 0,
      same: 0,
    })
  })
})

function evidence(value: number, more: Partial<Evidence> = {}): Evidence {
  return {
    ...(Object.fromEntries(evidenceNames.map((name) => [name, value])) as Record<keyof Evidence, number>),
    ...more,
  }
}

describe('an abstention', () => {
  const given: AbstentionCase = {
    evidence: evidence(0.5),
    hasCandidates: true,
    answerability: 0.1,
    threshold: 0.2,
    version: null,
    isAboutSoftware: async () => true,
  }

  test.each<[string, Partial<AbstentionCase>, Awaited<ReturnType<typeof abstentionReason>>]>([
    ['nothing was found', {hasCandidates: false}, 'no_hits'],
    ['nothing was found in the version', {hasCandidates: false, version: '2.0'}, 'version_empty'],
    ['all words stand in one section', {evidence: evidence(1)}, 'low_score'],
    ['the question is about other software', {}, 'other_product'],
    ['it is about something else', {isAboutSoftware: async () => false}, 'off_topic'],
    ['the evidence is enough', {answerability: 0.2}, null],
  ])('when %s', async (_when, more, reason) => {
    expect(await abstentionReason({...given, ...more})).toBe(reason)
  })

  test('comes later the more a question leans on those before it', () => {
    expect([0, 0.5, 1].map((weight) => thresholdFor(0.2, weight))).toEqual([0.2, 0.05, 0])
  })
})

test('a fit parts what it was given, and never refuses more than the build’s size allows', () => {
  const strong = Array.from({length: 40}, (_, i) => evidence(0.9 + i / 1000))
  const weak = Array.from({length: 40}, (_, i) => evidence(0.1 + i / 1000))

  const small = fitCalibration(strong, weak, 100)
  const large = fitCalibration(strong, weak, 100_000)

  expect(large.fit).toMatchObject({answerable: 40, unanswerable: 40, auroc: 1, refusedAnswerable: 0})
  expect(small.threshold).toBeLessThanOrEqual(cautiousThreshold(100))
  expect(cautiousThreshold(100)).toBeLessThan(cautiousThreshold(100_000))
})
