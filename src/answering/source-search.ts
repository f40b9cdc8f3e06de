import type {PageNames, Question, RetrievedSource, Turn} from '../domain/index.ts'
import {wellFormed} from '../lib/well-formed.ts'
import type {Retrieval, RetrievalQuery, Retriever} from '../retrieval/index.ts'
import type {RunLimits} from './answering-limits.ts'
import type {Continuation} from './continuation.ts'
import type {Run} from './run.ts'
import {type Assessment, type ShownSources, sectionsOf, sourcesEventOf} from './shown-sources.ts'

export interface SourceSearchOptions {
  readonly run: Run
  readonly retriever: Retriever
  readonly question: Question
  readonly history: readonly Turn[]
  /** Whether a search may call a model. */
  readonly mayCallModel: boolean
  readonly limits: Pick<RunLimits, 'sourcesPerAnswer' | 'maxRounds'>
}

/** The retrievals of one answer, in rounds. Sources are shown to readers before the generator receives them. */
export class SourceSearch {
  readonly #options: SourceSearchOptions
  readonly #shown: ShownSources
  /** The language of the pages that answer: a later round must not show a translation of what an earlier one showed. */
  #lang: string | null = null
  /** Of the question; every round that shows sources says it again. */
  #assessment: Assessment = {}

  #visitorPage: PageNames | null = null

  constructor(options: SourceSearchOptions, shown: ShownSources) {
    this.#options = options
    this.#shown = shown
  }

  /** Where the visitor is: by the names that the docs have for it, else by those that the browser sent. Null if unknown. */
  get visitorPage(): PageNames | null {
    const {page = null} = this.#options.question
    if (this.#visitorPage !== null || page === null || page.title === null) return this.#visitorPage
    return {title: page.title, section: page.section}
  }

  /** Searches for the question in the context of its conversation. Rejects if the run ends meanwhile. */
  async searchQuestion(): Promise<Retrieval> {
    const {question, history} = this.#options
    const retrieval = await this.#retrieve(question.question, history)
    this.#assessment = assessmentOf(retrieval)
    return retrieval
  }

  /** Words of the question that the docs never use, once it was searched for. */
  get unknownWords(): readonly string[] {
    return this.#assessment.unknownWords ?? []
  }

  /** Shows the new ones of the sources, as one round, and returns them. */
  show(query: string, found: readonly RetrievedSource[]): RetrievedSource[] {
    const {run} = this.#options
    const added = this.#shown.add(found)
    run.emit(sourcesEventOf(run.state.rounds + 1, query, added, this.#assessment))
    if (added.length > 0) run.keep({sections: sectionsOf(added)})
    return added
  }

  /**
   * Searches again, for a query that the generator wrote, and shows the new sources. Returns none once the rounds are
   * used up or the run has ended.
   */
  async searchAgain(query: string): Promise<readonly RetrievedSource[]> {
    this.#options.run.generatorResponded()
    if (!this.#hasRoundsLeft()) return []
    const retrieval = await this.#retrieve(query, [])
    // Another search may have finished meanwhile.
    if (!this.#hasRoundsLeft()) return []
    this.noteBuild(retrieval)
    return this.show(retrieval.query, retrieval.abstention === null ? retrieval.sources : [])
  }

  /**
   * The sources that the generator may quote when it continues an earlier answer: the ones shown there, read again from
   * the index. If none of them is found any more, those that the question finds now are shown.
   */
  async searchContinuation({sources}: Continuation): Promise<RetrievedSource[]> {
    const found = new Map<number, RetrievedSource>()
    const first = await this.searchQuestion()
    this.noteBuild(first)
    this.#collectShown(first, found)
    if (found.size === 0 && first.abstention === null) {
      for (const source of this.show(first.query, first.sources)) found.set(source.n, source)
    }
    // The first query was rewritten with the history; later ones were used as they are.
    for (const {query} of sources.slice(1, this.#options.limits.maxRounds)) {
      this.#collectShown(await this.#retrieve(query, []), found)
    }
    const readAgain = [...found.values()].sort((a, b) => a.n - b.n)
    this.#options.run.keep({sections: sectionsOf(readAgain)})
    return readAgain
  }

  /** Adds a note if the index was replaced after the answer had begun. */
  noteBuild({build}: Retrieval): void {
    const {run} = this.#options
    if (build !== run.entry.build) {
      run.noteStep(`The index was replaced meanwhile: searched build ${build}.`)
    }
  }

  /** Collects the retrieved sources that were shown, under their numbers. */
  #collectShown({sources}: Retrieval, into: Map<number, RetrievedSource>): void {
    for (const source of sources) {
      const n = this.#shown.numberOf(source.id)
      if (n !== undefined) into.set(n, {...source, n})
    }
  }

  #noteLanguage({lang, abstention}: Retrieval): void {
    if (lang == null || this.#lang !== null) return
    this.#options.run.note({lang})
    if (abstention === null) this.#lang = lang
  }

  #hasRoundsLeft(): boolean {
    const {run, limits} = this.#options
    return !run.hasEnded && run.state.rounds < limits.maxRounds
  }

  async #retrieve(query: string, history: readonly Turn[]): Promise<Retrieval> {
    const {run, retriever, question, limits, mayCallModel} = this.#options
    const asked = {...question, question: query}
    const retrieval = await retriever.retrieve(
      this.#lang === null && this.#shown.nextNumber === 1
        ? firstQueryOf(asked, history, limits)
        : {
            ...firstQueryOf({...asked, lang: this.#lang ?? question.lang ?? null}, history, limits),
            onlyLang: this.#lang !== null,
            firstNumber: this.#shown.nextNumber,
          },
      {signal: run.signal, mayCallModel, onModelCall: () => run.countModelCall()},
    )
    run.signal.throwIfAborted()
    this.#noteLanguage(retrieval)
    this.#visitorPage ??= retrieval.visitorPage ?? null
    return retrieval
  }
}

/** What the first round of an answer searches for. */
export function firstQueryOf(
  {question, version, lang = null, page = null}: Question,
  history: readonly Turn[],
  limits: Pick<RunLimits, 'sourcesPerAnswer'>,
): RetrievalQuery {
  return {question, history, version, lang, ...(page === null ? {} : {page}), limit: limits.sourcesPerAnswer}
}

export function assessmentOf({
  abstention,
  sources,
  answerability = 'yes',
  unknownWords = [],
}: Retrieval): Assessment {
  const words = unknownWords.length > 0 ? {unknownWords: unknownWords.map(wellFormed)} : {}
  return abstention === null && sources.length > 0 ? {answerability, ...words} : words
}
