import type {Page} from '../domain/index.ts'
import {languageOfProse} from '../text/detect-language.ts'
import {isSameLanguage} from '../text/language-tags.ts'
import type {PlaceRules} from './content-home.ts'
import type {ParsedFile} from './parsed-file.ts'

interface SiteLanguage {
  readonly rules: PlaceRules
  /** BCP 47; null where it is not known. */
  readonly defaultLanguage: string | null
}

/** Most prose of a page that is looked at, in UTF-16 units. */
const maxProse = 6_000

/** The file with its page's language, from the project or, where it says nothing, from the page's text. */
export function withLanguage(file: ParsedFile, site: SiteLanguage): ParsedFile {
  const {page} = file
  return page === null ? file : {...file, page: {...page, lang: languageOfPage(page, site)}}
}

/**
 * A folder of translations is one even where it differs from the site's language by the region alone, as `en-gb/`. What
 * front matter or the text say is not: a page in `en-US` of a site in `en` is a page like the others.
 */
function languageOfPage(page: Page, {rules, defaultLanguage}: SiteLanguage): string | null {
  const ofFolder = rules.translationOf(page.path)
  if (ofFolder !== null && ofFolder === page.lang) return ofFolder
  const own = page.lang ?? languageOfProse(proseOf(page))
  if (own === null) return defaultLanguage
  return defaultLanguage !== null && isSameLanguage(own, defaultLanguage) ? defaultLanguage : own
}

/** The beginning of a page's visible text without its code. */
function proseOf({title, sections}: Page): string {
  const texts = [title]
  let length = title.length
  for (const section of sections) {
    if (length >= maxProse) break
    const blocks = section.passages.flatMap((passage) => passage.blocks).filter(({kind}) => kind !== 'code')
    for (const text of [
      ...section.headings.slice(-1),
      ...blocks.flatMap(({units}) => units.map((unit) => unit.text)),
    ]) {
      texts.push(text)
      length += text.length
    }
  }
  return texts.join('\n')
}
