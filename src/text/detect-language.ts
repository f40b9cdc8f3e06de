import {languageOfCommonWords} from './question-language.ts'
import {isStopTerm} from './stop-words.ts'
import {tokensOf} from './terms.ts'

/** Recognises the language of a text, as `eld` does. */
interface Detector {
  detect(text: string): {
    readonly language: string
    isReliable(): boolean
    getScores(): Readonly<Record<string, number>>
  }
}

let detector: Detector | null = null

/**
 * Loads the tables of n-grams, 2 MB, with the first call. Of the libraries tried on headings of translated docs, at most
 * a line long, ELD's medium set was right for .93 (franc .52, tinyld .81), and on short questions for .98 (.41, .79).
 */
export async function loadLanguageDetector(): Promise<void> {
  if (detector === null) ({eld: detector} = await import('eld/medium'))
}

/** Scripts that are written in one language, or nearly: no statistics are needed. */
const scripts: readonly (readonly [RegExp, string])[] = [
  [/[\p{Script=Hira}\p{Script=Kana}]/gu, 'ja'],
  [/\p{Script=Hang}/gu, 'ko'],
  [/\p{Script=Thai}/gu, 'th'],
  [/\p{Script=Laoo}/gu, 'lo'],
  [/\p{Script=Khmr}/gu, 'km'],
  [/\p{Script=Mymr}/gu, 'my'],
  [/\p{Script=Hebr}/gu, 'he'],
  [/\p{Script=Grek}/gu, 'el'],
  [/\p{Script=Geor}/gu, 'ka'],
  [/\p{Script=Armn}/gu, 'hy'],
]
const han = /\p{Script=Han}/gu
const letter = /\p{L}/gu
/** With a smaller share of its letters a script may belong to names and quotations alone. */
const leastScriptShare = 0.2

/** The language that the script of a text tells; null where several are written in it. */
function languageOfScript(text: string): string | null {
  const letters = count(text, letter)
  if (letters === 0) return null
  // Each of these characters says as much as a few Latin letters.
  const isWritten = (found: number): boolean => found > 0 && found >= leastScriptShare * (letters - found)
  for (const [script, language] of scripts) if (isWritten(count(text, script))) return language
  return isWritten(count(text, han)) ? 'zh' : null
}

function count(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0
}

/** Longest part of a text that is looked at, in UTF-16 units. */
const maxLength = 6_000
/** Most running text in English has a greater share of its stop words; no other language has half of it. */
const englishShare = 0.3
/** Words of prose from which on statistics are believed. */
const leastWords = 20

/**
 * The language of a page from its prose, without code; null where that is too short, or says too little to be sure. Two
 * halves of a text must agree: names and quotations stand in one of them. `loadLanguageDetector` comes first.
 */
export function languageOfProse(prose: string): string | null {
  const text = prose.slice(0, maxLength)
  const byScript = languageOfScript(text)
  if (byScript !== null) return count(text, letter) >= leastWords * 2 ? byScript : null
  const words = tokensOf(text)
  if (words.length < leastWords) return null
  const middle = words[Math.floor(words.length / 2)]!.start
  const [first, second] = [languageOfPart(text.slice(0, middle)), languageOfPart(text.slice(middle))]
  return first === second ? first : null
}

function languageOfPart(text: string): string | null {
  const words = tokensOf(text)
  const usual = words.filter(({terms}) => terms.every(isStopTerm)).length
  return usual >= englishShare * words.length ? 'en' : detected(text)
}

/** A language that is expected is taken before one that is not, if it has at least this share of the other's score. */
const expectedShare = 0.8

/**
 * The language of a question; null where that is not sure. Names of products and of options say nothing about it.
 * `loadLanguageDetector` comes first.
 * @param expected those of the docs: of languages that are much alike, one of these.
 */
export function languageOfQuestion(question: string, expected: readonly string[] = []): string | null {
  const text = question.slice(0, maxLength)
  const byScript = languageOfScript(text)
  if (byScript !== null) return byScript
  const words = text.match(/[\p{L}\p{M}'’]+/gu) ?? []
  const plain = words.filter((word) => !/^\p{Lu}.*\p{Lu}/u.test(word))
  if (plain.length < 2) return null
  // Common words of questions tell more of a short text than its letters do.
  return languageOfCommonWords(text) ?? detected(plain.join(' '), expected)
}

function detected(text: string, expected: readonly string[] = []): string | null {
  if (detector === null) throw new Error('loadLanguageDetector has not been called')
  const result = detector.detect(text)
  if (expected.includes(result.language) || expected.length === 0)
    return result.isReliable() ? result.language : null
  const scores = Object.entries(result.getScores())
  const best = Math.max(0, ...scores.map(([, score]) => score))
  const near = scores
    .filter(([language, score]) => expected.includes(language) && score >= expectedShare * best)
    .sort(([, one], [, other]) => other - one)[0]
  return near?.[0] ?? (result.isReliable() ? result.language : null)
}
