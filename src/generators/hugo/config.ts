import {folderPath, isRecord, memberOf, pathOfUrl, textOr} from '../shared/config-values.ts'
import {dataConfigOf} from '../shared/data-config.ts'
import {joinRoute} from '../shared/join-route.ts'
import {languageTag} from '../shared/languages.ts'
import {type ConfigFile, configIn, type ProjectFolder} from '../shared/project-folder.ts'
import type {PageRoot} from '../site.ts'

/** What a Hugo project's configuration says, in one file or split into several. */
export interface HugoConfig {
  readonly foundIn: string
  /** Keys in lower case: Hugo ignores their case. */
  readonly values: Config
  /** As written. */
  readonly params: unknown
}

export interface HugoLanguage {
  /** As in the configuration. */
  readonly code: string
  /** How the routes of its pages begin. */
  readonly base: string
  /** Its folder of pages; null if it shares one. */
  readonly contentDir: string | null
}

type Config = Readonly<Record<string, unknown>>

const data = /\.(?:toml|ya?ml|json)$/
const split = 'config/_default'

/** Reads `hugo.*`, the `config.*` of older versions, and the files of `config/_default`, each of which is a table of it. */
export function hugoConfigOf(folder: ProjectFolder): HugoConfig | null {
  const main = mainConfig(folder)
  const names = folder.list(split).filter((name) => data.test(name))
  const foundIn = main?.path ?? (isSplitConfig(names) ? `${split}/${mainOf(names)}` : null)
  if (foundIn === null) return null
  const whole = main ? dataConfigOf(main) : null
  let values = lowerCased(whole)
  let params = paramsIn(whole)
  for (const name of names) {
    const text = folder.read(`${split}/${name}`)
    if (text === null || `${split}/${name}` === main?.path) continue
    const table = dataConfigOf({path: name, text})
    const keys = name.replace(data, '').toLowerCase().split('.')
    if (/^(?:hugo|config)$/.test(keys[0]!)) values = {...values, ...lowerCased(table)}
    else values = withTable(values, keys, lowerCased(table))
    if (keys.length === 1) params = keys[0] === 'params' ? table : (paramsIn(table) ?? params)
  }
  return {foundIn, values, params}
}

/** Lists of languages are separate files too: `languages.fr.toml` and `params.fr.toml`, of which the latter says nothing here. */
function withTable(values: Config, [name, part]: readonly string[], table: Config): Config {
  if (part === undefined) return {...values, [name!]: table}
  const above = values[name!]
  return name === 'params' ? values : {...values, [name!]: {...(isRecord(above) ? above : {}), [part]: table}}
}

function mainConfig(folder: ProjectFolder): ConfigFile | null {
  const named = configIn(folder, /^hugo\.(?:toml|ya?ml|json)$/)
  if (named) return named
  const file = configIn(folder, /^config\.(?:toml|ya?ml|json)$/)
  return file && isHugo(file, folder) ? file : null
}

/** Other programs have a `config.toml` too: Zola's says `base_url`. */
function isHugo({text}: ConfigFile, folder: ProjectFolder): boolean {
  if (/^\s*["']?base_url["']?\s*[=:]/m.test(text)) return false
  const own =
    /^\s*["']?(?:baseURL|languageCode|enableGitInfo|contentDir|defaultContentLanguage)["']?\s*[=:]/im
  const isThemed = /^\s*["']?theme["']?\s*[=:]/im.test(text)
  return own.test(text) || (isThemed && /^(?:archetypes|layouts|themes)\/$/m.test(folder.list().join('\n')))
}

function isSplitConfig(names: readonly string[]): boolean {
  return names.some((name) => /^(?:hugo|config)\./.test(name))
}

function mainOf(names: readonly string[]): string {
  return names.find((name) => /^(?:hugo|config)\./.test(name))!
}

function paramsIn(config: unknown): unknown {
  return isRecord(config) ? (config['params'] ?? config['Params']) : undefined
}

const maxDepth = 8

function lowerCased(config: unknown, depth = 0): Config {
  if (!isRecord(config) || depth > maxDepth) return {}
  return Object.fromEntries(
    Object.entries(config).map(([name, value]) => [
      name.toLowerCase(),
      isRecord(value)
        ? lowerCased(value, depth + 1)
        : Array.isArray(value)
          ? value.map((item) => (isRecord(item) ? lowerCased(item, depth + 1) : item))
          : value,
    ]),
  )
}

export function defaultLanguageOf(values: Config): string {
  return textOr(values['defaultcontentlanguage'], 'en')
}

/** The languages of a site; none where it has only one. */
export function languagesOf(values: Config): HugoLanguage[] {
  const base = pathOfUrl(values['baseurl'])
  const listed = values['languages']
  const first = defaultLanguageOf(values)
  const inSubfolder = values['defaultcontentlanguageinsubdir'] === true
  return Object.entries(isRecord(listed) ? listed : {})
    .filter(([code, language]) => languageTag(code) !== null && memberOf(language, 'disabled') !== true)
    .map(([code, language]) => {
      const own = memberOf(language, 'baseurl')
      const isBare = code === first.toLowerCase() && !inSubfolder
      const contentDir = memberOf(language, 'contentdir')
      return {
        code,
        base: typeof own === 'string' ? pathOfUrl(own) : joinRoute(base, isBare ? '' : code),
        contentDir: typeof contentDir === 'string' ? folderPath(contentDir) : null,
      }
    })
}

/** The folders of pages: those of languages, those mounted, else one. */
export function rootsOf(values: Config, languages: readonly HugoLanguage[]): PageRoot[] {
  const base = pathOfUrl(values['baseurl'])
  const content = folderPath(textOr(values['contentdir'], 'content'))
  const own = languages.flatMap(({contentDir, base: start}) =>
    contentDir === null || contentDir === content ? [] : [{path: contentDir, base: start}],
  )
  const mounts = mountsOf(values, languages)
  if (mounts.length > 0) return [...own, ...mounts]
  // Where nothing is said of languages, a theme or an environment says it: a folder of the default language is its root.
  const unsaid = languages.length === 0 ? [{path: `${content}/${defaultLanguageOf(values)}`, base}] : []
  return [...own, ...unsaid, {path: content, base: languages.length === 1 ? languages[0]!.base : base}]
}

/** `module.mounts` into `content`, as far as their sources are in the project. */
function mountsOf(values: Config, languages: readonly HugoLanguage[]): PageRoot[] {
  const mounts = memberOf(values, 'module', 'mounts')
  if (!Array.isArray(mounts)) return []
  return mounts.flatMap((mount) => {
    const [source, target] = [memberOf(mount, 'source'), memberOf(mount, 'target')]
    const below = typeof target === 'string' ? /^content(?:\/(.*))?$/.exec(folderPath(target)) : null
    if (typeof source !== 'string' || !below) return []
    const listed = memberOf(mount, 'sites', 'matrix', 'languages')
    const code = memberOf(mount, 'lang') ?? (Array.isArray(listed) ? listed[0] : undefined)
    const language = languages.find((known) => known.code === String(code).toLowerCase())
    return [
      {
        path: folderPath(source),
        base: joinRoute(language?.base ?? pathOfUrl(values['baseurl']), below[1] ?? ''),
      },
    ]
  })
}
