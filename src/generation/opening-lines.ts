/** What an extract says about itself, in the language of the question. */
export interface OpeningLines {
  /** Before the quotes. */
  readonly quoting: string
  /** On its own, when there is nothing to quote. */
  readonly nothing: string
}

const lines = {
  en: {
    quoting: 'From the docs:',
    nothing: 'The docs have these sections on it, but no sentence to quote.',
  },
  de: {
    quoting: 'Aus der Dokumentation:',
    nothing: 'Die Dokumentation hat diese Abschnitte dazu, aber keinen Satz zum Zitieren.',
  },
  es: {
    quoting: 'De la documentación:',
    nothing: 'La documentación tiene estas secciones sobre ello, pero ninguna frase que citar.',
  },
  fr: {
    quoting: 'Extrait de la documentation :',
    nothing: 'La documentation a ces sections à ce sujet, mais aucune phrase à citer.',
  },
  ja: {
    quoting: 'ドキュメントからの引用：',
    nothing: 'ドキュメントに関連するセクションはありますが、引用できる文がありません。',
  },
  zh: {
    quoting: '摘自文档：',
    nothing: '文档中有相关章节，但没有可引用的句子。',
  },
  ar: {
    quoting: 'من الوثائق:',
    nothing: 'في الوثائق هذه الأقسام عن ذلك، لكن لا جملة فيها يمكن اقتباسها.',
  },
} as const satisfies Readonly<Record<string, OpeningLines>>

type Language = keyof typeof lines

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

/**
 * The lines in the language of the first question whose script or common words identify it; else English.
 * @param questions the question, then earlier ones
 * @param quoted the text that follows: a line in the other direction is marked, so that the answer as a whole keeps the
 * direction of the quoted text.
 */
export function openingLinesFor(questions: readonly string[], quoted: string): OpeningLines {
  const language = questions.map(languageOf).find((found) => found !== null) ?? 'en'
  if (language !== 'ar' || rightToLeft.test(/\p{L}/u.exec(quoted)?.[0] ?? '')) return lines[language]
  const {quoting, nothing} = lines.ar
  return {quoting: `\u200e${quoting}\u200f`, nothing}
}

const rightToLeft = /[\p{sc=Arab}\p{sc=Hebr}\p{sc=Syrc}\p{sc=Thaa}]/u

/** Letters of other languages in the same script that Arabic does not have. */
const notArabic = /[\u067e\u0686\u0698\u06af\u06a9\u06cc\u06d2\u0679\u0688\u0691\u06ba\u06d5]/

function languageOf(text: string): Language | null {
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
  if (best !== null) return best in lines ? (best as Language) : 'en'
  if (/[\p{sc=Hira}\p{sc=Kana}]/u.test(text)) return 'ja'
  if (/\p{sc=Han}/u.test(text) && !/\p{sc=Hang}/u.test(text)) return 'zh'
  if (/\p{sc=Arab}/u.test(text) && !notArabic.test(text)) return 'ar'
  return null
}
