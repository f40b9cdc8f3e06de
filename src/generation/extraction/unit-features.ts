import type {RetrievedSource} from '../../domain/index.ts'
import type {LanguageAnalysis} from '../../text/language-analysis.ts'
import {lettersAndDigits} from '../../text/letters.ts'
import {termsOf} from '../../text/terms.ts'
import type {QuotedUnit} from '../quoted-units.ts'
import type {Candidate} from './candidates.ts'
import {
  announcesOutput,
  definedSubject,
  describesPage,
  instructs,
  navigationHeading,
  negates,
  pointsBack,
  pointsBeside,
  pointsElsewhere,
} from './english.ts'
import type {QuestionAnalysis} from './question-analysis.ts'
import {sourceFeaturesBy} from './source-features.ts'
import {isOutput, nameOf} from './unit-forms.ts'

/** What a unit's score is computed from. Shares and flags from 0 to 1, unless said otherwise. */
export const unitFeatureNames = [
  // Its source.
  'rank',
  'sourceScore',
  'sourceSize',
  'headingFocus',
  'sameHeading',
  'headingIdentifier',
  // Its words and those around it.
  'match',
  'matchOfBest',
  'phrases',
  'identifier',
  'context',
  'before',
  'after',
  // Its place and kind.
  'opening',
  'item',
  'steps',
  'row',
  'code',
  'output',
  'leadIn',
  'length',
  'short',
  'label',
  'named',
  // What it does, by English rules.
  'navigation',
  'elsewhere',
  'describesPage',
  'pointsBack',
  'beside',
  'asks',
  // What it does, where a question asks for that, by English rules.
  'howToCode',
  'howToInstruction',
  'howToName',
  'definition',
  'figure',
  'negation',
] as const

export type UnitFeatureName = (typeof unitFeatureNames)[number]
export type UnitFeatures = Readonly<Record<UnitFeatureName, number>>

/**
 * What a match counts in data or output, and in a unit that has the question word for word, as a sample of how to ask
 * does: it answers nothing.
 */
const echoShare = 0.25
/** A shorter question may stand in an answer, in letters. */
const minEchoLength = 12

/** The features of every candidate, in the same order. */
export function unitFeaturesOf(analysis: QuestionAnalysis, candidates: readonly Candidate[]): UnitFeatures[] {
  const samples = candidates.map(({unit}) => isEcho(analysis, unit))
  const echoes = candidates.map(({unit}, at) => isOutput(unit) || samples[at]!)
  const shares = candidates.map(
    ({terms}, at) => shareOfQuestion(analysis, terms) * (echoes[at] ? echoShare : 1),
  )
  const bestShare = Math.max(...shares) || 1
  const sourceFeatures = sourceFeaturesBy(candidates)
  const headingFeatures = headingFeaturesBy(analysis, candidates)
  const headingTerms = headingTermsBy(analysis, candidates)
  return candidates.map((candidate, at) => {
    const {unit, source, terms, heading} = candidate
    const shareAt = (index: number) =>
      candidates[index]?.sourceIndex === candidate.sourceIndex ? shares[index]! : 0
    return {
      ...sourceFeatures.get(source)!,
      ...headingFeatures.get(heading)!,
      match: shares[at]!,
      matchOfBest: shares[at]! / bestShare,
      phrases: phrasesIn(analysis, unit.text, terms) * (echoes[at] ? echoShare : 1),
      identifier: identifiersIn(analysis, unit.text),
      named: namedOf(analysis, candidate),
      context: contextOf(analysis, candidate, headingTerms),
      before: shareAt(at - 1),
      after: shareAt(at + 1),
      ...kindFeaturesOf(
        candidate,
        candidates[at - 1],
        samples[at]! || (unit.isLeadIn && samples[at + 1] === true),
      ),
      ...roleFeaturesOf(candidate),
      ...intentFeaturesOf(analysis, candidate),
    }
  })
}

function shareOfQuestion({weights, total}: QuestionAnalysis, terms: ReadonlySet<string>): number {
  let sum = 0
  for (const [term, weight] of weights) if (terms.has(term)) sum += weight
  return sum / total
}

type Some<Names extends UnitFeatureName> = Pick<UnitFeatures, Names>

function headingFeaturesBy(
  analysis: QuestionAnalysis,
  candidates: readonly Candidate[],
): ReadonlyMap<string, Some<'headingFocus' | 'sameHeading' | 'headingIdentifier'>> {
  const {weights, language} = analysis
  return new Map(
    [...new Set(candidates.map(({heading}) => heading))].map((heading) => {
      const terms = new Set(termsOf(heading, language))
      let weight = 0
      let matched = 0
      for (const term of terms) {
        if (language.isStopTerm(term) && !weights.has(term)) continue
        weight += weights.get(term) ?? 1
        matched += weights.get(term) ?? 0
      }
      const focus = weight === 0 ? 0 : matched / weight
      return [
        heading,
        {
          headingFocus: focus,
          sameHeading: flag(focus === 1 && shareOfQuestion(analysis, terms) === 1),
          headingIdentifier: identifiersIn(analysis, heading),
        },
      ]
    }),
  )
}

/** The terms of each heading, and of title and headings of each source. */
interface HeadingTerms {
  readonly own: ReadonlyMap<string, ReadonlySet<string>>
  readonly above: ReadonlyMap<RetrievedSource, ReadonlySet<string>>
}

function headingTermsBy({language}: QuestionAnalysis, candidates: readonly Candidate[]): HeadingTerms {
  const sources = new Set(candidates.map(({source}) => source))
  return {
    own: new Map(
      [...new Set(candidates.map(({heading}) => heading))].map((heading) => [
        heading,
        new Set(termsOf(heading, language)),
      ]),
    ),
    above: new Map(
      [...sources].map((source) => [
        source,
        new Set(termsOf([source.title, ...source.headings].join(' '), language)),
      ]),
    ),
  }
}

/** The share of the question in the headings above a unit and not in its own words; that of its page and parents is half. */
function contextOf(
  analysis: QuestionAnalysis,
  {terms, heading, source}: Candidate,
  headingTerms: HeadingTerms,
): number {
  const own = headingTerms.own.get(heading)!
  const above = headingTerms.above.get(source)!
  let context = 0
  for (const [term, weight] of analysis.weights) {
    if (terms.has(term)) continue
    context += own.has(term) ? weight : above.has(term) ? weight / 2 : 0
  }
  return context / analysis.total
}

/** The share of the question that a unit's own name has, where the question has all of the name. */
function namedOf(analysis: QuestionAnalysis, {unit}: Candidate): number {
  const {weights, language} = analysis
  const terms = new Set(termsOf(nameOf(unit), language))
  const isAsked = terms.size > 0 && [...terms].every((term) => weights.has(term) || language.isStopTerm(term))
  return isAsked ? shareOfQuestion(analysis, terms) : 0
}

function kindFeaturesOf(
  candidate: Candidate,
  previous: Candidate | undefined,
  isSample: boolean,
): Some<'opening' | 'item' | 'steps' | 'row' | 'code' | 'output' | 'leadIn' | 'length' | 'short' | 'label'> {
  const {unit, terms, words, index} = candidate
  const isCode = unit.kind === 'code'
  return {
    opening: 1 / (1 + index),
    item: flag(unit.kind === 'item' || unit.kind === 'step'),
    steps: flag(unit.kind === 'steps'),
    row: flag(unit.kind === 'row'),
    code: flag(isCode),
    output: flag(isSample || (isCode && (isOutput(unit) || announcesOutput.test(previous?.unit.text ?? '')))),
    leadIn: flag(unit.isLeadIn),
    length: Math.log1p(words) / 5,
    short: flag(terms.size < 5 && !isCode && !unit.isLeadIn),
    label: flag(isLabel(candidate)),
  }
}

function roleFeaturesOf(
  candidate: Candidate,
): Some<'navigation' | 'elsewhere' | 'describesPage' | 'pointsBack' | 'beside' | 'asks'> {
  const {unit, index} = candidate
  const sentence = unit.kind === 'sentence' ? unit.text : ''
  return {
    navigation: flag(isNavigation(candidate)),
    elsewhere: flag(pointsElsewhere.test(sentence)),
    describesPage: flag(describesPage.test(sentence)),
    // It refers to something that is not in this section.
    pointsBack: flag(index === 0 && pointsBack.test(sentence)),
    beside: flag(pointsBeside.test(sentence)),
    asks: flag(/[?？]$/.test(unit.text)),
  }
}

function intentFeaturesOf(
  {intent, weights, language}: QuestionAnalysis,
  {unit}: Candidate,
): Some<'howToCode' | 'howToInstruction' | 'howToName' | 'definition' | 'figure' | 'negation'> {
  const {kind, text, markdown} = unit
  const isCode = kind === 'code'
  const subject = intent.definition && kind === 'sentence' ? definedSubject(text) : null
  return {
    howToCode: flag(intent.howTo && isCode && !isOutput(unit)),
    howToInstruction: flag(intent.howTo && !isCode && instructs.test(text)),
    // What to use has a name, which is written as code.
    howToName: flag(intent.howTo && !isCode && /`[^`]+`/.test(markdown)),
    definition: flag(subject !== null && isAbout(subject, weights, language)),
    figure: flag(intent.figure && /\d/.test(text)),
    negation: flag(intent.yesOrNo && negates.test(text)),
  }
}

function flag(condition: boolean): number {
  return condition ? 1 : 0
}

/** The share of the question's pairs of adjacent words that a text has, near each other. */
function phrasesIn({pairs, language}: QuestionAnalysis, text: string, terms: ReadonlySet<string>): number {
  const possible = pairs.filter(([one, other]) => terms.has(one) && terms.has(other))
  if (possible.length === 0) return 0
  const inOrder = termsOf(text, language)
  const positions = new Map<string, number[]>()
  for (const [position, term] of inOrder.entries())
    positions.set(term, [...(positions.get(term) ?? []), position])
  const near = possible.filter(([one, other]) =>
    positions.get(one)!.some((a) => positions.get(other)!.some((b) => Math.abs(a - b) <= 3)),
  )
  return near.length / pairs.length
}

/** Whether a unit has the whole question, letter for letter. */
function isEcho({letters}: QuestionAnalysis, {text}: QuotedUnit): boolean {
  return letters.length >= minEchoLength && lettersAndDigits(text).includes(letters)
}

/** The share of the question's identifiers that a text has. */
function identifiersIn({identifiers}: QuestionAnalysis, text: string): number {
  if (identifiers.length === 0) return 0
  const letters = lettersAndDigits(text)
  return identifiers.filter((identifier) => letters.includes(identifier)).length / identifiers.length
}

/** A line of a few words without a full stop, which serves as a heading. */
function isLabel({unit, words}: Candidate): boolean {
  return unit.kind === 'sentence' && !unit.isLeadIn && words < 12 && !/[.!?。！？:)"”]$/.test(unit.text)
}

export function isNavigation(candidate: Candidate): boolean {
  return candidate.block.isNavigation || navigationHeading.test(candidate.heading)
}

/** Whether at least half of the question's words are in the subject. */
function isAbout(subject: string, weights: ReadonlyMap<string, number>, language: LanguageAnalysis): boolean {
  const terms = new Set(termsOf(subject, language))
  return [...weights.keys()].filter((term) => terms.has(term)).length * 2 >= weights.size
}
