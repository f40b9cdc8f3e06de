import {posix} from 'node:path'
import type {Generator} from '../generator.ts'
import {dashed} from '../shared/anchor-rules.ts'
import {folderPath, memberOf, pathOfUrl, textOr} from '../shared/config-values.ts'
import {dataConfigOf} from '../shared/data-config.ts'
import {languageTag} from '../shared/languages.ts'
import {itemsOfLinks, pathsIn} from '../shared/link-lists.ts'
import {configIn} from '../shared/project-folder.ts'
import {routeByPath} from '../shared/routes.ts'
import {mdbookIncludes} from './syntax.ts'

type Own = {
  /** The files that `SUMMARY.md` names, below the project's root; null without one. */
  readonly chapters: readonly string[] | null
}

/** mdBook. */
export const mdbook: Generator = {
  name: 'mdbook',
  title: 'mdBook',
  about: {
    foundBy: '`book.toml`',
    routes: '`src`, `site-url`',
    anchors: 'its own',
    order: '`SUMMARY.md`',
    syntaxes: 'includes, hidden lines of Rust',
    setAside: '`SUMMARY.md`, files that it does not name',
    checked: 'function',
  },
  find(folder) {
    const file = configIn(folder, /^book\.toml$/)
    if (!file) return null
    const config = dataConfigOf(file)
    const base = pathOfUrl(memberOf(config, 'output', 'html', 'site-url'))
    const src = folderPath(textOr(memberOf(config, 'book', 'src'), 'src'))
    const summary = folder.read(posix.join(src, 'SUMMARY.md'))
    const own: Own = {
      chapters: summary === null ? null : pathsIn(itemsOfLinks(summary, posix.join(folder.path, src))),
    }
    return {
      foundIn: file.path,
      config: {
        base,
        roots: [{path: src, base}],
        languages: {default: languageTag(memberOf(config, 'book', 'language'))},
        own,
      },
    }
  },
  conventions: {roots: [{path: 'src', base: ''}], routeEnd: 'html'},
  anchors: {
    // Its function `id_from_content`.
    slug: (text) =>
      text
        .trim()
        .toLowerCase()
        .replace(/[^\p{L}\p{N}_\-\s]/gu, '')
        .replace(/\s/g, '-'),
    unique: dashed('section'),
    avoidsExplicit: true,
  },
  keepsLetterCase: true,
  mdx: 'never',
  dialectsElsewhere: [mdbookIncludes],
  syntax: {hiddenRustLines: true},
  routeOf: (file, site) => routeByPath(file, site),
  staysInRoots: true,
  setAside({segments, path}, site) {
    if (segments.length === 1 && segments[0] === 'SUMMARY')
      return {rule: 'partial', reason: 'SUMMARY.md is the table of contents'}
    const {chapters = null} = site.own as Partial<Own>
    return chapters === null || chapters.includes(path)
      ? null
      : {rule: 'partial', reason: 'SUMMARY.md does not name it'}
  },
  navigation(folder, site) {
    const src = site.roots[0]?.path ?? ''
    const summary = folder.read(posix.join(posix.relative(folder.path, src), 'SUMMARY.md'))
    return summary === null ? null : itemsOfLinks(summary, src)
  },
}
