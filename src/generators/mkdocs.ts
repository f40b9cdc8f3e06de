import {folderPath, pathOfUrl, yamlValue} from './config-values.ts'
import type {Generator} from './generator.ts'
import {configIn} from './project-folder.ts'
import {routeByPath} from './routes.ts'

/** MkDocs with Python-Markdown, and Zensical, which reads the same projects. */
export const mkdocs: Generator = {
  name: 'mkdocs',
  title: 'MkDocs',
  about: {
    foundBy: '`mkdocs.yml`, `zensical.toml`',
    routes: '`site_url`, `docs_dir`, `use_directory_urls`',
    anchors: 'Python-Markdown’s',
    syntaxes: 'admonitions, content tabs, snippets, attribute lists',
    setAside: '`draft`',
    checked: 'built',
  },
  find(folder) {
    const file = configIn(folder, /^mkdocs\.ya?ml$/) ?? configIn(folder, /^zensical\.toml$/)
    if (!file) return null
    const isToml = file.path.endsWith('.toml')
    const value = (name: string): string | null => (isToml ? null : yamlValue(file.text, name))
    const base = pathOfUrl(value('site_url'))
    return {
      foundIn: file.path,
      config: {
        base,
        roots: [{path: folderPath(value('docs_dir') ?? 'docs'), base}],
        routeEnd: value('use_directory_urls') === 'false' ? 'html' : 'slash',
      },
    }
  },
  conventions: {roots: [{path: 'docs', base: ''}], routeEnd: 'slash'},
  anchors: {
    // The function `slugify` of Python-Markdown's toc extension.
    slug: (text) =>
      text
        .normalize('NFKD')
        .replace(/[^\u0000-\u007f]/g, '')
        .replace(/[^\w\s-]/g, '')
        .trim()
        .toLowerCase()
        .replace(/[-\s]+/g, '-'),
    unique(slug, used) {
      let id = slug
      while (id === '' || used.has(id)) {
        const numbered = /^(.*)_(\d+)$/.exec(id)
        id = numbered ? `${numbered[1]}_${Number(numbered[2]) + 1}` : `${id}_1`
      }
      return id
    },
    avoidsExplicit: true,
  },
  keepsLetterCase: true,
  mdx: 'never',
  routeOf: (file, site) => routeByPath(file, site),
}
