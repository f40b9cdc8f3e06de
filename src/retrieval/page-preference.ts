import type {Turn} from '../domain/index.ts'
import type {IndexBuild} from '../search-index/index.ts'
import {analysisOf} from '../text/language-analysis.ts'
import {tokensOf} from '../text/terms.ts'
import {BuildCache} from './build-cache.ts'
import {byScore, type Candidate} from './candidate.ts'
import type {Topic} from './follow-up.ts'
import type {VisitorPlace} from './visitor-place.ts'

/**
 * What a section of the visitor's page gains, and the one in view beside that, in units of a ranking's weights. Measured
 * on questions with the right page and with a random other one: 1 gains with the first and costs nothing among the first
 * five with the second.
 */
const bonuses = {page: 1, section: 0.4}
/** What both are multiplied by, at most, where the question means nothing without the page. */
const aboutPageFactor = 6
/** Sections of a page that are looked at because a question is about it. */
const maxNearSections = 40

/** How much a question depends on the page by the number of its own content words; nothing beyond. */
const dependenceByWords = [1, 0.6, 0.35, 0.2]
/** Content words of a question that may refer to the page by a pronoun alone. */
const maxWordsOfPronoun = 1
const maxWordsOfPointing = dependenceByWords.length - 1

const things =
  'page|section|article|document|doc|topic|chapter|guide|tutorial|example|snippet|code|command|option|setting|step|table'
/** Words that say "this page" or "here". */
const pointing = new RegExp(
  [
    `(?<![\\p{L}\\p{N}])(?:(?:on|in|about|from) )?(?:(?:this|the current) (?:${things})|here)(?![\\p{L}\\p{N}])`,
    '(?<!\\p{L})(?:dies(?:e|er|es|en|em) (?:seite|abschnitt|artikel|kapitel|beispiel|befehl|option|einstellung|code)|dies hier|das hier|hier)(?!\\p{L})',
    '(?<!\\p{L})(?:cette (?:page|section|option|commande)|ce (?:chapitre|document|guide|code)|cet (?:article|exemple)|ici)(?!\\p{L})',
    '(?<!\\p{L})(?:est[ae] (?:página|sección|artículo|ejemplo|opción|comando)|aquí)(?!\\p{L})',
    '(?<!\\p{L})(?:(?:n?est[ae]) (?:página|seção|secção|artigo|exemplo|opção|comando)|aqui)(?!\\p{L})',
    '(?<!\\p{L})(?:questa (?:pagina|sezione|opzione)|questo (?:articolo|esempio|comando)|qui)(?!\\p{L})',
    '(?<!\\p{L})(?:deze (?:pagina|sectie|optie)|dit (?:artikel|voorbeeld|commando))(?!\\p{L})',
    '(?<!\\p{L})(?:эт(?:а|ой|у|ом|от|ого) (?:страниц|раздел|стать|пример)\\p{L}*|здесь|тут)(?!\\p{L})',
    '(?<!\\p{L})(?:t[aeę]j? stron\\p{L}*|tutaj)(?!\\p{L})',
    '(?<!\\p{L})(?:bu (?:sayfa|bölüm)\\p{L}*|burada)(?!\\p{L})',
    'このページ|この記事|この節|ここ|这个?页面?|這個?頁面?|本页|本頁|此页|此頁|这里|這裡|이 ?페이지|여기|هذه الصفحة|هنا',
  ].join('|'),
  'giu',
)
/** Words that refer to something that was not said. */
const pronoun =
  /(?<!\p{L})(?:it|its|this|that|these|those|they|them|dies|dieses|damit|ça|cela|ceci|esto|eso|questo|isto|isso|dit|это)(?!\p{L})|これ|それ|这个|這個|这是|這是|이거|이것/iu

/** Words of questions in languages without spaces, where they would count as parts of other words. */
const askingWords = /何|什么|什麼|怎么|怎麼|如何|무엇|뭐/gu

/**
 * How much a question depends on the page that it is asked from: from 0, not at all, to 1, it means nothing without it.
 * A pronoun refers to the conversation where there is one; "this page" and "here" do not.
 * @param language of the question, BCP 47; null where it is not known.
 */
export function dependenceOnPage(
  question: string,
  history: readonly Turn[],
  language: string | null,
): number {
  const rest = question.replace(pointing, ' ')
  const isPointing = rest !== question
  if (!isPointing && (history.length > 0 || !pronoun.test(question))) return 0
  const {isStopTerm} = analysisOf(language)
  const words = tokensOf(rest.replace(askingWords, ' '), analysisOf(language)).filter(
    ({terms}) => !terms.every(isStopTerm),
  ).length
  if (words > (isPointing ? maxWordsOfPointing : maxWordsOfPronoun)) return 0
  return dependenceByWords[words]!
}

/** The words of a page's title and of the heading in view, as the topic of a question about it. */
export function topicOfPlace(build: IndexBuild, {page, section}: VisitorPlace, weight: number): Topic {
  const {analysis} = BuildCache.of(build)
  const names = [section?.headings.at(-1) ?? '', page.title].filter(Boolean)
  const tokens = names.flatMap((name) =>
    tokensOf(name, analysis)
      .filter(({terms}) => !terms.every(analysis.isStopTerm))
      .map(({start, end, terms}) => ({word: name.slice(start, end), terms})),
  )
  return {
    words: [...new Set(tokens.map(({word}) => word))],
    terms: [...new Set(tokens.flatMap(({terms}) => terms))],
    weight,
  }
}

/** The ids of the sections of a visitor's page, those from the one in view on first; none where the build lacks it. */
export function sectionsNear(build: IndexBuild, {page, section}: VisitorPlace): readonly number[] {
  if (!build.pages().some(({id}) => id === page.id)) return []
  const ids = BuildCache.of(build)
    .sectionsOf(page.id)
    .filter(({passageCount}) => passageCount > 0)
    .map(({id}) => id)
  const from = section === null ? 0 : Math.max(0, ids.indexOf(section.id))
  return [...ids.slice(from), ...ids.slice(0, from)].slice(0, maxNearSections)
}

/**
 * The candidates, with those of the visitor's page a little further up: enough to decide between equals, too little to
 * outdo a clear answer elsewhere.
 * @param dependence how much the question depends on the page, from 0 to 1.
 */
export function preferPage(
  candidates: readonly Candidate[],
  {page, section}: VisitorPlace,
  dependence: number,
): Candidate[] {
  const factor = 1 + (aboutPageFactor - 1) * dependence
  return candidates
    .map((candidate) => {
      if (candidate.section.page.id !== page.id) return candidate
      const bonus = bonuses.page + (candidate.section.id === section?.id ? bonuses.section : 0)
      return {...candidate, score: candidate.score + factor * bonus}
    })
    .sort(byScore)
}
