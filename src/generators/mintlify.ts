import {githubAnchors} from './anchor-rules.ts'
import type {Generator} from './generator.ts'
import {configIn} from './project-folder.ts'
import {routeByPath} from './routes.ts'

/** Mintlify. */
export const mintlify: Generator = {
  name: 'mintlify',
  title: 'Mintlify',
  about: {
    foundBy: '`docs.json`, `mint.json`',
    routes: 'the path',
    anchors: 'GitHub’s',
    syntaxes: 'MDX components',
    setAside: '`draft`, `noindex`',
    checked: 'published',
  },
  find(folder) {
    const file = configIn(folder, /^(?:mint|docs)\.json$/)
    if (!file || !/"(?:navigation|\$schema)"/.test(file.text)) return null
    return {foundIn: file.path, config: {}}
  },
  conventions: {routeEnd: 'bare'},
  anchors: githubAnchors,
  mdx: 'always',
  routeOf: (file, site) => routeByPath(file, site),
}
