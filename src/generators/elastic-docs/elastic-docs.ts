import {posix} from 'node:path'
import {values} from '../../markdown/dialect-kit.ts'
import type {Generator, NavigationItem} from '../generator.ts'
import type {AnchorRule} from '../shared/anchor-rules.ts'
import {isRecord, memberOf, plainValues, textOr} from '../shared/config-values.ts'
import {dataConfigOf} from '../shared/data-config.ts'
import {languageTag} from '../shared/languages.ts'
import {matchesAny} from '../shared/patterns.ts'
import {type ConfigFile, configIn, type ProjectFolder} from '../shared/project-folder.ts'
import {routeByPath} from '../shared/routes.ts'
import {elasticSyntax} from './syntax.ts'

type Own = {readonly excluded: readonly string[]}

/** Elastic's docs-builder. */
export const elasticDocs: Generator = {
  name: 'elastic-docs',
  title: 'Elastic docs-builder',
  about: {
    foundBy: '`docset.yml`, `_docset.yml`',
    routes: 'the path',
    anchors: 'Slugify.Core’s',
    order: '`toc`',
    syntaxes: 'MyST directives, `{{sub}}`, `[id]` after headings',
    setAside: '`exclude`, `_snippets/`',
    checked: 'published',
  },
  find(folder) {
    const file = docsetOf(folder)
    if (!file) return null
    const config = dataConfigOf(file)
    if (!isRecord(config) || !('toc' in config)) return null
    const exclude = config['exclude']
    const own: Own = {
      excluded: (Array.isArray(exclude) ? exclude : []).filter(
        (glob): glob is string => typeof glob === 'string',
      ),
    }
    return {
      foundIn: file.path,
      config: {
        roots: [{path: '', base: ''}],
        params: plainValues(config['subs']),
        languages: {default: languageTag('en')},
        own,
      },
    }
  },
  conventions: {routeEnd: 'bare'},
  anchors: {
    // The defaults of Slugify.Core's `SlugHelper`.
    slug: (text) =>
      text
        .trim()
        .toLowerCase()
        .replace(/\s+/g, '-')
        .normalize('NFD')
        .replace(/\p{Mn}/gu, '')
        .replace(/[^a-z0-9._-]/g, '')
        .replace(/-{2,}/g, '-'),
    unique: (slug) => slug,
    avoidsExplicit: false,
  } satisfies AnchorRule,
  mdx: 'never',
  dialects: [elasticSyntax, values],
  syntax: {mystLines: true, templates: true},
  routeOf(file, site) {
    const named = {...file, frontMatter: {...file.frontMatter, slug: null}}
    return routeByPath(named, site, {isIndex: (segments) => segments.at(-1) === 'index'})
  },
  paramsOf: ({frontMatter: {data}}) => plainValues(data['sub']),
  staysInRoots: true,
  setAside({path, segments}, site) {
    if (segments.some((name) => name === '_snippets'))
      return {rule: 'partial', reason: '_snippets holds parts of other pages'}
    const below = [...segments.slice(0, -1), posix.basename(path)].join('/')
    const {excluded = []} = site.own as Partial<Own>
    const globs = excluded.flatMap((glob) => (glob.includes('/') ? [glob] : [glob, `**/${glob}`]))
    return matchesAny(below, globs) ? {rule: 'hidden', reason: 'the configuration excludes it'} : null
  },
  navigation(folder) {
    const file = docsetOf(folder)
    return file && itemsOf(memberOf(dataConfigOf(file), 'toc'), folder, '', 0)
  },
}

function docsetOf(folder: ProjectFolder): ConfigFile | null {
  return configIn(folder, /^_?docset\.ya?ml$/)
}

const maxDepth = 12

/** Entries name a file, a folder, or a folder with a `toc.yml` of its own. */
function itemsOf(entries: unknown, folder: ProjectFolder, home: string, depth: number): NavigationItem[] {
  if (!Array.isArray(entries) || depth > maxDepth) return []
  return entries.filter(isRecord).flatMap((entry): NavigationItem[] => {
    const [file, below, toc] = ['file', 'folder', 'toc'].map((key) => textOr(entry[key], ''))
    const title = textOr(entry['title'], '') || null
    if (toc) {
      const text = folder.read(posix.join(home, toc, 'toc.yml'))
      const listed = text === null ? null : memberOf(dataConfigOf({path: 'toc.yml', text}), 'toc')
      return [{title, path: null, items: itemsOf(listed, folder, posix.join(home, toc), depth + 1)}]
    }
    const inside = posix.join(home, below ?? '')
    const items = itemsOf(
      entry['children'],
      folder,
      below ? inside : posix.join(home, posix.dirname(file ?? '')),
      depth + 1,
    )
    const path = file ? posix.join(folder.path, inside, file) : null
    return path === null && items.length === 0 ? [] : [{title, path, items}]
  })
}
