import {type Language, languageOfFirst} from '../text/question-language.ts'

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
} as const satisfies Readonly<Record<Language, OpeningLines>>

/**
 * The lines in the language of the first question whose script or common words identify it; else English.
 * @param questions the question, then earlier ones
 * @param quoted the text that follows: a line in the other direction is marked, so that the answer as a whole keeps the
 * direction of the quoted text.
 */
export function openingLinesFor(questions: readonly string[], quoted: string): OpeningLines {
  const language = languageOfFirst(questions) ?? 'en'
  if (language !== 'ar' || rightToLeft.test(/\p{L}/u.exec(quoted)?.[0] ?? '')) return lines[language]
  const {quoting, nothing} = lines.ar
  return {quoting: `\u200e${quoting}\u200f`, nothing}
}

/** Whether an answer is an extract, by the line that it opens with. What it asks, the docs ask. */
export function isExtract(answer: string): boolean {
  const text = answer.replace(/^[\s\u200e\u200f]+/, '')
  return Object.values(lines).some(
    ({quoting, nothing}) => text.startsWith(quoting) || text.startsWith(nothing),
  )
}

const rightToLeft = /[\p{sc=Arab}\p{sc=Hebr}\p{sc=Syrc}\p{sc=Thaa}]/u
