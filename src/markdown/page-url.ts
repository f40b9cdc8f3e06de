import {encodedAddress, encodedPath} from '../lib/url-path.ts'
import type {FrontMatter} from './front-matter.ts'
import {routeOf} from './routes.ts'
import type {SiteRules} from './site.ts'

/**
 * The address of a page as it stands in links: percent-encoded. One from the front matter may be encoded already; the
 * name of a file is not, so that its percent signs are signs.
 */
export function pageUrlOf(path: string, frontMatter: FrontMatter, site: SiteRules): string {
  const route = routeOf(path, frontMatter, site)
  const isWritten = [frontMatter.url, frontMatter.permalink, frontMatter.slug].some((given) => given !== null)
  return isWritten ? encodedAddress(route) : encodedPath(route)
}
