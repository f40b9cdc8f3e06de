import type {RetrievedSource} from '../domain/index.ts'
import {promptSources} from './prompt-sources.ts'
import {quotableSource} from './search-results.ts'

/** What a model is sent of the sources, as Markdown; for measuring what it could have read. */
export function promptText(question: string, sources: readonly RetrievedSource[]): string {
  return promptSources(question, sources)
    .flatMap((source) => quotableSource(source).blocks.map(({markdown}) => markdown))
    .join('\n\n')
}
