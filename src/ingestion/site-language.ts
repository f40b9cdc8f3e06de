import {languageOfProse} from '../text/detect-language.ts'
import {absolutePathOf, type PlaceRules} from './content-home.ts'
import {readSource, type Scan} from './scan-folder.ts'

/** Files whose text is looked at, spread over the content. */
const sampled = 64
/** Of a site in several languages at least this share of files stands outside the folders of translations, or none. */
const leastShare = 0.02
/** Shares of the pages whose language was found, and of those that were looked at, that have to be in the site's language. */
const leastOfFound = 2 / 3
const leastOfLooked = 1 / 4
/** When as many pages are in another language, the site is in English. */
const usual = 'en'

/**
 * The language of a site whose project does not say it: that of most pages outside the folders of translations; where
 * there are none, that of most pages. BCP 47; null where no page tells. `loadLanguageDetector` comes first.
 */
export function siteLanguageOf(scan: Scan, rules: PlaceRules): string | null {
  const inFolders: string[] = []
  const others: string[] = []
  for (const {path} of scan.files) {
    const lang = rules.translationOf(path)
    if (lang === null) others.push(path)
    else inFolders.push(lang)
  }
  if (others.length < leastShare * scan.files.length) return mostFrequent(inFolders)
  const step = Math.max(1, others.length / sampled)
  const texts: string[] = []
  for (let at = 0; at < others.length; at += step) {
    const bytes = readSource(absolutePathOf(scan, others[Math.floor(at)]!)!)
    texts.push(typeof bytes === 'string' ? '' : withoutSyntax(bytes.toString('utf8')))
  }
  return majority(texts) ?? mostFrequent(inFolders)
}

/**
 * Of the languages of these pages the one of most, if it is clearly that: a doubtful one would change with any edit. Where
 * most pages are too short to tell, all of them together have to tell the same.
 */
function majority(texts: readonly string[]): string | null {
  const found = texts.flatMap((text) => languageOfProse(text) ?? [])
  const best = mostFrequent(found)
  const count = found.filter((lang) => lang === best).length
  if (count < leastOfFound * found.length) return null
  if (count > 0 && count >= leastOfLooked * texts.length) return best
  const together = languageOfProse(texts.map((text) => text.slice(0, maxOfEach)).join('\n'))
  return best === null || best === together ? together : null
}

function mostFrequent(languages: readonly string[]): string | null {
  const counts = new Map<string, number>()
  for (const lang of languages) counts.set(lang, (counts.get(lang) ?? 0) + 1)
  const [best] = [...counts].sort(
    ([a, one], [b, other]) => other - one || Number(b === usual) - Number(a === usual) || (a < b ? -1 : 1),
  )
  return best?.[0] ?? null
}

/** Longest part of each where pages are looked at together: so that no long one speaks for all. */
const maxOfEach = 300
/** Longest part of a file that is looked at, in UTF-16 units. */
const maxSource = 20_000

/** The words of a Markdown file, roughly: without front matter, code, tags and addresses. */
function withoutSyntax(source: string): string {
  let isCode = false
  const lines = source
    .slice(0, maxSource)
    .replace(/^---\n[\s\S]*?\n---\n/, '')
    .split('\n')
    .filter((line) => {
      if (/^\s*(?:```|~~~)/.test(line)) {
        isCode = !isCode
        return false
      }
      return !isCode && !/^\s*(?:import|export)\s/.test(line)
    })
  return lines.join('\n').replace(/`[^`\n]*`|<[^<>\n]*>|\{[^{}\n]*\}|\]\([^()\n]*\)|https?:\S+/g, ' ')
}
