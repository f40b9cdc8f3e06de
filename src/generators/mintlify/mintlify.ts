import {posix} from 'node:path'
import type {Generator} from '../generator.ts'
import {type AnchorRule, dashed} from '../shared/anchor-rules.ts'
import {textsOf} from '../shared/config-values.ts'
import {labelledFolders} from '../shared/labelled-folders.ts'
import {languageTag} from '../shared/languages.ts'
import {describedOpening} from '../shared/openings.ts'
import {isIgnored} from '../shared/patterns.ts'
import {configIn} from '../shared/project-folder.ts'
import {routeByPath} from '../shared/routes.ts'
import {hidden, partial} from '../shared/set-aside.ts'
import {versionName} from '../shared/versions.ts'
import type {SiteConfig} from '../site.ts'
import {mintlifyItems, mintlifyNavigation, type NavigationPage, pagesIn} from './navigation.ts'

const maxIgnoreLines = 500

/** Mintlify. */
export const mintlify: Generator = {
  name: 'mintlify',
  title: 'Mintlify',
  about: {
    foundBy: '`docs.json`, `mint.json`',
    routes: 'the path; languages and versions of `navigation`',
    anchors: 'its own, of `@mintlify/common`',
    order: '`navigation`',
    syntaxes: 'MDX components, snippets, titles of code',
    setAside: '`draft`, `noindex`, `hidden`, hidden groups, `snippets/`, READMEs, `.mintignore`',
    checked: 'function',
  },
  find(folder) {
    const file = configIn(folder, /^(?:mint|docs)\.json$/)
    if (!file || !/"(?:navigation|\$schema)"/.test(file.text)) return null
    const navigation = mintlifyNavigation(file, folder)
    if (navigation === null) return null
    const ignored = folder.list().includes('.mintignore') ? folder.read('.mintignore') : null
    return {
      foundIn: file.path,
      config: {
        roots: [{path: '', base: ''}],
        ...labels(pagesIn(navigation)),
        own: {
          hidden: [...new Set(pagesIn(navigation).flatMap(({path, isHidden}) => (isHidden ? [path] : [])))],
          ignored: (ignored ?? '').split(/\r?\n/).slice(0, maxIgnoreLines),
        },
      },
    }
  },
  conventions: {routeEnd: 'bare'},
  anchors: {slug: mintlifySlug, unique: dashed('', 2), avoidsExplicit: true} satisfies AnchorRule,
  keepsLetterCase: true,
  mdx: 'always',
  openingOf: describedOpening,
  syntax: {codeTitles: true},
  routeOf: (file, site) => routeByPath(file, site, {isIndex: (segments) => segments.at(-1) === 'index'}),
  staysInRoots: true,
  setAside(file, site) {
    const {segments, frontMatter, path} = file
    const page = segments.join('/')
    if (/^_?snippets$/.test(segments[0]!) && segments.length > 1)
      return partial('files in snippets/ are parts of other pages')
    if (
      path.endsWith('.md') &&
      /^(?:readme|license|changelog|contributing|contribute)$/i.test(segments.at(-1)!)
    )
      return partial('Mintlify publishes no file of this name')
    if (frontMatter.data['hidden'] === true) return hidden('its front matter says hidden: true')
    if (textsOf(site.own['hidden']).includes(page)) return hidden('it is in a hidden part of the navigation')
    const name = path.slice(site.folder === '' ? 0 : site.folder.length + 1)
    return isIgnored(name, textsOf(site.own['ignored'])) ? partial('.mintignore leaves it out') : null
  },
  navigation(folder, site) {
    const file = configIn(folder, /^(?:mint|docs)\.json$/)
    const navigation = file && mintlifyNavigation(file, folder)
    const items = mintlifyItems(navigation, (page) => posix.join(site.folder, page))
    return items.length > 0 ? items : null
  },
}

/**
 * `slugify` of `@mintlify/common`, and what `cleanHeadingId` makes of its result in the page. Text beyond ASCII and marks
 * such as `&` and `/` go through percent-encoding and come back.
 */
export function mintlifySlug(text: string): string {
  let encoded: string
  try {
    encoded = encodeURIComponent(text.toLowerCase().trim().replace(/\s+/g, '-'))
  } catch {
    // Half of a surrogate pair.
    return ''
  }
  const kept = /%[0-9A-F]{2}/.test(encoded) ? /[^a-zA-Z\d%_]+/g : /[^a-z\d_]+/g
  const slug = encoded
    .replace(kept, '-')
    .replace(/([a-zA-Z\d]+)-([ts])(-|$)/g, '$1$2$3')
    .replace(/-{2,}/g, '-')
    .replace(/^-|-$/g, '')
  return cleaned(slug)
}

function cleaned(id: string): string {
  try {
    return decodeURIComponent(id.replace(/%(?![0-9A-Fa-f]{2})/g, '%25'))
      .replace(/[?,;:!'"()[\]{}]/g, '')
      .replace(
        /\p{Emoji_Modifier}|\p{Emoji_Modifier_Base}|\p{Emoji_Presentation}|\p{Extended_Pictographic}|[\u200D\uFE0E\uFE0F]/gu,
        '',
      )
  } catch {
    return id
  }
}

/** Languages and versions of folders whose pages the navigation lists under one of them. */
function labels(pages: readonly NavigationPage[]): Pick<SiteConfig, 'languages' | 'versions'> {
  const versions = labelsOf(pages, ({version}) => version)
  const current = pages.find(({version, isDefault}) => version !== null && isDefault)?.version
  const nameOf = (folder: string): string => versionName(posix.basename(folder)) ?? versions[folder]!
  const currentFolder = Object.keys(versions).find((folder) => versions[folder] === current)
  return {
    ...languagesOf(pages),
    versions: {
      current: currentFolder === undefined ? null : nameOf(currentFolder),
      folders: Object.fromEntries(Object.keys(versions).map((folder) => [folder, nameOf(folder)])),
    },
  }
}

/** Nothing where the navigation names no languages: the files may show them. */
function languagesOf(pages: readonly NavigationPage[]): Pick<SiteConfig, 'languages'> {
  const folders = labelsOf(pages, ({language}) => language)
  if (Object.keys(folders).length === 0) return {}
  const main = languageOf(pages.find(({language, isDefault}) => language !== null && isDefault)?.language)
  const translated = Object.entries(folders).flatMap(([folder, name]) => {
    const tag = languageOf(name)
    return tag === null || tag === main ? [] : [[folder, tag] as const]
  })
  return {languages: {default: main, folders: Object.fromEntries(translated)}}
}

function labelsOf(
  pages: readonly NavigationPage[],
  label: (page: NavigationPage) => string | null,
): Record<string, string> {
  const byPage = new Map<string, Set<string>>()
  for (const page of pages) {
    const name = label(page)
    if (name !== null) byPage.set(page.path, (byPage.get(page.path) ?? new Set()).add(name))
  }
  return labelledFolders(byPage)
}

/** Mintlify writes some languages by the country. */
function languageOf(name: string | null | undefined): string | null {
  const known: Readonly<Record<string, string>> = {cn: 'zh-Hans', jp: 'ja'}
  return languageTag(known[name ?? ''] ?? name)
}
