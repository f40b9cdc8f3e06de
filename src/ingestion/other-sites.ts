import {posix} from 'node:path'
import {type ContentSource, sourceShown} from '../domain/index.ts'
import {generatorNamed, homeOf, type OtherSite, type Site} from '../generators/index.ts'

const maxShown = 3

/**
 * A sentence for people about the sites that a source holds besides its own, and what takes them all; null if there are
 * none.
 */
export function otherSitesLine(
  source: ContentSource,
  site: Site,
  others: readonly OtherSite[],
): string | null {
  if (others.length === 0) return null
  const shown = others.slice(0, maxShown)
  const more = others.length - shown.length
  const named = shown.map(
    ({generator, foundIn, files}) =>
      `${generatorNamed(generator)!.title}, by ${foundIn}, with ${files} ${files === 1 ? 'file' : 'files'}`,
  )
  const places = [homeOf(site.roots), ...shown.map(({home}) => home)].map((home) =>
    placeOf(home, source, site),
  )
  const [found, all] =
    others.length === 1 ? ['another site was found', 'both'] : ['other sites were found', 'all']
  return (
    `${found} whose pages are not read as its own: ${named.join('; ')}${more > 0 ? `; and ${more} more` : ''}. ` +
    `To take ${all}: CONTENT_DIR=${places.join(',')}${more > 0 ? ',…' : ''}`
  )
}

/** A folder of the project as a source of its own, named after its path below the content folder. */
function placeOf(home: string, source: ContentSource, {contentPath}: Site): string {
  const below = posix.relative(`/${contentPath}`, `/${home}`).replace(/^\.\.(?:\/.*)?$/, '')
  const slug = below
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
  const name = [source.name, slug]
    .filter((part) => part)
    .join('-')
    .slice(0, 60)
  return sourceShown({...source, name: name || 'main', folder: posix.join(source.folder, below)})
}
