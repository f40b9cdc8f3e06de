import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {packageRoot} from '../package/index.ts'
import type {IndexBuild} from '../search-index/index.ts'
import {isStopTerm} from '../text/stop-words.ts'
import {tokensOf} from '../text/terms.ts'
import {readWordFrequencies, type WordFrequencies} from '../text/word-frequencies.ts'
import {BuildCache, passageBoundary} from './build-cache.ts'

let loaded: WordFrequencies | null = null

/** How usual words are in technical English, from the table that ships with Docent: read once, a quarter of a megabyte. */
export function technicalEnglish(): WordFrequencies {
  loaded ??= readWordFrequencies(
    readFileSync(join(packageRoot, 'models/technical-english/word-frequencies.bin')),
  )
  return loaded
}

/** A word in at least this share of sections is usual. */
const usualShare = 0.001
/** Words of foreign questions look usual where they are names, or spelled like an English word: up to half of them. */
const leastUsualInQuestion = 0.5
/** In running text names and foreign words are fewer. */
const leastUsualInDocs = 0.6
const sampledPages = 48

/** Whether most words of a question are usual in technical English; else the table says nothing about it. */
export function isTechnicalEnglish(question: string): boolean {
  const words = tokensOf(question).filter(({terms}) => !/^\d/.test(terms[0]!))
  const usual = words.filter(({terms}) => terms.every(isStopTerm) || terms.some(isUsual))
  return usual.length > leastUsualInQuestion * words.length
}

const englishBuilds = new WeakMap<IndexBuild, boolean>()

/** The same for the text of a build, from a sample of its pages. */
export function isTechnicalEnglishBuild(build: IndexBuild): boolean {
  let isEnglish = englishBuilds.get(build)
  if (isEnglish === undefined) {
    isEnglish = hasEnglishText(build)
    englishBuilds.set(build, isEnglish)
  }
  return isEnglish
}

function hasEnglishText(build: IndexBuild): boolean {
  const cache = BuildCache.of(build)
  const pages = build.pages()
  const step = Math.max(1, pages.length / sampledPages)
  let words = 0
  let usual = 0
  for (let at = 0; at < pages.length; at += step) {
    const section = build.sectionsOf(pages[Math.floor(at)]!.id).find(({passageCount}) => passageCount > 0)
    if (section === undefined) continue
    for (const term of cache.textOf(section).terms) {
      if (term === passageBoundary || /^\d/.test(term)) continue
      words++
      if (isStopTerm(term) || isUsual(term)) usual++
    }
  }
  return usual > leastUsualInDocs * words
}

function isUsual(term: string): boolean {
  return technicalEnglish().shareOf(term) >= usualShare
}
