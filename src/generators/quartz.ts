import {posix} from 'node:path'
import {slug} from 'github-slugger'
import {wikiLinks} from '../markdown/dialect-kit.ts'
import type {Generator} from './generator.ts'
import {foldersIn} from './obsidian.ts'
import {githubAnchors} from './shared/anchor-rules.ts'
import {folderPath, isRecord, memberOf, pathOfUrl, textOr} from './shared/config-values.ts'
import {dataConfigOf} from './shared/data-config.ts'
import {languageTag} from './shared/languages.ts'
import {matchesAny} from './shared/patterns.ts'
import {configIn, type ProjectFolder} from './shared/project-folder.ts'
import {routeByPath} from './shared/routes.ts'
import {scriptConfigOf} from './shared/script-config.ts'

type Own = {
  readonly ignored: readonly string[]
  /** Whether only notes with `publish: true` are published. */
  readonly isExplicit: boolean
}

/** Quartz 4, which publishes Obsidian vaults. */
export const quartz: Generator = {
  name: 'quartz',
  title: 'Quartz',
  about: {
    foundBy: '`quartz.config.*`',
    routes:
      '`baseUrl`, the path by its function, `permalink`; `content` and the folders of `quartz build -d`',
    anchors: 'GitHub’s',
    order: 'names',
    syntaxes: 'those of Obsidian',
    setAside: '`draft`, `publish` with `ExplicitPublish`, `ignorePatterns`',
    checked: 'function',
  },
  find(folder) {
    const file = configIn(folder, /^quartz\.config\.(?:ts|js)$/)
    if (!file) return null
    const settings = memberOf(scriptConfigOf(file, folder), 'configuration')
    const ignored = memberOf(settings, 'ignorePatterns')
    const host = textOr(memberOf(settings, 'baseUrl'), '')
    const base = pathOfUrl(host === '' ? '' : `https://${host.replace(/^https?:\/\//, '')}`)
    const own: Own = {
      ignored: (Array.isArray(ignored) ? ignored : []).filter(
        (glob): glob is string => typeof glob === 'string',
      ),
      isExplicit: /^[^/\n]*\bExplicitPublish\(/m.test(file.text),
    }
    return {
      foundIn: file.path,
      config: {
        base,
        roots: ['content', ...foldersOfScripts(folder)].map((path) => ({path, base})),
        includeFolders: foldersIn(folder, 'content'),
        languages: {default: languageTag(memberOf(settings, 'locale'))},
        own,
      },
    }
  },
  conventions: {roots: [{path: 'content', base: ''}], routeEnd: 'bare'},
  anchors: githubAnchors,
  namesPagesByFile: true,
  mdx: 'never',
  dialects: [wikiLinks(slug)],
  addressesBelowBase: true,
  routeOf(file, site) {
    const named = {...file, frontMatter: {...file.frontMatter, slug: null}}
    const isIndex = (segments: readonly string[]): boolean => /^_?index$/.test(segments.at(-1) ?? '')
    const route = routeByPath(named, site, {segment: sluggified, isIndex})
    return isIndex(file.segments) && !route.endsWith('/') ? `${route}/` : route
  },
  staysInRoots: true,
  setAside({path, segments, frontMatter: {data}}, site) {
    const {ignored = [], isExplicit = false} = site.own as Partial<Own>
    const below = [...segments.slice(0, -1), posix.basename(path)].join('/')
    if (
      matchesAny(
        below,
        ignored.flatMap((glob) => [glob, `${glob}/**`, `**/${glob}/**`]),
      )
    )
      return {rule: 'hidden', reason: 'ignorePatterns names it'}
    const isPublished = data['publish'] === true || data['publish'] === 'true'
    return isExplicit && !isPublished
      ? {rule: 'draft', reason: 'its front matter does not say publish: true'}
      : null
  },
}

/** Folders other than `content` that the project's scripts build: `quartz build -d docs`. */
function foldersOfScripts(folder: ProjectFolder): string[] {
  const text = folder.read('package.json')
  const scripts = text === null ? null : memberOf(dataConfigOf({path: 'package.json', text}), 'scripts')
  const found = Object.values(isRecord(scripts) ? scripts : {}).flatMap((script) => {
    const name = /\bquartz(?:\.mjs)? build\b.*?\s(?:-d|--directory)[ =]([^\s"']+)/.exec(
      textOr(script, ''),
    )?.[1]
    return name === undefined ? [] : [folderPath(name)]
  })
  return found.filter((path) => path !== '' && !path.startsWith('..') && path !== 'content')
}

/** Its function `sluggify`. */
function sluggified(name: string): string {
  return name.replace(/\s/g, '-').replaceAll('&', '-and-').replaceAll('%', '-percent').replace(/[?#]/g, '')
}
