import {posix} from 'node:path'
import type {Generator} from '../generator.ts'
import {joinRoute} from '../shared/join-route.ts'
import type {ProjectFolder} from '../shared/project-folder.ts'
import {outsidePages} from '../shared/set-aside.ts'
import type {PageRoot} from '../site.ts'
import {astroAnchors, astroRoute, noAstroPage, starlight} from '../starlight/starlight.ts'
import {astroConfig, collectionFolders} from './config.ts'

/** Astro without Starlight. */
export const astro: Generator = {
  name: 'astro',
  title: 'Astro',
  about: {
    foundBy: '`astro.config.*`',
    routes: '`base`, `srcDir`, `trailingSlash`; collections below the page with parameters that lists them',
    anchors: 'GitHub’s',
    order: 'names',
    syntaxes: 'MDX components',
    setAside: '`draft`, files that begin with `_`',
    checked: 'published',
  },
  find(folder) {
    const found = astroConfig(folder)
    if (!found || starlight.find(folder)) return null
    const {base, source, routeEnd} = found
    const pages = posix.join(source, 'pages')
    return {
      foundIn: found.file.path,
      config: {
        base,
        roots: [{path: pages, base}, ...collectionRoots(folder, source, base)],
        routeEnd,
      },
    }
  },
  conventions: {roots: [{path: 'src/pages', base: ''}], routeEnd: 'slash'},
  anchors: astroAnchors,
  mdx: 'maybe',
  routeOf: astroRoute,
  setAside: (file, site) => outsidePages(file, site) ?? noAstroPage(file),
}

/** The folders of collections, below the routes of the pages that name them: `src/pages/blog/[...slug].astro`. */
function collectionRoots(folder: ProjectFolder, source: string, base: string): PageRoot[] {
  const pages = pagesWithParameters(folder, posix.join(source, 'pages'))
  const texts = pages.map((path) => ({path, text: folder.read(path) ?? ''}))
  return Object.entries(collectionFolders(folder, source)).map(([name, path]) => {
    const call = new RegExp(`get(?:Collection|Entry)\\(\\s*['"\`]${name.replace(/\W/g, '\\$&')}['"\`]`)
    const page = texts.find(({text}) => call.test(text))?.path
    const fixed = page
      ?.slice(`${source}/pages/`.length)
      .split('/')
      .slice(0, -1)
      .filter((part) => !part.startsWith('['))
    return {path, base: joinRoute(base, ...(fixed ?? [name]))}
  })
}

/** Pages that are looked at, and how deep. */
const maxPages = 200
const maxDepth = 5

function pagesWithParameters(folder: ProjectFolder, home: string, depth = 0): string[] {
  if (depth > maxDepth) return []
  const found: string[] = []
  for (const name of folder.list(home)) {
    if (found.length >= maxPages) break
    const path = `${home}/${name.replace(/\/$/, '')}`
    if (name.endsWith('/')) found.push(...pagesWithParameters(folder, path, depth + 1))
    else if (/^\[.+\]\.astro$/.test(name)) found.push(path)
  }
  return found
}
