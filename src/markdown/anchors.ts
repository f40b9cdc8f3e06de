import GithubSlugger, {slug as githubSlug} from 'github-slugger'

/** How a site turns a heading into a fragment, and how it numbers repeated headings. */
export type SlugRule = 'github' | 'hugo' | 'mkdocs' | 'vitepress' | 'mdbook' | 'sphinx' | 'kramdown'

export interface AnchorMaker {
  /** Returns the fragment for a heading's visible text. Call it once for each heading, in reading order. */
  ofHeading(text: string): string
  /** Registers an id that the author set and returns it unchanged; on sites that do so, later repeats avoid it. */
  ofExplicit(id: string): string
}

/** Makes the anchors of one page as a site generator does. */
export function anchorMaker(rule: SlugRule): AnchorMaker {
  const used = new Set<string>()
  if (rule === 'github') {
    const slugger = new GithubSlugger()
    return {
      ofHeading: (text) => slugger.slug(text),
      ofExplicit: (id) => id,
    }
  }
  const slugOf = slugs[rule]
  const unique = repeats[rule]
  return {
    ofHeading(text) {
      const id = unique(slugOf(text), used)
      used.add(id)
      return id
    },
    ofExplicit(id) {
      used.add(id)
      return id
    },
  }
}

const slugs: Readonly<Record<Exclude<SlugRule, 'github'>, (text: string) => string>> = {
  // Hugo's "github" ids: letters, digits, _ and - stay, a space becomes -, everything else is removed.
  hugo: (text) =>
    text
      .trim()
      .toLowerCase()
      .replace(/[^\p{L}\p{Nd}_\- ]/gu, '')
      .replace(/ /g, '-'),
  // Python-Markdown's toc extension.
  mkdocs: (text) =>
    text
      .normalize('NFKD')
      .replace(/[^\u0000-\u007f]/g, '')
      .replace(/[^\w\s-]/g, '')
      .trim()
      .toLowerCase()
      .replace(/[-\s]+/g, '-'),
  // @mdit-vue/shared.
  vitepress: (text) =>
    text
      .normalize('NFKD')
      .replace(/[\u0300-\u036f]/g, '')
      .replace(/[\u0000-\u001f]/g, '')
      .replace(/[\s~`!@#$%^&*()\-_+=[\]{}|\\;:"'“”‘’<>,.?/]+/g, '-')
      .replace(/-{2,}/g, '-')
      .replace(/^-+|-+$/g, '')
      .replace(/^(\d)/, '_$1')
      .toLowerCase(),
  mdbook: (text) =>
    text
      .trim()
      .toLowerCase()
      .replace(/[^\p{L}\p{N}_\-\s]/gu, '')
      .replace(/\s/g, '-'),
  // docutils' make_id.
  sphinx: (text) =>
    text
      .normalize('NFKD')
      .toLowerCase()
      .replace(/[^\u0000-\u007f]/g, '')
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^[-0-9]+|-+$/g, ''),
  kramdown: (text) =>
    text
      .replace(/^[^a-zA-Z]+/, '')
      .replace(/[^a-zA-Z0-9 -]/g, '')
      .replace(/ /g, '-')
      .toLowerCase() || 'section',
}

type Unique = (slug: string, used: ReadonlySet<string>) => string

const dashed =
  (fallback: string): Unique =>
  (slug, used) => {
    const base = slug || fallback
    let id = base
    for (let n = 1; used.has(id); n++) id = `${base}-${n}`
    return id
  }

const repeats: Readonly<Record<Exclude<SlugRule, 'github'>, Unique>> = {
  hugo: dashed('heading'),
  vitepress: dashed(''),
  mdbook: dashed(''),
  kramdown: dashed('section'),
  mkdocs(slug, used) {
    let id = slug
    while (id === '' || used.has(id)) {
      const numbered = /^(.*)_(\d+)$/.exec(id)
      id = numbered ? `${numbered[1]}_${Number(numbered[2]) + 1}` : `${id}_1`
    }
    return id
  },
  sphinx(slug, used) {
    if (slug !== '' && !used.has(slug)) return slug
    let n = 1
    while (used.has(`id${n}`)) n++
    return `id${n}`
  },
}

/** GitHub's slug for a text, without numbering. */
export function slugOf(text: string): string {
  return githubSlug(text)
}
