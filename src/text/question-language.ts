/** Languages in which Docent has lines of its own for answers. */
export const languages = ['en', 'de', 'es', 'fr', 'ja', 'zh', 'ar'] as const

export type Language = (typeof languages)[number]

/** Common words of questions by language, also of languages without lines of their own. */
const commonWords: Readonly<Record<Exclude<Language, 'ja' | 'zh' | 'ar'> | 'pt' | 'it' | 'nl', string>> = {
  en: 'the a an and i how what where can not with for on is are to my if why which does do it of in when there',
  de: 'der die das ein eine einen und ich wie was wo kann nicht mit für auf ist sind den dem zu werden wird man mein wenn warum welche welcher gibt es bei von im wir',
  es: 'el la los las un una y yo cómo como qué que dónde puedo puede no con para por es son mi si cuál cuándo del de se en hay',
  fr: 'le la les un une et je comment quoi où puis peut pas avec pour est sont mon ma si pourquoi quel quelle du de des se en il que ce',
  pt: 'o a os as um uma e eu como que onde posso pode não com para por é são meu se qual quando do da de no na em há',
  it: 'il lo la i gli le un una e io come che cosa dove posso può non con per è sono mio se quale quando del della di in si',
  nl: 'de het een en ik hoe wat waar kan niet met voor op is zijn mijn als waarom welke wanneer van er je in',
}

const wordsByLanguage = Object.entries(commonWords).map(
  ([language, words]) => [language, new Set(words.split(' '))] as const,
)

/** The language of the first text whose script or common words identify it; null where none does. */
export function languageOfFirst(texts: readonly string[]): Language | null {
  return texts.map(languageOf).find((found) => found !== null) ?? null
}

/** Letters of other languages in the same script that Arabic does not have. */
const notArabic = /[\u067e\u0686\u0698\u06af\u06a9\u06cc\u06d2\u0679\u0688\u0691\u06ba\u06d5]/

/** The language that most common words of a text belong to, of those in the table; null where fewer than two do, or as many of another. */
export function languageOfCommonWords(text: string): string | null {
  const words = text.toLowerCase().match(/\p{L}+/gu) ?? []
  let best: string | null = null
  let bestCount = 1
  for (const [language, common] of wordsByLanguage) {
    const count = words.filter((word) => common.has(word)).length
    // A tie between two languages decides nothing.
    if (count === bestCount) best = null
    if (count > bestCount) {
      best = language
      bestCount = count
    }
  }
  return best
}

function languageOf(text: string): Language | null {
  const best = languageOfCommonWords(text)
  if (best !== null) return languages.includes(best as Language) ? (best as Language) : 'en'
  if (/[\p{sc=Hira}\p{sc=Kana}]/u.test(text)) return 'ja'
  if (/\p{sc=Han}/u.test(text) && !/\p{sc=Hang}/u.test(text)) return 'zh'
  if (/\p{sc=Arab}/u.test(text) && !notArabic.test(text)) return 'ar'
  return null
}
