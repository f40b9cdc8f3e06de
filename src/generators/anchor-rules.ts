import {slug as githubSlug} from 'github-slugger'
import type {AnchorMaker} from '../markdown/index.ts'

/** How a site turns a heading into a fragment, and how it numbers repeated headings. */
export interface AnchorRule {
  /** The fragment for a heading's visible text. */
  slug(text: string): string
  /** The slug, or a variation of it that the page does not have yet. */
  unique(slug: string, used: ReadonlySet<string>): string
  /** Whether a repeated heading avoids ids that authors set. */
  readonly avoidsExplicit: boolean
}

/** Makes the anchors of one page. */
export function anchorMaker({slug, unique, avoidsExplicit}: AnchorRule): AnchorMaker {
  const used = new Set<string>()
  return {
    ofHeading(text) {
      const id = unique(slug(text), used)
      used.add(id)
      return id
    },
    ofExplicit(id) {
      if (avoidsExplicit) used.add(id)
      return id
    },
  }
}

/** Numbers repeats `-1`, `-2` and so on; `fallback` stands for an empty slug. */
export function dashed(fallback = ''): AnchorRule['unique'] {
  return (slug, used) => {
    const base = slug || fallback
    let id = base
    for (let n = 1; used.has(id); n++) id = `${base}-${n}`
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
