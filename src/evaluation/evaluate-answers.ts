import type {RetrievedSource} from '../domain/index.ts'
import type {Embedder} from '../embedding/index.ts'
import {extractiveGenerator, promptText, type UnitFeatureName} from '../generation/index.ts'
import {
  type BuildSections,
  buildSections,
  type EvaluationQuestion,
  isAnswerable,
  ranksOf,
} from '../question-sets/index.ts'
import type {Calibration, Stage} from '../retrieval/index.ts'
import {createRetriever} from '../retrieval/index.ts'
import type {CurrentBuild} from '../search-index/index.ts'
import {lettersAndDigits} from '../text/letters.ts'
import {isStopTerm} from '../text/stop-words.ts'
import {termsOf} from '../text/terms.ts'
import {withoutLinks} from './answer-blocks.ts'
import {type AnswerMeasures, type AnswerResult, measuresOf} from './answer-figures.ts'
import {
  type Citation,
  citedShare,
  emptyLeadIns,
  evidenceIn,
  hasSpan,
  repeatedSentences,
  type WrittenAnswer,
  wordsOf,
} from './answer-measures.ts'
import {addressOpener, citationFaultsOf, namedSections, type OpenAddress} from './citations.ts'

export interface AnswersOptions {
  readonly current: CurrentBuild
  readonly embedder: Embedder
  /** Answerable and unanswerable, with `gold` resolved against the build. */
  readonly questions: readonly EvaluationQuestion[]
  /** Stages to leave out. */
  readonly without: ReadonlySet<Stage>
  /** Features of the extractor to leave out. */
  readonly withoutFeatures: ReadonlySet<UnitFeatureName>
  /** Decides abstention; default that of the build. */
  readonly calibration?: Calibration
  /** Stops between two questions. */
  readonly signal?: AbortSignal
}

/** Answers every question with the extractive generator, as for a visitor, and measures what is shown. */
export async function evaluateAnswers(options: AnswersOptions): Promise<AnswerMeasures> {
  const {questions, current, signal, withoutFeatures, ...rest} = options
  const retriever = createRetriever({...rest, current, siteUrl: null})
  const generator = extractiveGenerator({paceMs: 0, without: withoutFeatures})
  const lease = current.lease()
  try {
    const sections = buildSections(lease.build)
    const open = addressOpener(lease.build, sections)
    const results: AnswerResult[] = []
    for (const asked of questions) {
      signal?.throwIfAborted()
      const {question, history} = asked
      const {version, lang} = sections.searchFor(asked)
      const {sources, abstention} = await retriever.retrieve({question, history, version, lang})
      const shown = abstention === null ? sources : []
      const answer: {text: string; citations: Citation[]} = {text: '', citations: []}
      if (abstention === null) {
        const request = {question, history, sources, search: async () => [], continueFrom: null}
        for await (const event of generator.generate(request, {signal: new AbortController().signal})) {
          if (event.type === 'delta') answer.text += event.text
          if (event.type === 'citation') answer.citations.push(event)
        }
      }
      results.push(resultOf(asked, shown, answer, {sections, open}))
    }
    return measuresOf(results)
  } finally {
    lease.release()
  }
}

/** The result of one question; `shown` is empty when it was refused. */
function resultOf(
  asked: EvaluationQuestion,
  shown: readonly RetrievedSource[],
  answer: WrittenAnswer,
  {sections, open}: {readonly sections: BuildSections; readonly open: OpenAddress},
): AnswerResult {
  const refused = shown.length === 0
  const answerable = isAnswerable(asked)
  const faults = refused ? [] : citationFaultsOf(answer, shown, open)
  const figures: Record<string, number> = {
    [`refused.${answerable ? 'answerable' : (asked.kind ?? 'unanswerable')}`]: refused ? 1 : 0,
    ...(answerable ? shownFigures(asked, shown, sections) : {}),
    ...(answerable ? evidenceFigures(asked, answer) : {}),
    ...(answerable && !refused ? sentFigure(asked, shown, open) : {}),
    ...(answerable ? coverageFigure(asked, answer) : {}),
    ...(refused ? {} : textFigures(answer, shown, open)),
    ...(refused ? {} : {hold: faults.filter((fault) => fault === null).length / Math.max(1, faults.length)}),
  }
  return {
    id: asked.id,
    kind: asked.kind,
    answerable,
    refused,
    figures,
    text: answer.text,
    citations: answer.citations.map(({n, start, end, quote}, index) => ({
      n,
      start,
      end,
      ...(quote === undefined ? {} : {quote}),
      fault: faults[index] ?? null,
    })),
    sources: shown.map(({n, url, anchor, title, headings}) => ({n, url, anchor, title, headings})),
  }
}

/** Whether what is relevant is among the sources that a visitor sees. */
function shownFigures(
  {relevant}: EvaluationQuestion,
  shown: readonly RetrievedSource[],
  sections: BuildSections,
): Record<string, number> {
  const pageUrlOf = ({path}: RetrievedSource) => sections.ofPath(path)[0]?.page.url ?? ''
  const found = shown.map((source) => sections.foundSection({...source, pageUrl: pageUrlOf(source)}))
  const rank = ranksOf(found, relevant)
  return {sectionShown: rank.section === null ? 0 : 1, pageShown: rank.page === null ? 0 : 1}
}

function evidenceFigures({evidence}: EvaluationQuestion, {text}: WrittenAnswer): Record<string, number> {
  if (evidence.length === 0) return {}
  const {all, any} = evidenceIn(text, evidence)
  return {evidenceAll: all, evidenceAny: any}
}

/** The share of the groups of evidence in the sections shown that a model would be sent; nothing where they have none. */
function sentFigure(
  {question, evidence}: EvaluationQuestion,
  shown: readonly RetrievedSource[],
  open: OpenAddress,
): Record<string, number> {
  const sections = shown.flatMap((source) => namedSections(source, open).flatMap(({flows}) => flows))
  const groups = evidence.filter((spans) => sections.some((section) => hasSpan(section, spans)))
  if (groups.length === 0) return {}
  const sent = lettersAndDigits(withoutLinks(promptText(question, shown)))
  return {evidenceSent: groups.filter((spans) => hasSpan(sent, spans)).length / groups.length}
}

/** Figures of the answer's text. */
function textFigures(
  answer: WrittenAnswer,
  shown: readonly RetrievedSource[],
  open: OpenAddress,
): Record<string, number> {
  const flowsOf = (n: number) =>
    shown
      .filter((source) => source.n === n)
      .flatMap((source) => namedSections(source, open).flatMap(({flows}) => flows))
  const repeated = repeatedSentences(answer.text)
  const cited = citedShare(answer)
  return {
    words: wordsOf(answer),
    repeats: repeated > 0 ? 1 : 0,
    repeatedSentences: repeated,
    leadIns: emptyLeadIns(answer, flowsOf).length > 0 ? 1 : 0,
    ...(cited === null ? {} : {cited}),
  }
}

/** Share of the reference answer's content words that the answer contains. */
function coverageFigure(
  {answer: reference}: EvaluationQuestion,
  {text}: WrittenAnswer,
): Record<string, number> {
  const wanted = [...new Set(termsOf(reference ?? '').filter((term) => !isStopTerm(term)))]
  if (wanted.length === 0) return {}
  const given = new Set(termsOf(text))
  return {coverage: wanted.filter((term) => given.has(term)).length / wanted.length}
}
