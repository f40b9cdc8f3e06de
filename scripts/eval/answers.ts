import type {RetrievedSource} from '../../src/domain/index.ts'
import type {Embedder} from '../../src/embedding/embedder.ts'
import {extractiveGenerator} from '../../src/generation/extractive-generator.ts'
import type {CurrentBuild} from '../../src/index/build.ts'
import type {Calibration} from '../../src/retrieval/calibration.ts'
import {createRetriever} from '../../src/retrieval/create-retriever.ts'
import {type BuildSections, buildSections} from '../../src/retrieval/evaluation/build-sections.ts'
import {ranksOf} from '../../src/retrieval/evaluation/metrics.ts'
import {type EvaluationQuestion, isAnswerable} from '../../src/retrieval/evaluation/question-set.ts'
import type {Stage} from '../../src/retrieval/ranking.ts'
import {isStopTerm} from '../../src/text/stop-words.ts'
import {termsOf} from '../../src/text/terms.ts'
import {type AnswerMeasures, type AnswerResult, measuresOf} from './answer-figures.ts'
import {
  type Citation,
  emptyLeadIns,
  evidenceIn,
  repeatedSentences,
  type WrittenAnswer,
  wordsOf,
} from './answer-measures.ts'
import {addressOpener, citationFaultsOf, type OpenAddress} from './citations.ts'

export interface AnswersOptions {
  readonly current: CurrentBuild
  readonly embedder: Embedder
  /** Answerable and not, their gold resolved against the build. */
  readonly questions: readonly EvaluationQuestion[]
  /** Stages to leave out. */
  readonly without: ReadonlySet<Stage>
  /** Decides abstention; default the build's own. */
  readonly calibration?: Calibration
}

/** Answers every question by the extractive generator, as a visitor would get it, and measures what is shown. */
export async function evaluateAnswers(options: AnswersOptions): Promise<AnswerMeasures> {
  const {questions, current, ...rest} = options
  const retriever = createRetriever({...rest, current, siteUrl: null})
  const generator = extractiveGenerator({paceMs: 0})
  const lease = current.lease()
  try {
    const sections = buildSections(lease.build)
    const open = addressOpener(lease.build, sections)
    const results: AnswerResult[] = []
    for (const asked of questions) {
      const {question, history} = asked
      const {sources, abstention} = await retriever.retrieve({question, history, version: null})
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

/** What one question got; `shown` is empty when it was refused. */
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
    ...(refused ? {} : textFigures(asked, answer)),
    ...(faults.length === 0 ? {} : {hold: faults.filter((fault) => fault === null).length / faults.length}),
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

/** What was found of what is right, as the reader sees it. */
function shownFigures(
  {relevant}: EvaluationQuestion,
  shown: readonly RetrievedSource[],
  sections: BuildSections,
): Record<string, number> {
  const pageUrlOf = ({path}: RetrievedSource) => sections.ofPath(path)[0]?.page.url ?? ''
  const found = shown.map((source) => sections.found({...source, pageUrl: pageUrlOf(source)}))
  const rank = ranksOf(found, relevant)
  return {sectionShown: rank.section === null ? 0 : 1, pageShown: rank.page === null ? 0 : 1}
}

function evidenceFigures({evidence}: EvaluationQuestion, {text}: WrittenAnswer): Record<string, number> {
  if (evidence.length === 0) return {}
  const {all, any} = evidenceIn(text, evidence)
  return {evidenceAll: all, evidenceAny: any}
}

/** How an answer reads, and how much of the reference it holds. */
function textFigures(asked: EvaluationQuestion, answer: WrittenAnswer): Record<string, number> {
  const repeated = repeatedSentences(answer.text)
  const reference = isAnswerable(asked) ? (asked.answer ?? '').trim() : ''
  return {
    words: wordsOf(answer),
    repeats: repeated > 0 ? 1 : 0,
    repeatedSentences: repeated,
    leadIns: emptyLeadIns(answer).length > 0 ? 1 : 0,
    ...(reference === '' ? {} : {coverage: coverageOf(answer.text, reference)}),
  }
}

/** Share of the reference's telling words that the answer holds. */
function coverageOf(text: string, reference: string): number {
  const wanted = [...new Set(termsOf(reference).filter((term) => !isStopTerm(term)))]
  const given = new Set(termsOf(text))
  return wanted.length === 0 ? 0 : wanted.filter((term) => given.has(term)).length / wanted.length
}
