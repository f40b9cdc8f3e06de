import {posix} from 'node:path'
import {type Dialect, values} from '../markdown/dialect-kit.ts'
import type {Generator, NavigationItem} from './generator.ts'
import {isRecord, memberOf, pathOfUrl, plainValues, textOr} from './shared/config-values.ts'
import {dataConfigOf} from './shared/data-config.ts'
import {languageTag} from './shared/languages.ts'
import {configIn, type ProjectFolder} from './shared/project-folder.ts'
import {pagesMatching} from './shared/toctrees.ts'
import {docutilsId, docutilsUnique, isExcluded, sphinxRoute} from './sphinx.ts'

type Own = {
  readonly excluded: readonly string[]
  /** The files of the table of contents, without their extensions, where only they become pages; else null. */
  readonly pages: readonly string[] | null
}

/** A substitution that nothing sets shows nothing. Braces without spaces may be mathematics. */
const unknownValues: Dialect = {
  name: 'unknown-values',
  text: [
    {
      starts: '{',
      read(reading) {
        const {at} = reading
        const found = /^\{\{[ \t]+([A-Za-z_][\w.-]*)[ \t]+\}\}/.exec(at.text.slice(at.p, at.p + 300))
        if (!found) return false
        reading.note('template', 'not-understood', found[1])
        at.skip(found[0].length)
        return true
      },
    },
  ],
}

/** Jupyter Book 1, which builds with Sphinx. Version 2 is mystmd. */
export const jupyterBook: Generator = {
  name: 'jupyter-book',
  title: 'Jupyter Book 1',
  about: {
    foundBy: '`_toc.yml` with `_config.yml`',
    routes: 'the path, `.html`',
    anchors: 'docutils’',
    order: '`_toc.yml`',
    syntaxes: 'MyST directives, roles, targets, substitutions',
    setAside: '`exclude_patterns`, `only_build_toc_files`',
    checked: 'function',
  },
  find(folder) {
    const toc = tocOf(folder)
    if (toc === null) return null
    const file = configIn(folder, /^_config\.ya?ml$/)
    const config = file && dataConfigOf(file)
    const sphinx = memberOf(config, 'sphinx', 'config')
    const base = pathOfUrl(memberOf(sphinx, 'html_baseurl') ?? memberOf(config, 'html', 'baseurl'))
    const excluded = memberOf(config, 'exclude_patterns')
    const isOnlyToc = memberOf(config, 'only_build_toc_files') === true
    const own: Own = {
      excluded: ['_build', ...(Array.isArray(excluded) ? excluded.map(String) : [])],
      pages: isOnlyToc ? filesIn(itemsOf(toc, folder)) : null,
    }
    return {
      foundIn: '_toc.yml',
      config: {
        base,
        roots: [{path: '', base}],
        params: {
          ...plainValues(memberOf(sphinx, 'myst_substitutions')),
          ...plainValues(memberOf(config, 'parse', 'myst_substitutions')),
        },
        languages: {default: languageTag(memberOf(sphinx, 'language'))},
        own,
      },
    }
  },
  conventions: {routeEnd: 'html'},
  anchors: {slug: docutilsId, unique: docutilsUnique, avoidsExplicit: true},
  keepsLetterCase: true,
  hasSharedAnchors: true,
  mdx: 'never',
  dialects: [values, unknownValues],
  syntax: {mystLines: true},
  routeOf: sphinxRoute,
  paramsOf: ({frontMatter: {data}}) => plainValues(data['substitutions']),
  staysInRoots: true,
  setAside(file, site) {
    const below = [...file.segments.slice(0, -1), posix.basename(file.path)].join('/')
    const {excluded = [], pages = null} = site.own as Partial<Own>
    if (isExcluded(below, excluded)) return {rule: 'hidden', reason: 'exclude_patterns names it'}
    return pages === null || pages.includes(file.path.replace(/\.\w+$/, ''))
      ? null
      : {rule: 'partial', reason: '_toc.yml does not name it'}
  },
  navigation(folder) {
    const toc = tocOf(folder)
    return toc === null ? null : itemsOf(toc, folder)
  },
}

function tocOf(folder: ProjectFolder): unknown {
  const file = configIn(folder, /^_toc\.ya?ml$/)
  const toc = file && dataConfigOf(file)
  return memberOf(toc, 'root') !== undefined || Array.isArray(toc) ? toc : null
}

const maxDepth = 10

function itemsOf(toc: unknown, folder: ProjectFolder, depth = 0): NavigationItem[] {
  if (depth > maxDepth) return []
  // An older form is a list of files.
  if (Array.isArray(toc)) return toc.flatMap((entry) => itemOf(entry, folder, depth))
  const root = memberOf(toc, 'root')
  const first =
    typeof root === 'string' ? [{title: null, path: posix.join(folder.path, root), items: []}] : []
  return [...first, ...groupsIn(toc, folder, depth)]
}

function groupsIn(entry: unknown, folder: ProjectFolder, depth: number): NavigationItem[] {
  const listed = ['parts', 'chapters', 'sections', 'subtrees', 'entries'].flatMap((name) => {
    const list = memberOf(entry, name)
    return Array.isArray(list) ? list : []
  })
  return listed.flatMap((part) => itemOf(part, folder, depth + 1))
}

function itemOf(entry: unknown, folder: ProjectFolder, depth: number): NavigationItem[] {
  if (!isRecord(entry) || depth > maxDepth) return []
  const items = groupsIn(entry, folder, depth)
  const file = entry['file']
  if (typeof file === 'string')
    return [{title: textOr(entry['title'], '') || null, path: posix.join(folder.path, file), items}]
  const glob = entry['glob']
  if (typeof glob === 'string')
    return pagesMatching(folder, '', glob).map((path) => ({
      title: null,
      path: posix.join(folder.path, path),
      items: [],
    }))
  const caption = textOr(entry['caption'] ?? entry['part'], '')
  return caption === '' ? items : [{title: caption, path: null, items}]
}

function filesIn(items: readonly NavigationItem[]): string[] {
  return items.flatMap((item) => [
    ...(item.path === null ? [] : [item.path.replace(/\.\w+$/, '')]),
    ...filesIn(item.items),
  ])
}
