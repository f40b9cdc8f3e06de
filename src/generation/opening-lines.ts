import {literal} from '../text/literal-markdown.ts'
import {type Language, languageOfFirst} from '../text/question-language.ts'

/** What an extract says about itself, in the language of the question. */
export interface OpeningLines {
  /** Before the quotes. */
  readonly quoting: string
  /** On its own, when there is nothing to quote. */
  readonly nothing: string
  /** Before both, what the docs never mention; `{words}` stands for that. */
  readonly lacking: string
}

/** A word that the docs lack, in the marks of each language. */
const marks: Readonly<Record<Language, readonly [open: string, close: string]>> = {
  ...{en: ['“', '”'], de: ['„', '“'], es: ['«', '»'], fr: ['« ', ' »']},
  ...{ja: ['「', '」'], zh: ['“', '”'], ar: ['«', '»']},
}

const lines = {
  en: {
    quoting: 'From the docs:',
    nothing: 'The docs have these sections on it, but no sentence to quote.',
    lacking: 'The docs do not mention {words}.',
  },
  de: {
    quoting: 'Aus der Dokumentation:',
    nothing: 'Die Dokumentation hat diese Abschnitte dazu, aber keinen Satz zum Zitieren.',
    lacking: 'Die Dokumentation erwähnt {words} nicht.',
  },
  es: {
    quoting: 'De la documentación:',
    nothing: 'La documentación tiene estas secciones sobre ello, pero ninguna frase que citar.',
    lacking: 'La documentación no menciona {words}.',
  },
  fr: {
    quoting: 'Extrait de la documentation :',
    nothing: 'La documentation a ces sections à ce sujet, mais aucune phrase à citer.',
    lacking: 'La documentation ne mentionne pas {words}.',
  },
  ja: {
    quoting: 'ドキュメントからの引用：',
    nothing: 'ドキュメントに関連するセクションはありますが、引用できる文がありません。',
    lacking: 'ドキュメントには{words}についての記載がありません。',
  },
  zh: {
    quoting: '摘自文档：',
    nothing: '文档中有相关章节，但没有可引用的句子。',
    lacking: '文档中没有提到{words}。',
  },
  ar: {
    quoting: 'من الوثائق:',
    nothing: 'في الوثائق هذه الأقسام عن ذلك، لكن لا جملة فيها يمكن اقتباسها.',
    lacking: 'لا تذكر الوثائق {words}.',
  },
} as const satisfies Readonly<Record<Language, OpeningLines>>

/**
 * The lines in the language of the first question whose script or common words identify it; else English.
 * @param questions the question, then earlier ones
 * @param unknownWords words of the question that the docs never use: the lines begin with that.
 * @param quoted the text that follows: a line in the other direction is marked, so that the answer as a whole keeps the
 * direction of the quoted text.
 */
export function openingLinesFor(
  questions: readonly string[],
  quoted: string,
  unknownWords: readonly string[] = [],
): Pick<OpeningLines, 'quoting' | 'nothing'> {
  const language = languageOfFirst(questions) ?? 'en'
  const {quoting, nothing, lacking} = lines[language]
  const [open, close] = marks[language]
  const words = unknownWords.map((word) => `${open}${literal(word)}${close}`).join(', ')
  const before = words === '' ? '' : `${lacking.replace('{words}', () => words)}\n\n`
  const isMarked = language === 'ar' && !rightToLeft.test(/\p{L}/u.exec(quoted)?.[0] ?? '')
  const line = `${before}${quoting}`
  return {quoting: isMarked ? `\u200e${line}\u200f` : line, nothing: `${before}${nothing}`}
}

/** Whether an answer is an extract, by the line that it opens with. What it asks, the docs ask. */
export function isExtract(answer: string): boolean {
  const text = answer.replace(/^[\s\u200e\u200f]+/, '')
  return Object.values(lines).some(({quoting, nothing, lacking}) => {
    const said = text.startsWith(lacking.split('{words}')[0]!) ? text.slice(text.indexOf('\n\n') + 2) : text
    return said.startsWith(quoting) || said.startsWith(nothing)
  })
}

const rightToLeft = /[\p{sc=Arab}\p{sc=Hebr}\p{sc=Syrc}\p{sc=Thaa}]/u
