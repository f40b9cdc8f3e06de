import type {AnchorRule} from './anchor-rules.ts'
import {dashed} from './anchor-rules.ts'
import {folderPath, memberOf, pathOfUrl, plainValues, textOr} from './config-values.ts'
import {dataConfigOf} from './data-config.ts'
import type {Generator} from './generator.ts'
import {languageTag} from './languages.ts'
import {type ConfigFile, configIn, type ProjectFolder} from './project-folder.ts'
import {routeByPath} from './routes.ts'
import type {PageRoot} from './site.ts'

/** Hugo. */
export const hugo: Generator = {
  name: 'hugo',
  title: 'Hugo',
  about: {
    foundBy: '`hugo.*`, `config.*` of Hugo, `config/_default/`',
    routes: '`baseURL`, `contentDir`, languages, `uglyURLs`, `url`, `slug`, sections',
    anchors: 'its own, as GitHub’s',
    syntaxes: 'shortcodes, attributes',
    setAside: '`draft`',
    checked: 'built',
  },
  find(folder) {
    const file = hugoConfig(folder)
    if (!file) return null
    const config = lowerCased(dataConfigOf(file))
    const content = folderPath(textOr(memberOf(config, 'contentdir'), 'content'))
    const language = textOr(memberOf(config, 'defaultcontentlanguage'), 'en')
    const base = pathOfUrl(memberOf(config, 'baseurl'))
    return {
      foundIn: file.path,
      config: {
        base,
        roots: [
          {path: `${content}/${language}`, base},
          {path: content, base},
        ],
        routeEnd: memberOf(config, 'uglyurls') === true ? 'html' : 'slash',
        params: plainValues(memberOf(dataConfigOf(file), 'params')),
        languages: {default: languageTag(memberOf(config, 'defaultcontentlanguage'))},
      },
    }
  },
  conventions: {
    roots: [
      {path: 'content/en', base: ''},
      {path: 'content', base: ''},
    ] satisfies PageRoot[],
    routeEnd: 'slash',
  },
  anchors: {
    // Its "github" ids: letters, digits, _ and - stay, a space becomes -, everything else is removed.
    slug: (text) =>
      text
        .trim()
        .toLowerCase()
        .replace(/[^\p{L}\p{Nd}_\- ]/gu, '')
        .replace(/ /g, '-'),
    unique: dashed('heading'),
    avoidsExplicit: true,
  } satisfies AnchorRule,
  mdx: 'never',
  syntax: {shortcodesInCode: true},
  routeOf: (file, site) =>
    routeByPath(file, site, {
      segment: (name) => name.toLowerCase().replace(/\s+/g, '-'),
      slugNamesFolder: true,
    }),
}

function hugoConfig(folder: ProjectFolder): ConfigFile | null {
  const named =
    configIn(folder, /^hugo\.(?:toml|ya?ml|json)$/) ??
    configIn(folder, /^(?:hugo|config)\.(?:toml|ya?ml|json)$/, 'config/_default')
  if (named) return named
  const file = configIn(folder, /^config\.(?:toml|ya?ml|json)$/)
  const isHugo =
    file &&
    /^\s*["']?(?:baseURL|languageCode|theme|enableGitInfo|contentDir|defaultContentLanguage)["']?\s*[=:]/im.test(
      file.text,
    )
  return isHugo ? file : null
}

/** Hugo ignores the case of keys. */
function lowerCased(config: unknown): Record<string, unknown> {
  if (typeof config !== 'object' || config === null) return {}
  return Object.fromEntries(Object.entries(config).map(([name, value]) => [name.toLowerCase(), value]))
}
