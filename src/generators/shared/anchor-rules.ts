import {slug as githubSlug} from 'github-slugger'
import type {AnchorMaker} from '../../markdown/index.ts'

/** How a site turns a heading into a fragment, and how it numbers repeated headings. */
export interface AnchorRule {
  /** The fragment for a heading's visible text. */
  slug(text: string): string
  /** The slug, or a variation of it that the page does not have yet. */
  unique(slug: string, used: ReadonlySet<string>): string
  /** Whether a repeated heading avoids ids that authors set. */
  readonly avoidsExplicit: boolean
  /** What becomes of an id that is unique. Default: nothing. */
  finished?(id: string): string
  /** Whether a fragment begins with those of the headings above it. Default: false. */
  readonly joinsParents?: boolean
  /** Whether an id that authors set becomes a slug too, unlike all others of the page. Default: it stays. */
  readonly slugsExplicit?: boolean
  /** Whether headings of the first level have no ids, so that others need not differ from them. Default: false. */
  readonly skipsFirstLevel?: boolean
  /** Whether terms of definition lists have fragments too, or may have them. Default: false. */
  readonly hasTerms?: boolean
}

/** Makes the anchors of one page. */
export function anchorMaker({
  slug,
  unique,
  avoidsExplicit,
  finished = (id) => id,
  joinsParents = false,
  slugsExplicit = false,
  skipsFirstLevel = false,
  hasTerms = false,
}: AnchorRule): AnchorMaker {
  const used = new Set<string>()
  const path: string[] = []
  const slugBelow = (text: string, depth: number): string => {
    path.length = Math.min(path.length, depth - 1)
    path[depth - 1] = slug(text)
    return path.filter(Boolean).join('-')
  }
  return {
    hasTerms,
    ofHeading(text, depth) {
      if (skipsFirstLevel && depth === 1) return slug(text)
      const id = unique(joinsParents ? slugBelow(text, depth) : slug(text), used)
      used.add(id)
      return finished(id)
    },
    ofExplicit(id) {
      if (slugsExplicit) return this.ofHeading(id, 2)
      if (avoidsExplicit) used.add(id)
      return id
    },
  }
}

/** Numbers repeats `-1`, `-2` and so on, or from another `first` number; `fallback` stands for an empty slug. */
export function dashed(fallback = '', first = 1): AnchorRule['unique'] {
  return (slug, used) => {
    const base = slug || fallback
    let id = base
    for (let n = first; used.has(id); n++) id = `${base}-${n}`
    return id
  }
}

/** GitHub's rule, which most generators written in JavaScript share: the package `github-slugger`. */
export const githubAnchors: AnchorRule = {slug: githubSlug, unique: dashed(), avoidsExplicit: false}

/** The rule of `@mdit-vue/shared`: VitePress and VuePress 2. */
export const mditVueAnchors: AnchorRule = {
  slug: (text) =>
    text
      .normalize('NFKD')
      .replace(/[\u0300-\u036f]/g, '')
      .replace(/[\u0000-\u001f]/g, '')
      .replace(/[\s~`!@#$%^&*()\-_+=[\]{}|\\;:"'“”‘’<>,.?/]+/g, '-')
      .replace(/-{2,}/g, '-')
      .replace(/^-+|-+$/g, '')
      .replace(/^(\d)/, '_$1')
      .toLowerCase(),
  unique: dashed(),
  avoidsExplicit: true,
}
