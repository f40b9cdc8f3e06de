import type {Question, RetrievedSource, Turn} from '../domain/index.ts'
import type {Retrieval, Retriever} from '../retrieval/index.ts'
import type {RunLimits} from './answering-limits.ts'
import type {Continuation} from './continuation.ts'
import type {Run} from './run.ts'
import {type ShownSources, sourcesEventOf} from './shown-sources.ts'

export interface SourceSearchOptions {
  readonly run: Run
  readonly retriever: Retriever
  readonly question: Question
  readonly history: readonly Turn[]
  readonly limits: Pick<RunLimits, 'sourcesPerAnswer' | 'maxRounds'>
}

/** The retrievals of one answer, in rounds; what is found is shown to readers before the generator has it. */
export class SourceSearch {
  readonly #options: SourceSearchOptions
  readonly #shown: ShownSources

  constructor(options: SourceSearchOptions, shown: ShownSources) {
    this.#options = options
    this.#shown = shown
  }

  /** Searches for the question as it stands in its conversation. Rejects when the run ends meanwhile. */
  async searchQuestion(): Promise<Retrieval> {
    const {question, history} = this.#options
    return this.#retrieve(question.question, history)
  }

  /** Shows what is new of the sources, as one round, and returns that. */
  show(query: string, found: readonly RetrievedSource[]): RetrievedSource[] {
    const {run} = this.#options
    const added = this.#shown.add(found)
    run.emit(sourcesEventOf(run.state.rounds + 1, query, added))
    return added
  }

  /**
   * Searches again, for a query that the generator wrote, and shows what is new. Returns nothing once the rounds are
   * used up or the run has ended.
   */
  async searchAgain(query: string): Promise<readonly RetrievedSource[]> {
    this.#options.run.signOfLife()
    if (!this.#hasRoundsLeft()) return []
    const retrieval = await this.#retrieve(query, [])
    // Another search may have been answered meanwhile.
    if (!this.#hasRoundsLeft()) return []
    this.noteBuild(retrieval)
    return this.show(retrieval.query, retrieval.abstention === null ? retrieval.sources : [])
  }

  /**
   * What the generator may quote when it goes on from an earlier answer: the sources that were shown there, read
   * again from the index. Where none of them is found any more, those that the question finds now are shown.
   */
  async searchContinuation({sources}: Continuation): Promise<RetrievedSource[]> {
    const found = new Map<number, RetrievedSource>()
    const first = await this.searchQuestion()
    this.noteBuild(first)
    this.#collectShown(first, found)
    if (found.size === 0 && first.abstention === null) {
      for (const source of this.show(first.query, first.sources)) found.set(source.n, source)
    }
    // The first round is completed from the history again; later ones were searched as they stand.
    for (const {query} of sources.slice(1, this.#options.limits.maxRounds)) {
      this.#collectShown(await this.#retrieve(query, []), found)
    }
    return [...found.values()].sort((a, b) => a.n - b.n)
  }

  /** Notes that the index was swapped after the answer had begun. */
  noteBuild({build}: Retrieval): void {
    const {run} = this.#options
    if (build !== run.entry.build) {
      run.noteStep(`The index was swapped meanwhile: searched build ${build}.`)
    }
  }

  /** Of what was retrieved, the sources that were shown, under their numbers. */
  #collectShown({sources}: Retrieval, into: Map<number, RetrievedSource>): void {
    for (const source of sources) {
      const n = this.#shown.numberOf(source.id)
      if (n !== undefined) into.set(n, {...source, n})
    }
  }

  #hasRoundsLeft(): boolean {
    const {run, limits} = this.#options
    return !run.isEnded && run.state.rounds < limits.maxRounds
  }

  async #retrieve(query: string, history: readonly Turn[]): Promise<Retrieval> {
    const {run, retriever, question, limits} = this.#options
    const retrieval = await retriever.retrieve(
      {
        question: query,
        history,
        version: question.version,
        limit: limits.sourcesPerAnswer,
        firstNumber: this.#shown.nextNumber,
      },
      {signal: run.signal, onModelCall: () => run.countModelCall()},
    )
    run.signal.throwIfAborted()
    return retrieval
  }
}
