import type {Generator} from './generator.ts'
import {githubAnchors} from './shared/anchor-rules.ts'
import {routeByPath} from './shared/routes.ts'

/** A folder of Markdown without a known generator: the file's path as its route, and GitHub's anchors. */
export const plain: Generator = {
  name: 'plain',
  title: 'none',
  about: {
    foundBy: 'no other',
    routes: 'the path',
    anchors: 'GitHub’s',
    order: '`order`, `position`, `weight`, names',
    syntaxes: 'all of them',
    setAside: 'folders such as `_partials`',
    checked: '',
  },
  find: () => null,
  conventions: {routeEnd: 'bare'},
  anchors: {...githubAnchors, hasTerms: true},
  guessesAnchors: true,
  mdx: 'maybe',
  syntax: {mystLines: true},
  routeOf: (file, site) =>
    // A slug with folders in it says where the page is.
    routeByPath(file, site, {slugFromBase: file.frontMatter.slug?.includes('/') ?? false}),
  setAside: ({path}) =>
    path.split('/').some((name) => partFolder.test(name))
      ? {rule: 'partial', reason: 'files in folders such as _partials are parts of other pages'}
      : null,
  positionOf({frontMatter: {data}}) {
    const found = positionNames.map((name) => data[name]).find((value) => typeof value === 'number')
    return typeof found === 'number' && Number.isFinite(found) ? found : null
  },
}

/** How the front matter of other generators calls it. */
const positionNames = ['order', 'position', 'weight', 'nav_order', 'sidebar_position']

const partFolder = /^_(?:partials?|includes?|snippets?|shared|templates?|layouts?)$/i
