import type {SiteUrl} from '../domain/index.ts'
import {TwoGenerationCache} from '../lib/two-generation-cache.ts'
import {type NamedPlace, namedPlaceAt, pageDigest} from '../retrieval/index.ts'
import type {CurrentBuild} from '../search-index/index.ts'
import {maxVerifiedAnswers, type VerifiedAnswer} from './verified-answers.ts'

/** Where a verified answer rests, in the build that is served. */
export interface Place {
  readonly section: NamedPlace
  /** As `pageDigest` of retrieval has it. */
  readonly pageDigest: string
}

/** Null where the build has no such page or section. */
export type FindPlace = (at: Pick<VerifiedAnswer, 'url' | 'anchor'>) => Place | null

/** Finds sections in the current build. Digests of pages are remembered. */
export function findPlaceIn(current: CurrentBuild, siteUrl: SiteUrl): FindPlace {
  const digests = new TwoGenerationCache<string, string>(maxVerifiedAnswers)
  return (at) => {
    if (current.id === null) return null
    const {build, release} = current.lease()
    try {
      const section = namedPlaceAt(build, at, siteUrl)
      if (section === null) return null
      const key = `${build.manifest.id} ${at.url}`
      const digest = digests.get(key) ?? pageDigest(build, at.url, siteUrl)
      if (digest === null) return null
      digests.set(key, digest)
      return {section, pageDigest: digest}
    } finally {
      release()
    }
  }
}
