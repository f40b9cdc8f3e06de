import {posix} from 'node:path'
import type {Generator} from '../generator.ts'
import {type AnchorRule, dashed} from '../shared/anchor-rules.ts'
import {folderPath, memberOf, textOr} from '../shared/config-values.ts'
import {dataConfigOf} from '../shared/data-config.ts'
import {itemsOfLinks} from '../shared/link-lists.ts'
import {describedOpening} from '../shared/openings.ts'
import {configIn, type ProjectFolder} from '../shared/project-folder.ts'
import {routeByPath} from '../shared/routes.ts'
import type {PageRoot} from '../site.ts'
import {gitbookSyntax} from './syntax.ts'

type Own = {
  /** The table of contents of each space, below the site's folder. */
  readonly summaries: readonly string[]
}

/** GitBook, with one space or several in folders. */
export const gitbook: Generator = {
  name: 'gitbook',
  title: 'GitBook',
  about: {
    foundBy: '`.gitbook.yaml`, `SUMMARY.md` as GitBook writes it',
    routes: '`root`, the path; a folder for each space',
    anchors: 'its own',
    order: '`SUMMARY.md`',
    syntaxes: '`{% hint %}`, tabs, content references, cards, includes',
    setAside: '`SUMMARY.md`, `.gitbook/`, `hidden`',
    checked: 'published',
  },
  find(folder) {
    const file = configIn(folder, /^\.gitbook\.ya?ml$/)
    const config = file && dataConfigOf(file)
    const root = folderPath(textOr(memberOf(config, 'root'), ''))
    const summary = posix.join(
      root,
      folderPath(textOr(memberOf(config, 'structure', 'summary'), 'SUMMARY.md')),
    )
    const spaces = isSummary(folder, summary) || !file ? [] : spacesIn(folder, root)
    if (!file && !isSummary(folder, summary)) return null
    const roots: PageRoot[] =
      spaces.length > 0
        ? spaces.map((space) => ({path: posix.join(root, space), base: `/${space}`}))
        : [{path: root, base: ''}]
    const own: Own = {
      summaries: spaces.length > 0 ? spaces.map((space) => posix.join(root, space, 'SUMMARY.md')) : [summary],
    }
    return {
      foundIn: file?.path ?? summary,
      config: {roots, includeFolders: [posix.join(root, '.gitbook/includes')], own},
    }
  },
  conventions: {routeEnd: 'bare'},
  anchors: {
    slug(text) {
      const slug = text
        .normalize('NFKD')
        .replace(/\p{Mn}/gu, '')
        .normalize('NFC')
        .toLowerCase()
        .replaceAll('&', 'and')
        .replace(/[^\p{L}\p{N}._\-\s/]/gu, '')
        .trim()
        .replace(/[\s/-]+/g, '-')
      return /^\d/.test(slug) ? `id-${slug}` : slug
    },
    unique: dashed(),
    avoidsExplicit: true,
  } satisfies AnchorRule,
  mdx: 'never',
  dialects: [gitbookSyntax],
  openingOf: describedOpening,
  routeOf: (file, site) => routeByPath({...file, frontMatter: {...file.frontMatter, slug: null}}, site),
  staysInRoots: true,
  setAside({path, segments, frontMatter: {data}}) {
    if (/^SUMMARY$/i.test(segments.at(-1)!))
      return {rule: 'partial', reason: 'SUMMARY.md is the table of contents'}
    if (path.split('/').includes('.gitbook'))
      return {rule: 'partial', reason: '.gitbook holds parts of other pages'}
    return data['hidden'] === true ? {rule: 'hidden', reason: 'its front matter says hidden'} : null
  },
  navigation(folder, site) {
    const {summaries = []} = site.own as Partial<Own>
    const items = summaries.flatMap((path) => {
      const text = folder.read(path)
      return text === null ? [] : itemsOfLinks(text, posix.join(folder.path, posix.dirname(path)))
    })
    return items.length > 0 ? items : null
  },
}

/** GitBook writes this heading; mdBook's says Summary. */
function isSummary(folder: ProjectFolder, path: string): boolean {
  return /^\s*# Table of contents\s*$/m.test(folder.read(path)?.slice(0, 200) ?? '')
}

function spacesIn(folder: ProjectFolder, root: string): string[] {
  return folder
    .list(root)
    .filter((name) => name.endsWith('/') && isSummary(folder, posix.join(root, name, 'SUMMARY.md')))
    .map((name) => name.slice(0, -1))
}
