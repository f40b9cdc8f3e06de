import {posix} from 'node:path'
import {githubVersionsIn} from '../../markdown/dialect-kit.ts'
import {parseData} from '../../markdown/index.ts'
import type {Generator, NavigationItem} from '../generator.ts'
import {githubAnchors} from '../shared/anchor-rules.ts'
import {isRecord, memberOf, textOr} from '../shared/config-values.ts'
import {dataConfigOf} from '../shared/data-config.ts'
import {openingFrom} from '../shared/openings.ts'
import type {ProjectFolder} from '../shared/project-folder.ts'
import {routeByPath} from '../shared/routes.ts'
import {githubSyntax} from './syntax.ts'

/** The site of docs.github.com, whose repository others copy too. */
export const githubDocs: Generator = {
  name: 'github-docs',
  title: 'GitHub Docs',
  about: {
    foundBy: '`data/reusables/` and `data/variables/` beside `content/`',
    routes: 'the path',
    anchors: 'GitHub’s',
    order: '`children`',
    syntaxes:
      '`{% data %}`, `{% ifversion %}` in the version of the page, icons, tools, Liquid callouts; also in titles, code and links',
    setAside: '`data/`, `draft`',
    checked: 'published',
  },
  find(folder) {
    const names = folder.list()
    const data = names.includes('data/') && names.includes('content/') ? folder.list('data') : []
    if (!data.includes('reusables/') || !data.includes('variables/')) return null
    return {
      foundIn: 'data/variables',
      config: {
        roots: [{path: 'content', base: ''}],
        includeFolders: ['data/reusables'],
        params: {...variablesIn(folder), ...featuresIn(folder)},
        languages: {default: 'en'},
      },
    }
  },
  conventions: {roots: [{path: 'content', base: ''}], routeEnd: 'bare'},
  anchors: githubAnchors,
  mdx: 'never',
  dialects: [githubSyntax],
  syntax: {templates: true, liquidInCode: true},
  paramsOf: ({frontMatter}, site) => ({
    currentVersion: githubVersionsIn(frontMatter.data['versions'], site.params)[0] ?? 'fpt',
  }),
  openingOf: (frontMatter) =>
    openingFrom(frontMatter, {headings: [], texts: [frontMatter.description], actions: []}),
  routeOf: (file, site) => routeByPath(file, site, {isIndex: (segments) => segments.at(-1) === 'index'}),
  staysInRoots: true,
  setAside: ({segments, path}, site) =>
    segments.at(-1) === 'README' || path.startsWith(posix.join(site.folder, 'data/'))
      ? {rule: 'partial', reason: 'it is no page of the site'}
      : null,
  navigation: (folder) => childrenOf(folder, 'content', {left: maxPages}),
}

const maxVariables = 5000

/** The values in `data/variables`, by the name of their file and their key: `variables.product.company_short`. */
function variablesIn(folder: ProjectFolder): Record<string, string> {
  const values: Record<string, string> = {}
  const add = (prefix: string, data: unknown): void => {
    if (!isRecord(data)) return
    for (const [name, value] of Object.entries(data)) {
      if (Object.keys(values).length >= maxVariables) return
      if (typeof value === 'string' || typeof value === 'number')
        values[`${prefix}.${name}`] = String(value).trim()
      else add(`${prefix}.${name}`, value)
    }
  }
  for (const name of folder.list('data/variables')) {
    const text = /\.ya?ml$/.test(name) ? folder.read(`data/variables/${name}`) : null
    if (text !== null) add(`variables.${name.replace(/\.ya?ml$/, '')}`, dataConfigOf({path: name, text}))
  }
  return values
}

/** The versions that have a feature, by its name in `data/features`: `features.…`. */
function featuresIn(folder: ProjectFolder): Record<string, string> {
  const names = folder.list('data').includes('features/') ? folder.list('data/features') : []
  return Object.fromEntries(
    names.slice(0, maxVariables).flatMap((name) => {
      const text = /\.ya?ml$/.test(name) ? folder.read(`data/features/${name}`) : null
      const versions = text === null ? null : memberOf(dataConfigOf({path: name, text}), 'versions')
      const shown = githubVersionsIn(versions, {}).join(' ')
      return versions ? [[`features.${name.replace(/\.ya?ml$/, '')}`, shown]] : []
    }),
  )
}

const maxPages = 5000

/** The pages that an `index.md` lists as its children. */
function childrenOf(folder: ProjectFolder, home: string, budget: {left: number}): NavigationItem[] {
  const text = folder.read(`${home}/index.md`)
  const block = text === null ? null : /^---\r?\n([\s\S]*?)\r?\n---/.exec(text)?.[1]
  const children = block ? memberOf(frontMatterOf(block), 'children') : undefined
  if (!Array.isArray(children)) return []
  return children.flatMap((child): NavigationItem[] => {
    const name = textOr(child, '').replace(/^\/+|\/+$/g, '')
    if (name === '' || name.includes('..') || budget.left-- <= 0) return []
    const path = posix.join(home, name)
    const items = childrenOf(folder, path, budget)
    const isFolder = items.length > 0 || folder.list(path).includes('index.md')
    return [{title: null, path: posix.join(folder.path, isFolder ? `${path}/index` : path), items}]
  })
}

function frontMatterOf(block: string): unknown {
  try {
    return parseData('yaml', block)
  } catch {
    return null
  }
}
