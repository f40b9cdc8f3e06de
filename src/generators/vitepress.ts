import {mditVueAnchors} from './anchor-rules.ts'
import {folderPath, memberOf, textOr} from './config-values.ts'
import type {Generator} from './generator.ts'
import {joinRoute} from './join-route.ts'
import {configIn} from './project-folder.ts'
import {routeByPath} from './routes.ts'
import {scriptConfigOf} from './script-config.ts'

/** VitePress. */
export const vitepress: Generator = {
  name: 'vitepress',
  title: 'VitePress',
  about: {
    foundBy: '`.vitepress/config.*`',
    routes: '`base`, `srcDir`, `cleanUrls`',
    anchors: '`@mdit-vue/shared`',
    syntaxes: '`:::` containers, code groups, code imports, Vue',
    setAside: '`draft`',
    checked: 'built',
  },
  find(folder) {
    if (!folder.list().includes('.vitepress/')) return null
    const name = /^(?:config|index)\.(?:js|ts|mjs|mts|cjs)$/
    const file = configIn(folder, name, '.vitepress') ?? configIn(folder, name, '.vitepress/config')
    if (!file) return null
    const config = scriptConfigOf(file, folder)
    const base = joinRoute(textOr(memberOf(config, 'base'), ''))
    return {
      foundIn: file.path,
      config: {
        base,
        roots: [{path: folderPath(textOr(memberOf(config, 'srcDir'), '')), base}],
        routeEnd: memberOf(config, 'cleanUrls') === true ? 'bare' : 'html',
      },
    }
  },
  conventions: {
    roots: [
      {path: 'docs', base: ''},
      {path: 'src', base: ''},
    ],
    routeEnd: 'html',
  },
  anchors: mditVueAnchors,
  keepsLetterCase: true,
  mdx: 'never',
  syntax: {templates: true, vue: true},
  routeOf: (file, site) => routeByPath(file, site, {indexFile: ''}),
}
