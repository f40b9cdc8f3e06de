import {dashed} from './anchor-rules.ts'
import {folderPath, memberOf, pathOfUrl, textOr} from './config-values.ts'
import {dataConfigOf} from './data-config.ts'
import type {Generator} from './generator.ts'
import {languageTag} from './languages.ts'
import {configIn} from './project-folder.ts'
import {routeByPath} from './routes.ts'

/** mdBook. */
export const mdbook: Generator = {
  name: 'mdbook',
  title: 'mdBook',
  about: {
    foundBy: '`book.toml`',
    routes: '`src`, `site-url`',
    anchors: 'its own',
    syntaxes: 'includes, hidden lines of Rust',
    setAside: '`SUMMARY.md`',
    checked: 'published',
  },
  find(folder) {
    const file = configIn(folder, /^book\.toml$/)
    if (!file) return null
    const config = dataConfigOf(file)
    const base = pathOfUrl(memberOf(config, 'output', 'html', 'site-url'))
    return {
      foundIn: file.path,
      config: {
        base,
        roots: [{path: folderPath(textOr(memberOf(config, 'book', 'src'), 'src')), base}],
        languages: {default: languageTag(memberOf(config, 'book', 'language'))},
      },
    }
  },
  conventions: {roots: [{path: 'src', base: ''}], routeEnd: 'html'},
  anchors: {
    slug: (text) =>
      text
        .trim()
        .toLowerCase()
        .replace(/[^\p{L}\p{N}_\-\s]/gu, '')
        .replace(/\s/g, '-'),
    unique: dashed(),
    avoidsExplicit: true,
  },
  keepsLetterCase: true,
  mdx: 'never',
  syntax: {hiddenRustLines: true},
  routeOf: (file, site) => routeByPath(file, site),
  setAside: ({segments}) =>
    segments.length === 1 && segments[0] === 'SUMMARY'
      ? {rule: 'partial', reason: 'SUMMARY.md is the table of contents'}
      : null,
}
