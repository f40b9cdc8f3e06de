import type {SlugRule} from './anchors.ts'
import {parseData} from './front-matter.ts'
import {joinRoute} from './join-route.ts'

export type SiteGenerator =
  | 'docusaurus'
  | 'hugo'
  | 'mkdocs'
  | 'vitepress'
  | 'starlight'
  | 'mdbook'
  | 'mintlify'
  | 'sphinx'
  | 'jekyll'
  | 'plain'

/** What has to be known about a site to make the same links as it does. */
export interface SiteRules {
  readonly generator: SiteGenerator
  readonly slugs: SlugRule
  /** Whether `.md` files are MDX too. */
  readonly mdxInMarkdown: boolean
  /** Whether a `.md` file counts as MDX if its text looks like it: true unless the generator cannot have MDX. */
  readonly mayHaveMdx: boolean
  /** Folders below the content root that routes leave out, such as `src/content/docs`; longest first. */
  readonly contentRoots: readonly string[]
  /** The beginning of all routes: empty, or for example `/docs`. */
  readonly basePath: string
  /** How a route ends: `/guide`, `/guide/` or `/guide.html`. */
  readonly routeEnd: 'bare' | 'slash' | 'html'
  /** The values of macros such as `{{< param "version" >}}`. */
  readonly params: Readonly<Record<string, string>>
}

/** A project without a known generator: GitHub's anchors, and the file's path as its route. */
export const plainSite: SiteRules = {
  generator: 'plain',
  slugs: 'github',
  mdxInMarkdown: false,
  mayHaveMdx: true,
  contentRoots: [],
  basePath: '',
  routeEnd: 'bare',
  params: {},
}

const siteOf: Readonly<Record<SiteGenerator, SiteRules>> = {
  plain: plainSite,
  docusaurus: {
    ...plainSite,
    generator: 'docusaurus',
    mdxInMarkdown: true,
    contentRoots: ['docs'],
    basePath: '/docs',
  },
  hugo: {
    ...plainSite,
    generator: 'hugo',
    mayHaveMdx: false,
    slugs: 'hugo',
    contentRoots: ['content/en', 'content'],
    routeEnd: 'slash',
  },
  mkdocs: {
    ...plainSite,
    generator: 'mkdocs',
    mayHaveMdx: false,
    slugs: 'mkdocs',
    contentRoots: ['docs'],
    routeEnd: 'slash',
  },
  vitepress: {
    ...plainSite,
    generator: 'vitepress',
    mayHaveMdx: false,
    slugs: 'vitepress',
    contentRoots: ['docs', 'src'],
    routeEnd: 'html',
  },
  starlight: {
    ...plainSite,
    generator: 'starlight',
    contentRoots: ['src/content/docs', 'src/pages'],
    routeEnd: 'slash',
  },
  mdbook: {
    ...plainSite,
    generator: 'mdbook',
    mayHaveMdx: false,
    slugs: 'mdbook',
    contentRoots: ['src'],
    routeEnd: 'html',
  },
  mintlify: {...plainSite, generator: 'mintlify', mdxInMarkdown: true},
  sphinx: {
    ...plainSite,
    generator: 'sphinx',
    mayHaveMdx: false,
    slugs: 'sphinx',
    contentRoots: ['source', 'doc/source', 'docs/source', 'docs'],
    routeEnd: 'html',
  },
  jekyll: {
    ...plainSite,
    generator: 'jekyll',
    mayHaveMdx: false,
    slugs: 'kramdown',
    contentRoots: ['docs'],
    routeEnd: 'html',
  },
}

export interface ProjectFile {
  /** Below the content root, or below the project's root if that is known; with `/` on every system. */
  readonly path: string
  /** Null if it was not or could not be read. */
  readonly text: string | null
}

/** Whether a file may be the configuration of a site generator. Read these in the content root and the folders above it. */
export function isSiteConfig(path: string): boolean {
  return detectors.some(({file}) => file.test(path))
}

const detectors: readonly {
  readonly file: RegExp
  readonly detect: (text: string, path: string) => SiteRules | null
}[] = [
  {file: /(?:^|\/)docusaurus\.config\.(?:js|ts|mjs|cjs|mts)$/, detect: docusaurusOf},
  {file: /(?:^|\/)mkdocs\.ya?ml$/, detect: mkdocsOf},
  {file: /(?:^|\/)zensical\.toml$/, detect: () => siteOf.mkdocs},
  {file: /(?:^|\/)\.vitepress\/config(?:\/index)?\.(?:js|ts|mjs|mts|cjs)$/, detect: vitepressOf},
  {file: /(?:^|\/)astro\.config\.(?:js|ts|mjs|cjs|mts)$/, detect: starlightOf},
  {file: /(?:^|\/)book\.toml$/, detect: mdbookOf},
  {file: /(?:^|\/)hugo\.(?:toml|yaml|yml|json)$/, detect: hugoOf},
  {file: /(?:^|\/)(?:config\/_default\/)(?:hugo|config)\.(?:toml|ya?ml|json)$/, detect: hugoOf},
  {
    file: /(?:^|\/)config\.(?:toml|ya?ml)$/,
    detect: (text, path) =>
      /^\s*["']?(?:baseURL|languageCode|theme|enableGitInfo|contentDir|defaultContentLanguage)["']?\s*[=:]/im.test(
        text,
      )
        ? hugoOf(text, path)
        : null,
  },
  {
    file: /(?:^|\/)(?:mint|docs)\.json$/,
    detect: (text) => (/"(?:navigation|\$schema)"/.test(text) ? siteOf.mintlify : null),
  },
  {
    file: /(?:^|\/)conf\.py$/,
    detect: (text) => (/\bextensions\s*=|\bhtml_theme\s*=/.test(text) ? siteOf.sphinx : null),
  },
  {file: /(?:^|\/)_config\.ya?ml$/, detect: jekyllOf},
]

/**
 * Detects the rules of a site from a project's configuration files; those of a plain folder if none is known. The first
 * match in the order of `detectors` decides, and among its files the one nearest the root. Configurations are read as
 * text, never run.
 */
export function detectSite(files: readonly ProjectFile[]): SiteRules {
  const byDepth = [...files].sort(
    (a, b) => a.path.split('/').length - b.path.split('/').length || (a.path < b.path ? -1 : 1),
  )
  for (const {file, detect} of detectors) {
    for (const candidate of byDepth) {
      if (!file.test(candidate.path)) continue
      const site = detect((candidate.text ?? '').slice(0, 512 * 1024), candidate.path)
      if (site) return site
    }
  }
  return plainSite
}

/** The rules of a generator by its name, for sites whose configuration is not available; null for an unknown name. */
export function siteRulesOf(name: string): SiteRules | null {
  return Object.hasOwn(siteOf, name) ? siteOf[name as SiteGenerator] : null
}

function docusaurusOf(text: string): SiteRules {
  const base = /\bbaseUrl\s*:\s*['"`]([^'"`]*)['"`]/.exec(text)?.[1] ?? '/'
  const route = /\brouteBasePath\s*:\s*['"`]([^'"`]*)['"`]/.exec(text)?.[1] ?? 'docs'
  const folder = /\bdocs\s*:\s*\{[^}]*?\bpath\s*:\s*['"`]([^'"`]*)['"`]/.exec(text)?.[1] ?? 'docs'
  const slash = /\btrailingSlash\s*:\s*true/.test(text)
  return {
    ...siteOf.docusaurus,
    contentRoots: [trimmed(folder)],
    basePath: joinRoute(base, route),
    routeEnd: slash ? 'slash' : 'bare',
  }
}

function mkdocsOf(text: string): SiteRules {
  const folder = yamlValue(text, 'docs_dir') ?? 'docs'
  const flat = yamlValue(text, 'use_directory_urls') === 'false'
  return {
    ...siteOf.mkdocs,
    contentRoots: [trimmed(folder)],
    basePath: pathOfUrl(yamlValue(text, 'site_url')),
    routeEnd: flat ? 'html' : 'slash',
  }
}

function vitepressOf(text: string, path: string): SiteRules {
  const home = path.replace(/\/?\.vitepress\/.*$/, '')
  const source = /\bsrcDir\s*:\s*['"`]([^'"`]*)['"`]/.exec(text)?.[1] ?? ''
  const base = /\bbase\s*:\s*['"`]([^'"`]*)['"`]/.exec(text)?.[1] ?? ''
  const root = trimmed(joinRoute(home, source))
  return {
    ...siteOf.vitepress,
    contentRoots: root === '' ? [] : [root],
    basePath: joinRoute(base),
    routeEnd: /\bcleanUrls\s*:\s*true/.test(text) ? 'bare' : 'html',
  }
}

function starlightOf(text: string): SiteRules {
  const base = /\bbase\s*:\s*['"`]([^'"`]*)['"`]/.exec(text)?.[1] ?? ''
  const bare = /\btrailingSlash\s*:\s*['"`]never['"`]/.test(text)
  return {...siteOf.starlight, basePath: joinRoute(base), routeEnd: bare ? 'bare' : 'slash'}
}

function mdbookOf(text: string): SiteRules {
  const source = /^\s*src\s*=\s*["']([^"']*)["']/m.exec(text)?.[1] ?? 'src'
  const url = /^\s*site-url\s*=\s*["']([^"']*)["']/m.exec(text)?.[1] ?? ''
  return {...siteOf.mdbook, contentRoots: [trimmed(source)], basePath: joinRoute(pathOfUrl(url))}
}

function hugoOf(text: string, path: string): SiteRules {
  const value = (name: string): string | null =>
    new RegExp(`^\\s*["']?${name}["']?\\s*[=:]\\s*["']?([^"'\\n,#]*)["']?`, 'im').exec(text)?.[1]?.trim() ||
    null
  const folder = trimmed(value('contentDir') ?? 'content')
  const language = value('defaultContentLanguage') ?? 'en'
  const ugly = value('uglyURLs') === 'true'
  return {
    ...siteOf.hugo,
    contentRoots: [`${folder}/${language}`, folder],
    basePath: pathOfUrl(value('baseURL')),
    routeEnd: ugly ? 'html' : 'slash',
    params: hugoParamsOf(text, path),
  }
}

/** Only plain values, which shortcodes can print. */
function hugoParamsOf(text: string, path: string): Record<string, string> {
  const language = /\.(toml|json)$/.exec(path)?.[1] ?? 'yaml'
  try {
    const {params} = (parseData(language, text) ?? {}) as {params?: unknown}
    if (typeof params !== 'object' || params === null) return {}
    return Object.fromEntries(
      Object.entries(params)
        .filter(([, value]) => ['string', 'number', 'bigint'].includes(typeof value))
        .map(([name, value]) => [name, String(value)]),
    )
  } catch {
    // The generator reports the error to the site's owner; pages can be read without these values.
    return {}
  }
}

function jekyllOf(text: string): SiteRules {
  const permalink = yamlValue(text, 'permalink')
  return {
    ...siteOf.jekyll,
    basePath: joinRoute(yamlValue(text, 'baseurl') ?? ''),
    routeEnd: permalink === 'pretty' || permalink?.endsWith('/') ? 'slash' : 'html',
  }
}

function trimmed(path: string): string {
  return path.replace(/^\.?\/+|\/+$/g, '')
}

function pathOfUrl(url: string | null): string {
  if (!url) return ''
  try {
    return joinRoute(new URL(url, 'https://docs.invalid').pathname)
  } catch {
    return ''
  }
}

function yamlValue(text: string, name: string): string | null {
  const match = new RegExp(`^${name}\\s*:\\s*(.*)$`, 'm').exec(text)
  return match
    ? match[1]!
        .replace(/\s+#.*$/, '')
        .replace(/^(["'])(.*)\1\s*$/, '$2')
        .trim() || null
    : null
}
