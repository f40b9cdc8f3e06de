import {slug} from 'github-slugger'
import {githubAnchors} from './anchor-rules.ts'
import {memberOf, textOr} from './config-values.ts'
import type {Generator} from './generator.ts'
import {joinRoute} from './join-route.ts'
import {configIn} from './project-folder.ts'
import {routeByPath} from './routes.ts'
import {scriptConfigOf} from './script-config.ts'

/** Starlight, and Astro sites of Markdown pages. */
export const starlight: Generator = {
  name: 'starlight',
  title: 'Starlight',
  about: {
    foundBy: '`astro.config.*`',
    routes: '`base`, `trailingSlash`, `slug`, languages',
    anchors: 'GitHub’s',
    syntaxes: '`:::` asides, MDX components',
    setAside: '`draft`',
    checked: 'built',
  },
  find(folder) {
    const file = configIn(folder, /^astro\.config\.(?:js|ts|mjs|cjs|mts)$/)
    if (!file) return null
    const config = scriptConfigOf(file, folder)
    const base = joinRoute(textOr(memberOf(config, 'base'), ''))
    return {
      foundIn: file.path,
      config: {
        base,
        roots: [
          {path: 'src/content/docs', base},
          {path: 'src/pages', base},
        ],
        routeEnd: memberOf(config, 'trailingSlash') === 'never' ? 'bare' : 'slash',
      },
    }
  },
  conventions: {
    roots: [
      {path: 'src/content/docs', base: ''},
      {path: 'src/pages', base: ''},
    ],
    routeEnd: 'slash',
  },
  anchors: githubAnchors,
  mdx: 'maybe',
  routeOf: (file, site) => routeByPath(file, site, {segment: (name) => slug(name), slugFromBase: true}),
}
