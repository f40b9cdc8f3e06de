import {setTimeout as sleep} from 'node:timers/promises'
import type {CurrentBuild, IndexBuild, StoredPage} from '../../search-index/index.ts'
import {isStopTerm} from '../../text/stop-words.ts'
import {termsOf} from '../../text/terms.ts'
import type {Retriever} from '../retriever.ts'
import {partsToSearch} from '../search-parts.ts'
import {type HeadingContext, questionOfHeading} from './heading-questions.ts'
import {isStartingPage} from './starting-pages.ts'

export interface StartingQuestionsOptions {
  readonly current: CurrentBuild
  readonly retriever: Retriever
  /** Whether answers are being written; nothing is tried then. */
  readonly isBusy: () => boolean
  /** Rest between two questions that are tried, in milliseconds; default 50. */
  readonly restMs?: number
  /** Longest time for all of a build, in milliseconds; default two minutes. */
  readonly timeoutMs?: number
}

/** Questions to begin with, found once for a build. */
export interface StartingQuestions {
  /** At most five, the best first; none until they are found, and where none is good. */
  of(build: string | null): readonly string[]
  /** Finds those of the current build; a search for those of an earlier one ends. Never rejects. */
  prepare(): Promise<void>
  /** Ends the search. */
  close(): void
}

interface Candidate {
  readonly question: string
  readonly page: StoredPage
  readonly score: number
  /** The part of the docs that it is from. */
  readonly group: string
}

const maxQuestions = 5
const maxPages = 600
const maxSectionsPerPage = 20
/** Links from more pages count no more: such a page is where everybody looks something up, not where they begin. */
const maxLinking = 15
const maxTried = 60
const pagesPerTurn = 25

export function createStartingQuestions(options: StartingQuestionsOptions): StartingQuestions {
  const {current, restMs = 50, timeoutMs = 120_000} = options
  let found: {readonly build: string; readonly questions: readonly string[]} | null = null
  let running = new AbortController()

  async function findAll(signal: AbortSignal): Promise<void> {
    const lease = current.lease()
    try {
      const {build} = lease
      const {id} = build.manifest
      const questions = await answeredOf(await candidatesOf(build, signal), {
        ...options,
        restMs,
        build: id,
        signal,
      })
      if (!signal.aborted) found = {build: id, questions}
    } finally {
      lease.release()
    }
  }

  return {
    of: (build) => (found !== null && found.build === build ? found.questions : []),
    async prepare() {
      running.abort()
      running = new AbortController()
      if (current.id === null || current.id === found?.build) return
      // A search that fails leaves the page with its topics.
      await findAll(AbortSignal.any([running.signal, AbortSignal.timeout(timeoutMs)])).catch(() => undefined)
    },
    close() {
      running.abort()
    },
  }
}

/** The questions that headings of the docs' main language and current version become, the best first. */
async function candidatesOf(build: IndexBuild, signal: AbortSignal): Promise<readonly Candidate[]> {
  const lang = build.languages()[0]?.lang ?? build.language
  const [part = build] = partsToSearch(build, {
    question: '',
    version: null,
    langs: lang === null ? [] : [lang],
  })
  const ids = new Set(part.pages().map((page) => page.id))
  const product = productOf(build)
  const candidates: Candidate[] = []
  for (const [at, place] of placesOf(build, ids).entries()) {
    if (at % pagesPerTurn === pagesPerTurn - 1) await sleep(1, undefined, {signal})
    candidates.push(...candidatesIn(build, place, {lang, product}))
  }
  return candidates.sort((one, other) => other.score - one.score)
}

/** A name of one or two words that the start page has as its title; null where it is called “Documentation” or the like. */
function productOf(build: IndexBuild): string | null {
  const title = build.outline()[0]?.page?.title ?? ''
  const isName = /^\p{Lu}[\p{L}\d.+-]*(?: \p{Lu}[\p{L}\d.+-]*)?$/u.test(title)
  const isGeneral =
    /\b(?:docs?|documentation|home|welcome|overview|introduction|intro|index|guides?|manual|handbook|readme|start|started|getting|about|concepts?|quickstart|tutorials?|reference|contents)\b/i
  return isName && !isGeneral.test(title) ? title : null
}

interface Place {
  readonly page: StoredPage
  readonly depth: number
  readonly group: string
}

/** Pages to begin with, those near the top first, with the outermost entry that each is below. */
function placesOf(build: IndexBuild, ids: ReadonlySet<number>): readonly Place[] {
  const places: Place[] = []
  const groups: string[] = []
  for (const {depth, title, page} of build.outline()) {
    groups.length = Math.min(groups.length, depth)
    groups.push(title)
    if (page === null || !ids.has(page.id) || !isStartingPage(page)) continue
    places.push({page, depth, group: groups.slice(0, 2).join('\n')})
  }
  return places.sort((one, other) => one.depth - other.depth).slice(0, maxPages)
}

function candidatesIn(
  build: IndexBuild,
  {page, depth, group}: Place,
  docs: Omit<HeadingContext, 'lowerCased'>,
): Candidate[] {
  const sections = build.sectionsOf(page.id)
  if (sections.every(({passageCount}) => passageCount === 0)) return []
  const lowerCased = lowerCasedIn(build.markdownOf(page.id) ?? '')
  const linked = Math.log2(1 + Math.min(build.linkingPages(page.id), maxLinking))
  const candidateOf = (heading: string, isTitle: boolean): Candidate[] => {
    const question = questionOfHeading(heading, {...docs, lowerCased})
    if (question === null) return []
    const score = linked / 2 - depth * 0.7 + (isTitle ? 1.5 : 0) + beginningOf(question, isTitle)
    return [{question, page, score, group}]
  }
  return [
    ...candidateOf(page.title, true),
    ...sections
      .filter(
        ({headings, passageCount}) => headings.length === 1 && passageCount > 0 && headings[0] !== page.title,
      )
      .slice(0, maxSectionsPerPage)
      .flatMap(({headings}) => candidateOf(headings[0]!, false)),
  ]
}

/** What newcomers ask first counts most, and what they ask last least. */
function beginningOf(question: string, isTitle: boolean): number {
  if (/\b(?:install|get started)\b|installieren|installer|instalar|安装|インストール/i.test(question))
    return 3
  if (
    /^How do I (?:create|deploy|set up|run|build|use|add|connect|start|write|configure|embed)\b/.test(
      question,
    )
  )
    return 2
  if (/\b(?:troubleshoot|migrate|uninstall|upgrade|delete|remove|disable)\b/i.test(question)) return -1
  if (isTitle && /^What (?:is|are) /.test(question)) return 2
  return /^(?:is|are|can|could|should|do|does|will|when should)\b/i.test(question)
    ? -1
    : /^How do I /.test(question)
      ? 1
      : 0.5
}

/** Whether a page has a word no less often in lower case than with a capital, within its sentences. */
function lowerCasedIn(markdown: string): (word: string) => boolean {
  let counts: Map<string, number> | null = null
  return (word) => {
    counts ??= countsWithin(markdown)
    return (counts.get(word) ?? 0) >= (counts.get(word.charAt(0).toUpperCase() + word.slice(1)) ?? 0)
  }
}

function countsWithin(markdown: string): Map<string, number> {
  const counts = new Map<string, number>()
  for (const [word] of markdown.replace(/^#.*$/gm, '').matchAll(/(?<=[\p{L},)] )\p{L}+/gu)) {
    counts.set(word, (counts.get(word) ?? 0) + 1)
  }
  return counts
}

interface Trial extends StartingQuestionsOptions {
  readonly restMs: number
  readonly build: string
  readonly signal: AbortSignal
}

/** Those that retrieval answers from where they were made, of several parts of the docs as far as there are some. */
async function answeredOf(candidates: readonly Candidate[], trial: Trial): Promise<readonly string[]> {
  const chosen: Candidate[] = []
  const left = [...candidates]
  for (let tried = 0; tried < maxTried && chosen.length < maxQuestions; tried++) {
    const next = bestBeside(chosen, left)
    if (next === null) break
    left.splice(left.indexOf(next), 1)
    if (await isAnswered(next, trial)) chosen.push(next)
  }
  return chosen.map(({question}) => question)
}

/** The best of those that are unlike all chosen ones; each of the same part or with the same beginning costs some. */
function bestBeside(chosen: readonly Candidate[], left: readonly Candidate[]): Candidate | null {
  let best: {readonly candidate: Candidate; readonly score: number} | null = null
  for (const candidate of left) {
    // Sorted: none that follows can be better.
    if (best !== null && candidate.score <= best.score) break
    if (chosen.some((one) => isAlike(one, candidate))) continue
    const same = chosen.filter((one) => one.group === candidate.group).length
    const begun = chosen.filter((one) => taskOf(one) === taskOf(candidate)).length
    const score = candidate.score - 2 * same - 2 * begun
    if (best === null || score > best.score) best = {candidate, score}
  }
  return best?.candidate ?? null
}

/** “How do I install”: the beginning of a question. */
function taskOf({question}: Candidate): string {
  return question.split(' ').slice(0, 4).join(' ')
}

function isAlike(one: Candidate, other: Candidate): boolean {
  if (one.page.id === other.page.id) return true
  const [a, b] = [one, other].map(
    ({question}) => new Set(termsOf(question).filter((term) => !isStopTerm(term))),
  )
  const shared = [...a!].filter((term) => b!.has(term)).length
  return shared >= 0.6 * Math.min(a!.size, b!.size)
}

async function isAnswered({question, page}: Candidate, trial: Trial): Promise<boolean> {
  const {retriever, isBusy, restMs, build, signal} = trial
  do await sleep(restMs, undefined, {signal})
  while (isBusy())
  const {lang} = page
  const found = await retriever.retrieve({question, history: [], version: null, lang}, {signal})
  if (found.build !== build) throw new Error('another build is served')
  const [first] = found.sources
  return found.abstention === null && found.answerability !== 'partly' && first?.path === page.path
}
