import type {Turn} from '../domain/index.ts'
import {type IndexBuild, knownLanguagesOf} from '../search-index/index.ts'
import {languageOfQuestion, loadLanguageDetector} from '../text/detect-language.ts'
import {primaryOf} from '../text/language-tags.ts'
import {isTechnicalEnglish} from './technical-english.ts'

/** Earlier questions that are looked at where the last one is too short to tell. */
const maxEarlier = 3

/**
 * The language that a question is asked in, without region: from its words or, where those do not tell, from those of
 * earlier questions. Null where none tells.
 */
export async function askedLanguage(
  build: IndexBuild,
  question: string,
  history: readonly Turn[],
): Promise<string | null> {
  const known = knownLanguagesOf(build).map(primaryOf)
  const earlier = history.filter(({role}) => role === 'user').map(({content}) => content)
  for (const text of [question, ...earlier.toReversed().slice(0, maxEarlier)]) {
    const found = await languageOf(text, known)
    if (found !== null) return found
  }
  return null
}

/** @param known the languages of the docs: a question of English words is in another language only where they have it. */
async function languageOf(text: string, known: readonly string[]): Promise<string | null> {
  const isEnglish = isTechnicalEnglish(text)
  // Nearly all questions about docs in English: their tables are enough.
  if (isEnglish && known.every((language) => language === 'en')) return 'en'
  await loadLanguageDetector()
  const found = languageOfQuestion(text, known)
  if (found === null || found === 'en') return found
  return isEnglish && !known.includes(found) ? 'en' : found
}
