import {githubAnchors} from './anchor-rules.ts'
import type {Generator} from './generator.ts'
import {routeByPath} from './routes.ts'

/** A folder of Markdown without a known generator: the file's path as its route, and GitHub's anchors. */
export const plain: Generator = {
  name: 'plain',
  title: 'none',
  about: {
    foundBy: 'no other',
    routes: 'the path',
    anchors: 'GitHub’s',
    syntaxes: 'all of them',
    setAside: '`draft`, `noindex`',
    checked: '',
  },
  find: () => null,
  conventions: {routeEnd: 'bare'},
  anchors: githubAnchors,
  mdx: 'maybe',
  routeOf: (file, site) => routeByPath(file, site),
}
