import type {Generator} from './generator.ts'
import {configIn} from './project-folder.ts'
import {routeByPath} from './routes.ts'

/** Sphinx with MyST-Parser. */
export const sphinx: Generator = {
  name: 'sphinx',
  title: 'Sphinx with MyST',
  about: {
    foundBy: '`conf.py`',
    routes: 'the path, `.html`',
    anchors: 'docutils’',
    syntaxes: 'MyST directives, roles, targets',
    setAside: '`draft`',
    checked: 'published',
  },
  find(folder) {
    const file = configIn(folder, /^conf\.py$/)
    if (!file || !/\bextensions\s*=|\bhtml_theme\s*=/.test(file.text)) return null
    return {foundIn: file.path, config: {roots: [{path: '', base: ''}]}}
  },
  conventions: {
    roots: ['source', 'doc/source', 'docs/source', 'docs'].map((path) => ({path, base: ''})),
    routeEnd: 'html',
  },
  anchors: {
    // The function `make_id` of docutils.
    slug: (text) =>
      text
        .normalize('NFKD')
        .toLowerCase()
        .replace(/[^\u0000-\u007f]/g, '')
        .replace(/[^a-z0-9]+/g, '-')
        .replace(/^[-0-9]+|-+$/g, ''),
    unique(slug, used) {
      if (slug !== '' && !used.has(slug)) return slug
      let n = 1
      while (used.has(`id${n}`)) n++
      return `id${n}`
    },
    avoidsExplicit: true,
  },
  keepsLetterCase: true,
  mdx: 'never',
  syntax: {mystLines: true},
  routeOf: (file, site) => routeByPath(file, site),
}
