import type {Embedder} from '../../src/embedding/embedder.ts'
import {extractiveGenerator} from '../../src/generation/extractive-generator.ts'
import type {CurrentBuild} from '../../src/index/build.ts'
import {createRetriever} from '../../src/retrieval/create-retriever.ts'
import type {EvaluationQuestion} from '../../src/retrieval/evaluation/question-set.ts'
import type {Stage} from '../../src/retrieval/ranking.ts'
import {isStopTerm} from '../../src/text/stop-words.ts'
import {termsOf} from '../../src/text/terms.ts'

/** How much of the reference answers the extracts hold. */
export interface AnswerFigures {
  /** Questions that come with an answer and were not refused. */
  readonly questions: number
  /** Mean share of the reference's telling words that the extract holds. */
  readonly coverage: number
  /** Mean length of an extract, in words. */
  readonly words: number
  /** Share of the questions with a reference that were refused. */
  readonly abstained: number
}

/** Answers every question that comes with an answer by the extractive generator, as a visitor would get it. */
export async function evaluateAnswers(options: {
  readonly current: CurrentBuild
  readonly embedder: Embedder
  readonly questions: readonly EvaluationQuestion[]
  readonly without: ReadonlySet<Stage>
}): Promise<AnswerFigures> {
  const {current, embedder, without} = options
  const retriever = createRetriever({current, embedder, siteUrl: null, without})
  const generator = extractiveGenerator()
  const asked = options.questions.filter(({answer}) => answer !== null && answer.trim() !== '')
  let refused = 0
  let coverage = 0
  let words = 0
  for (const {question, history, answer} of asked) {
    const {sources, abstention} = await retriever.retrieve({question, history, version: null})
    if (abstention !== null) {
      refused++
      continue
    }
    let text = ''
    const request = {question, history, sources, search: async () => [], continueFrom: null}
    for await (const event of generator.generate(request, {signal: new AbortController().signal})) {
      if (event.type === 'delta') text += event.text
    }
    const wanted = new Set(termsOf(answer ?? '').filter((term) => !isStopTerm(term)))
    const given = new Set(termsOf(text))
    const held = [...wanted].filter((term) => given.has(term)).length
    coverage += wanted.size === 0 ? 0 : held / wanted.size
    words += text.split(/\s+/).filter(Boolean).length
  }
  const answered = asked.length - refused
  return {
    questions: answered,
    coverage: answered === 0 ? 0 : coverage / answered,
    words: answered === 0 ? 0 : words / answered,
    abstained: asked.length === 0 ? 0 : refused / asked.length,
  }
}
