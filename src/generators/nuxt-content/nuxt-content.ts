import {posix} from 'node:path'
import {slug as githubSlug} from 'github-slugger'
import type {Generator} from '../generator.ts'
import {dashed} from '../shared/anchor-rules.ts'
import {folderPath, isRecord, memberOf, plainValues, textOr} from '../shared/config-values.ts'
import {dataConfigOf} from '../shared/data-config.ts'
import {joinRoute} from '../shared/join-route.ts'
import {describedOpening} from '../shared/openings.ts'
import {dependencyIn} from '../shared/package-file.ts'
import {type ConfigFile, configIn, type ProjectFolder} from '../shared/project-folder.ts'
import {scriptConfigOf} from '../shared/script-config.ts'
import {besidePages, partial} from '../shared/set-aside.ts'
import type {PageRoot} from '../site.ts'
import {mdc} from './syntax.ts'

/** Nuxt Content 2 and 3, and Docus. */
export const nuxtContent: Generator = {
  name: 'nuxt-content',
  title: 'Nuxt Content, Docus',
  about: {
    foundBy:
      '`nuxt.config.*` or `package.json` with `@nuxt/content` or `docus`; numbered folders with `.navigation.yml`',
    routes: 'number prefixes, `prefix` of collections',
    anchors: '`@nuxtjs/mdc`’s',
    order: 'numbers, `.navigation.yml`',
    syntaxes: 'MDC: `::name{…}`, slots, `:name[…]{…}`, attributes',
    setAside: '`draft`, `.draft`, files that begin with `.` or `-`',
    checked: 'function',
  },
  find(folder) {
    const names = folder.list()
    const file = configIn(folder, /^content\.config\.(?:ts|js|mts|mjs)$/)
    const nuxt = configIn(folder, /^nuxt\.config\.(?:ts|js|mts|mjs)$/)
    const marked = nuxt && /@nuxt\/content|\bdocus\b/.test(nuxt.text) ? nuxt.path : null
    const isDependent = ['@nuxt/content', 'docus'].some((name) => dependencyIn(folder, name) !== null)
    if (marked === null && !isDependent) return numberedFolders(folder)
    if (!names.includes('content/') && !file) return numberedFolders(folder)
    const roots = file ? collectionRoots(file, folder) : []
    return {
      foundIn: marked ?? file?.path ?? 'package.json',
      config: {base: '', roots: [...roots, {path: 'content', base: ''}]},
    }
  },
  conventions: {roots: [{path: 'content', base: ''}], routeEnd: 'bare'},
  anchors: {
    slug: (text) => githubSlug(text),
    unique: dashed(),
    avoidsExplicit: false,
    finished: (id) => id.replace(/-+/g, '-').replace(/^-|-$/g, '').replace(/^(\d)/, '_$1'),
  },
  mdx: 'never',
  dialects: [mdc],
  openingOf: describedOpening,
  paramsOf: ({frontMatter: {data}}) =>
    Object.fromEntries(Object.entries(plainValues(data)).map(([name, value]) => [`$doc.${name}`, value])),
  routeOf: ({segments, base}) => joinRoute(base, ...segments.map(nameOf)) || '/',
  setAside(file, site) {
    const outside = besidePages(file, site)
    if (outside) return outside
    const name = file.segments.at(-1)!
    if (name === 'README' && file.segments.length === 1) return partial('it is about the repository')
    if (/\.draft$/.test(name)) return {rule: 'draft', reason: 'its name ends in .draft'}
    return file.segments.some((part) => /^[.-]/.test(part))
      ? partial('files and folders that begin with . or - are left out')
      : null
  },
  positionOf({segments}) {
    const name = /^(?:\d+\.)?index$/.test(segments.at(-1)!) ? segments.at(-2) : segments.at(-1)
    const number = /^(\d+)\./.exec(name ?? '')?.[1]
    return number === undefined ? null : Number(number)
  },
  labelOf(folder) {
    const file = configIn(folder, /^(?:\.navigation|_dir)\.(?:ya?ml|json)$/)
    const title = textOr(memberOf(file && dataConfigOf(file), 'title'), '')
    return title === '' ? null : {title, position: null}
  },
}

/** A folder of pages that is a layer of a site elsewhere: `1.guide/.navigation.yml`. */
function numberedFolders(folder: ProjectFolder): ReturnType<Generator['find']> {
  const numbered = folder.list().filter((name) => /^\d+\.[^/]+\/$/.test(name))
  for (const name of numbered.slice(0, 50)) {
    const mark = folder
      .list(name.slice(0, -1))
      .find((file) => /^(?:\.navigation|_dir)\.(?:ya?ml|json)$/.test(file))
    if (mark !== undefined) return {foundIn: `${name}${mark}`, config: {roots: [{path: '', base: ''}]}}
  }
  return null
}

/** The sources of a project's collections: `docs/**` is below `/docs` unless `prefix` says otherwise. */
function collectionRoots(file: ConfigFile, folder: ProjectFolder): PageRoot[] {
  const collections = memberOf(scriptConfigOf(file, folder), 'collections')
  if (!isRecord(collections)) return []
  return Object.values(collections).flatMap((collection) => {
    if (memberOf(collection, 'type') === 'data') return []
    return [memberOf(collection, 'source')].flat().flatMap((source): PageRoot[] => {
      const include = typeof source === 'string' ? source : memberOf(source, 'include')
      if (typeof include !== 'string' || memberOf(source, 'repository') !== undefined) return []
      const fixed = folderPath(include.replace(/[^/]*[*{].*$/s, ''))
      if (/\.\w+$/.test(fixed)) return []
      const home = folderPath(textOr(memberOf(source, 'cwd'), 'content'))
      return [{path: posix.join(home, fixed), base: joinRoute(textOr(memberOf(source, 'prefix'), fixed))}]
    })
  })
}

const versionNumber = /^\d+(?:\.\d+)*(?:\.x)?$/
const words: Readonly<Record<string, string>> = {
  '&': 'and',
  '%': 'percent',
  $: 'dollar',
  '|': 'or',
  '<': 'less',
  '>': 'greater',
}

/** By `refineUrlPart` and `generatePath` of Nuxt Content, with the package `slugify`. */
function nameOf(segment: string): string {
  const name = versionNumber.test(segment)
    ? segment
    : segment
        .replace(/^\d+\./, '')
        .replace(/^index(?:\.draft)?$/, '')
        .replace(/\.draft$/, '')
  return name
    .normalize('NFD')
    .replace(/\p{Diacritic}/gu, '')
    .replace(/[&%$|<>]/g, (character) => words[character]!)
    .replace(/[^\w\s$*_+~.()'"!\-:@]+/g, '')
    .trim()
    .replace(/\s+/g, '-')
    .toLowerCase()
}
