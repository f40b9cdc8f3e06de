import type {RetrievedSource} from '../domain/index.ts'
import {shortened} from '../lib/cut.ts'
import {quotableBlocksIn} from '../markdown/index.ts'
import type {Retrieval, Retriever} from '../retrieval/index.ts'
import type {FindPlace, Place} from './find-place.ts'
import type {VerifiedAnswer, VerifiedAnswers} from './verified-answers.ts'

export interface VerifiedRetrieverOptions {
  readonly answers: Pick<VerifiedAnswers, 'publishedFor'>
  readonly placeOf: FindPlace
  /** Called when they cannot be read; questions are then answered without. */
  readonly onProblem: (error: unknown) => void
}

const maxSnippet = 300

/** Whether it is given: it is published, and its page is as it was then. Otherwise it rests. */
export function isGiven(
  {state, pageDigest}: Pick<VerifiedAnswer, 'state' | 'pageDigest'>,
  place: Place | null,
): boolean {
  return state === 'published' && place !== null && place.pageDigest === pageDigest
}

/**
 * A retriever whose first source, for a question that has a verified answer, is that answer; what it finds in the docs
 * follows. The docs need not answer the question then.
 */
export function withVerifiedAnswers(
  retriever: Retriever,
  {answers, placeOf, onProblem}: VerifiedRetrieverOptions,
): Retriever {
  async function verifiedFor(query: string, of: {lang: string | null; version: string | null}) {
    try {
      const answer = await answers.publishedFor(query, of)
      const place = answer === null ? null : placeOf(answer)
      return answer !== null && place !== null && isGiven(answer, place) ? sourceOf(answer, place) : null
    } catch (error) {
      onProblem(error)
      return null
    }
  }

  return {
    async retrieve(query, options): Promise<Retrieval> {
      const retrieval = await retriever.retrieve(query, options)
      const {lang = null} = retrieval
      const verified = await verifiedFor(retrieval.query, {lang, version: query.version})
      if (verified === null) return retrieval
      const {abstention, unknownWords: _, sources, ...found} = retrieval
      const first = query.firstNumber ?? 1
      // What was found while abstaining was not good enough to be shown.
      const others = abstention === null ? sources : []
      return {
        ...found,
        abstention: null,
        answerability: 'yes',
        sources: [verified, ...others].map((source, index) => ({...source, n: first + index})),
      }
    },
  }
}

function sourceOf({id, text, version}: VerifiedAnswer, {section}: Place): RetrievedSource {
  const blocks = quotableBlocksIn(text)
  const plain = blocks.map(({tableHeadText, units}) =>
    [tableHeadText, ...units.map((unit) => unit.text)].filter(Boolean).join(' '),
  )
  return {
    n: 1,
    id: `verified:${id}`,
    group: `verified:${id}`,
    title: section.title,
    headings: section.headings,
    url: section.url,
    anchor: section.anchor,
    score: 1,
    snippet: shortened(plain.join(' '), maxSnippet),
    highlights: [],
    verified: true,
    blocks,
    text: plain.join('\n'),
    path: '',
    version: version ?? section.version,
    lang: section.lang,
    scores: {},
  }
}
