import {withoutMarkdownEnding} from '../../lib/markdown-name.ts'
import type {StoredPage} from '../../search-index/index.ts'

/** Names of files and folders that are about the docs or the project, not about how to use it. */
const apart =
  /^(?:change-?log|changes|history|whats-?new|releases?|release-?notes?|licen[cs]es?|legal|(?:.+-)?contribut(?:e|ing|ors?|ions?)|code-?of-?conduct|governance|style-?guide|404|glossary|blog|news|archived?|deprecated|legacy|appendix|faq|troubleshooting)$/i
/** Pages that try out the site itself. */
const trial =
  /^(?:_?_?tests?_?_?|(?:docs?-)?smoke-?tests?|tests?-pages?|sandbox|playground|lorem-?ipsum|todo)$/i
const trialTitle = /\b(?:smoke test|(?:test|sample|dummy|placeholder) page|lorem ipsum)\b/i

/** Whether a page can be something to begin with: not a test, and not about other pages, releases or the project itself. */
export function isStartingPage({path, title}: Pick<StoredPage, 'path' | 'title'>): boolean {
  if (trialTitle.test(title)) return false
  return withoutMarkdownEnding(path)
    .split('/')
    .map((part) => part.replace(/^\d+[-_.]/, '').replaceAll('_', '-'))
    .every((part) => !apart.test(part) && !trial.test(part.replace(/^-+|-+$/g, '')))
}
