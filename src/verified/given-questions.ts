import {setImmediate as nextTurn} from 'node:timers/promises'
import {isSameLanguage} from '../text/language-tags.ts'
import {questionKey} from '../text/question-key.ts'
import type {FindPlace} from './find-place.ts'
import type {VerifiedAnswers, VerifiedDraft, VerifiedItem} from './verified-answers.ts'
import {isGiven} from './verified-retriever.ts'

/** Which questions get a verified answer now. */
export interface GivenQuestions {
  /**
   * The id of the answer to this question; null for none.
   * @param of the version that was asked for, and the language; null where that is not known, which any fits.
   */
  idFor(question: string, of: Pick<VerifiedDraft, 'lang' | 'version'>): string | null
}

/** How many answers are looked at before other work on this thread has its turn. */
const answersPerTurn = 100

/** @throws DocentError `storage`. */
export async function givenQuestions(
  answers: Pick<VerifiedAnswers, 'list'>,
  placeOf: FindPlace,
): Promise<GivenQuestions> {
  const byLang = new Map<string | null, Map<string, VerifiedItem>>()
  for (const [index, item] of (await answers.list()).entries()) {
    if (index % answersPerTurn === answersPerTurn - 1) await nextTurn()
    if (item.state !== 'published') continue
    const {lang, version, question} = item
    const byKey = byLang.get(lang) ?? new Map<string, VerifiedItem>()
    byLang.set(lang, byKey.set(keyOf(questionKey(question, lang), version), item))
  }
  return {
    idFor(question, {lang: asked, version}) {
      for (const [lang, byKey] of byLang) {
        if (asked !== null && lang !== null && !isSameLanguage(asked, lang)) continue
        const key = questionKey(question, lang)
        const item = key === '' ? undefined : byKey.get(keyOf(key, version))
        if (item !== undefined && isGiven(item, placeOf(item))) return item.id
      }
      return null
    },
  }
}

function keyOf(key: string, version: string | null): string {
  return JSON.stringify([key, version])
}
