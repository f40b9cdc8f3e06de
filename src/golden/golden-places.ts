import type {SiteUrl} from '../domain/index.ts'
import {sectionAddress} from '../lib/section-address.ts'
import {placeIn, routeShownAt} from '../question-sets/index.ts'
import {
  likeliestRoute,
  type NamedPlace,
  namedPlaceAt,
  pageAtAddress,
  type SectionPlace,
} from '../retrieval/index.ts'
import {type CurrentBuild, type IndexBuild, pageAtRoute, routeOfPage} from '../search-index/index.ts'

/** Sections as staff name them, and as question files do. */
export interface GoldenPlaces {
  /** As a question file has it: null where the current build has no such page or section. */
  entryOf(place: SectionPlace): string | null
  /** The same for a page that is not there yet; null for what is no address in the docs. */
  futureEntryOf(place: SectionPlace): string | null
  /** Whether it is a URL of a site where the docs are not: neither this server nor where they are published. */
  isForeign(url: string, host: string): boolean
  /** What a relevant entry names in the current build, by the names that readers are shown; null where it has no such thing. */
  named(entry: string): NamedPlace | null
}

export function goldenPlacesIn(current: CurrentBuild, siteUrl: SiteUrl): GoldenPlaces {
  function withBuild<T>(read: (build: IndexBuild) => T): T | null {
    if (current.id === null) return null
    const {build, release} = current.lease()
    try {
      return read(build)
    } finally {
      release()
    }
  }

  return {
    entryOf: (place) =>
      withBuild((build) => {
        const page = pageAtAddress(build, place.url, siteUrl)
        const named = namedPlaceAt(build, place, siteUrl)
        return page === null || named === null ? null : sectionAddress({url: page.url, anchor: named.anchor})
      }),
    futureEntryOf({url, anchor}) {
      const route = likeliestRoute(url, siteUrl)?.replace(/(?:\.mdx?|\.html?)$/i, '')
      return route === undefined ? null : sectionAddress({url: route.replace(/(?<=.)\/+$/, ''), anchor})
    },
    isForeign(url, host) {
      if (!/^https?:/i.test(url) || !URL.canParse(url)) return false
      const published = [siteUrl ?? []].flatMap((sites) =>
        typeof sites === 'string' ? sites : Object.values(sites),
      )
      const hosts = published.filter((site) => URL.canParse(site)).map((site) => new URL(site).host)
      return ![host, ...hosts].includes(new URL(url).host)
    },
    named: (entry) =>
      withBuild((build) => {
        const {url, anchor} = placeIn(entry)
        const shown = routeShownAt(url)
        const page =
          build.pageByUrl(url) ??
          pageAtRoute(build, url.startsWith('/') ? url : `/${url}`) ??
          (shown === null ? null : (build.pageByUrl(shown) ?? pageAtRoute(build, shown)))
        // An address that is known here, wherever the docs are published.
        const here = page === null ? null : `/docs${routeOfPage(build, page)}`
        return here === null ? null : namedPlaceAt(build, {url: here, anchor: anchor ?? ''}, siteUrl)
      }),
  }
}
