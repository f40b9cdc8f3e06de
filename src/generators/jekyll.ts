import {dashed} from './anchor-rules.ts'
import {yamlValue} from './config-values.ts'
import type {Generator} from './generator.ts'
import {joinRoute} from './join-route.ts'
import {configIn} from './project-folder.ts'
import {routeByPath} from './routes.ts'

/** Jekyll with kramdown. */
export const jekyll: Generator = {
  name: 'jekyll',
  title: 'Jekyll',
  about: {
    foundBy: '`_config.yml`',
    routes: '`baseurl`, `permalink`',
    anchors: 'kramdown’s',
    syntaxes: 'Liquid, attribute lists, includes',
    setAside: '`published: false`',
    checked: 'published',
  },
  find(folder) {
    const file = configIn(folder, /^_config\.ya?ml$/)
    if (!file) return null
    const base = joinRoute(yamlValue(file.text, 'baseurl') ?? '')
    const permalink = yamlValue(file.text, 'permalink')
    return {
      foundIn: file.path,
      config: {
        base,
        roots: [{path: '', base}],
        routeEnd: permalink === 'pretty' || permalink?.endsWith('/') ? 'slash' : 'html',
      },
    }
  },
  conventions: {roots: [{path: 'docs', base: ''}], routeEnd: 'html'},
  anchors: {
    slug: (text) =>
      text
        .replace(/^[^a-zA-Z]+/, '')
        .replace(/[^a-zA-Z0-9 -]/g, '')
        .replace(/ /g, '-')
        .toLowerCase() || 'section',
    unique: dashed('section'),
    avoidsExplicit: true,
  },
  keepsLetterCase: true,
  mdx: 'never',
  syntax: {templates: true},
  routeOf: (file, site) => routeByPath(file, site),
}
