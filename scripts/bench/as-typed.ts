import {setImmediate as yieldToEventLoop} from 'node:timers/promises'
import type {Embedder} from '../../src/embedding/embedder.ts'
import {createRetriever} from '../../src/retrieval/create-retriever.ts'
import type {IndexBuild} from '../../src/search-index/index.ts'
import {at} from './quantile.ts'

const typedCount = 60
const limit = 5

/** Searches at every letter of some questions as they are typed, and for the whole questions beside it. */
export async function timeTyping(
  build: IndexBuild,
  embedder: Embedder,
  questions: readonly string[],
): Promise<Record<string, number>> {
  const current = {id: build.manifest.id, lease: () => ({build, release() {}})}
  const retriever = createRetriever({current, embedder, siteUrl: null})
  const firstStarted = performance.now()
  await retriever.searchAsTyped({text: 'a', limit})
  const first = performance.now() - firstStarted
  const typed: number[] = []
  const whole: number[] = []
  const texts = questions.map((question) => question.replace(/^how do I /, '')).slice(0, typedCount)
  for (const text of texts) {
    for (let end = 1; end <= text.length; end++) {
      const started = performance.now()
      await retriever.searchAsTyped({text: text.slice(0, end), limit})
      typed.push(performance.now() - started)
    }
    const started = performance.now()
    await retriever.search({text, limit})
    whole.push(performance.now() - started)
    await yieldToEventLoop()
  }
  return {
    keystrokes: typed.length,
    'first ms': first,
    'p50 ms': at(typed, 0.5),
    'p99 ms': at(typed, 0.99),
    'max ms': at(typed, 1),
    'whole question p50 ms': at(whole, 0.5),
    'whole question p99 ms': at(whole, 0.99),
  }
}
