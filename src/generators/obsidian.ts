import {posix} from 'node:path'
import {wikiLinks} from '../markdown/dialect-kit.ts'
import type {Generator} from './generator.ts'
import {type AnchorRule, dashed} from './shared/anchor-rules.ts'
import {memberOf} from './shared/config-values.ts'
import {dataConfigOf} from './shared/data-config.ts'
import {joinRoute} from './shared/join-route.ts'
import type {ProjectFolder} from './shared/project-folder.ts'

type Own = {
  /** Folders of templates and such, below the project's root. */
  readonly ignored: readonly string[]
}

/** Obsidian, with the addresses of Obsidian Publish. */
export const obsidian: Generator = {
  name: 'obsidian',
  title: 'Obsidian Publish',
  about: {
    foundBy: '`.obsidian/`, `publish.css`, `publish.js`',
    routes: 'the path, `permalink`',
    anchors: 'the heading itself',
    order: 'names',
    syntaxes: '`[[links]]`, `![[embeds]]`, `%%comments%%`, `==marks==`, callouts, block ids',
    setAside: '`publish: false`, templates, excluded files',
    checked: 'published',
  },
  find(folder) {
    const found = folder.list().find((name) => /^(?:\.obsidian\/|publish\.(?:css|js))$/.test(name))
    if (found === undefined) return null
    const own: Own = {ignored: ignoredIn(folder)}
    return {
      foundIn: found.replace(/\/$/, ''),
      config: {roots: [{path: '', base: ''}], includeFolders: foldersIn(folder), own},
    }
  },
  conventions: {routeEnd: 'bare'},
  anchors: {
    slug: (text) =>
      text
        .replace(/[#|^:]|%%|\[\[|\]\]/g, ' ')
        .trim()
        .replace(/\s+/g, '+'),
    unique: dashed(),
    avoidsExplicit: false,
  } satisfies AnchorRule,
  namesPagesByFile: true,
  mdx: 'never',
  dialects: [wikiLinks((part) => part.replaceAll(' ', '+'))],
  routeOf: ({base, segments}) => joinRoute(base, ...segments.map((name) => name.replaceAll(' ', '+'))) || '/',
  setAside({path, frontMatter: {data}}, site) {
    if (data['publish'] === false) return {rule: 'draft', reason: 'its front matter says publish: false'}
    const {ignored = []} = site.own as Partial<Own>
    return ignored.some((folder) => path === folder || path.startsWith(`${folder}/`))
      ? {rule: 'partial', reason: 'the vault’s settings exclude it'}
      : null
  },
}

/** The folder of templates and the excluded paths in the vault's settings; patterns in slashes are not read. */
function ignoredIn(folder: ProjectFolder): string[] {
  const settings = (name: string): unknown => {
    const text = folder.read(`.obsidian/${name}.json`)
    return text === null ? null : dataConfigOf({path: `${name}.json`, text})
  }
  const filters = memberOf(settings('app'), 'userIgnoreFilters')
  const paths = [
    memberOf(settings('templates'), 'folder'),
    memberOf(settings('plugins/templater-obsidian/data'), 'templates_folder'),
    ...(Array.isArray(filters) ? filters : []),
  ]
  return paths
    .filter((path): path is string => typeof path === 'string' && /[^/]/.test(path) && !/^\/.*\/$/.test(path))
    .map((path) => posix.join(folder.path, path.replace(/^\/+|\/+$/g, '')))
}

/** As many as a name is looked for in. */
const maxFolders = 80

/** The folders of a vault: notes are embedded by their names alone. */
export function foldersIn(folder: ProjectFolder, home = ''): string[] {
  const found = [home]
  for (let n = 0; n < found.length && found.length < maxFolders; n++)
    for (const name of folder.list(found[n]!))
      if (/^[^._].*\/$/.test(name)) found.push(posix.join(found[n]!, name.slice(0, -1)))
  return found.slice(1, maxFolders)
}
