import {findSite, rulesOf} from '../../src/generators/index.ts'
import type {SiteRules} from '../../src/markdown/index.ts'

/** The rules of a generator for a folder of which nothing else is known; null for an unknown name. */
export function siteRulesOf(name: string): SiteRules | null {
  const site = findSite(
    {contentPath: '', files: [], folder: (path) => ({path, list: () => [], read: () => null})},
    name,
  )
  return site && rulesOf(site)
}

/** A folder of Markdown without a known generator. */
export const plainSite: SiteRules = siteRulesOf('plain')!
