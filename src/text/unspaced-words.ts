import {primaryOf} from './language-tags.ts'
import {stopWordLists} from './stop-word-lists.ts'
import {type Analysis, tokensOf, unspacedRunsIn} from './terms.ts'

/** A word of a script without spaces, or with particles behind its words. */
export interface UnspacedWord {
  /** `[start, end)` in UTF-16 units of the text. */
  readonly start: number
  readonly end: number
  /** Pairs of its characters, as the index has them; the character itself where there is only one. */
  readonly terms: readonly string[]
}

const chineseStopWords = new Set(stopWordLists['zh'])

const segmenters = new Map<string, Intl.Segmenter>()

/**
 * The words of a text in scripts that put no spaces between them, without those that say nothing about its subject. The
 * index has pairs of characters, which need no dictionary and stay the same in every release of Node; of a question the
 * pairs that span two words are noise, so it is cut into words first.
 */
export function unspacedWordsIn(text: string, tag: string, analysis: Analysis): UnspacedWord[] {
  const language = primaryOf(tag)
  const found: UnspacedWord[] = []
  for (const {start, end} of unspacedRunsIn(text)) {
    for (const {segment, index} of joined(segmenterOf(language).segment(text.slice(start, end)), language)) {
      const word = language === 'ko' ? withoutKoreanEndings(segment) : segment
      if (!isContent(word, language)) continue
      const at = start + index
      const terms = tokensOf(word, analysis).flatMap((token) => token.terms)
      if (terms.length > 0) found.push({start: at, end: at + word.length, terms: [...new Set(terms)]})
    }
  }
  return found
}

type Segment = Pick<Intl.SegmentData, 'segment' | 'index'>

/**
 * Segments with what the dictionary takes apart put together: a word in katakana, which is a foreign one that it may not
 * know, and characters that stand alone one after the other, which are a word that it does not know.
 */
function joined(segments: Iterable<Segment>, language: string): readonly Segment[] {
  const words: Segment[] = []
  let before: string | null = null
  for (const {segment, index} of segments) {
    const last = words.at(-1)
    if (last !== undefined && before !== null && isOneWord(before, segment, language))
      words[words.length - 1] = {segment: last.segment + segment, index: last.index}
    else words.push({segment, index})
    before = segment
  }
  return words
}

const katakana = /^[\p{Script=Kana}ー]+$/u
const oneHan = /^\p{Script=Han}$/u

function isOneWord(one: string, next: string, language: string): boolean {
  if (katakana.test(one) && katakana.test(next)) return true
  const isUnknown = (segment: string): boolean => oneHan.test(segment) && !chineseStopWords.has(segment)
  return language === 'zh' && isUnknown(one) && isUnknown(next)
}

function segmenterOf(language: string): Intl.Segmenter {
  let segmenter = segmenters.get(language)
  if (segmenter === undefined) {
    segmenter = new Intl.Segmenter(language, {granularity: 'word'})
    segmenters.set(language, segmenter)
  }
  return segmenter
}

const particle =
  /(?<=[가-힣]{2})(?:으로부터|에서부터|에서는|으로는|에서도|으로써|으로서|부터는|까지는|에게서|에서|에게|에는|에도|으로|로는|로서|로써|부터|까지|처럼|보다|마다|조차|이나|이며|이고|이란|라는|이라|하고|인가요|인가|에|의|을|를|이|가|은|는|와|과|도|로|만|나)$/u
/** The light verbs that make a verb of a noun, with whatever ending. */
const lightVerb = /(?<=[가-힣]{2})(?:하|되|할|될|합|됩|해|돼|했|됐|한|된|시키|시킬)[가-힣]*$/u

function withoutKoreanEndings(word: string): string {
  return word.replace(lightVerb, '').replace(particle, '')
}

const koreanStopWords = new Set(
  '어떻게 어디 어디서 어디에 무엇 무엇을 무슨 어떤 언제 누가 누구 얼마 얼마나 하려면 하는 하나요 하기 있나요 있는 있습니까 수 것 방법 방법은 나의 내 저의 제 이 그 저 및 또는 그리고 위해 위한 대한 대해 통해 싶어요 싶은데 싶습니다 되나요 인가요 무엇인가요 어떻게하나요 할까요 해야 있을까요 가능한가요'.split(
    ' ',
  ),
)
function isContent(word: string, language: string): boolean {
  if ([...word].length < 2 && !/\p{Script=Han}/u.test(word)) return false
  if (language === 'ja') return /[\p{Script=Han}\p{Script=Kana}\p{Script=Latin}]/u.test(word)
  if (language === 'zh') return !chineseStopWords.has(word)
  return language !== 'ko' || !koreanStopWords.has(word)
}
