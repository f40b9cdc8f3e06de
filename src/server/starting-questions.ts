import type {StartingQuestions} from '../retrieval/index.ts'
import type {CurrentBuild} from '../search-index/index.ts'
import type {Settings} from '../settings/index.ts'
import type {Assistant} from './assistant.ts'

/** Questions to suggest, found for each build that is served; null where the settings name some. */
export async function startingQuestionsOf(
  {retriever, current, answering}: Assistant,
  usable: CurrentBuild,
  {assistantSuggestions}: Settings,
): Promise<StartingQuestions | null> {
  if (assistantSuggestions.length > 0) return null
  const {createStartingQuestions} = await import('../retrieval/index.ts')
  const starting = createStartingQuestions({current: usable, retriever, isBusy: () => answering.active > 0})
  void starting.prepare()
  current.onChange(() => void starting.prepare())
  return starting
}
