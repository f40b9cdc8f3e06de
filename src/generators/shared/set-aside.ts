import type {SetAside} from '../../markdown/index.ts'
import type {SiteFile} from '../generator.ts'
import type {Site} from '../site.ts'

/** Files about a repository, which are no pages of the site that it holds. */
const aboutRepository =
  /^(?:readme|contributing|changelog|changes|history|code[_-]of[_-]conduct|security|license|support|governance|maintainers|authors|agents|claude|pull_request_template)(?:[._-][\w-]{2,5})?$/i

/** A file about the repository, outside all folders of pages. */
export function besidePages(file: SiteFile, site: Site): SetAside | null {
  return isInside(file, site) || !aboutRepository.test(file.segments.at(-1)!)
    ? null
    : partial('it is about the repository, outside the folders of pages')
}

/** A file outside all folders of pages: for sites whose folders are certain, because the project has them. */
export function outsidePages(file: SiteFile, site: Site): SetAside | null {
  return isInside(file, site) ? null : partial('it is outside the folders of pages')
}

function isInside({path}: SiteFile, {roots}: Site): boolean {
  return roots.some((root) => root.path === '' || path.startsWith(`${root.path}/`))
}

export function partial(reason: string): SetAside {
  return {rule: 'partial', reason}
}

export function hidden(reason: string): SetAside {
  return {rule: 'hidden', reason}
}

/** A page that its front matter takes out of the site's search. */
export function hiddenByFrontMatter({frontMatter}: SiteFile, key: string, value: boolean): SetAside | null {
  return frontMatter.data[key] === value ? hidden(`its front matter says ${key}: ${value}`) : null
}

/** A file that is called, or is in a folder that is called, something that begins with `_`. */
export function underscored({segments}: SiteFile): SetAside | null {
  return segments.some((name) => name.startsWith('_'))
    ? partial('files and folders that begin with _ are parts of other pages')
    : null
}
