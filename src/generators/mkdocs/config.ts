import {posix} from 'node:path'
import {folderPath, isRecord, memberOf, pathOfUrl, textOr} from '../shared/config-values.ts'
import {dataConfigOf} from '../shared/data-config.ts'
import {type ConfigFile, configIn, type ProjectFolder} from '../shared/project-folder.ts'

export type Config = Readonly<Record<string, unknown>>

const maxInherited = 4

export function configOf(folder: ProjectFolder): {readonly path: string; readonly config: Config} | null {
  const file = configIn(folder, /^mkdocs\.ya?ml$/) ?? configIn(folder, /^zensical\.toml$/)
  return file && {path: file.path, config: mergedConfig(file, folder, maxInherited)}
}

/** A configuration over the one that it inherits. */
function mergedConfig(file: ConfigFile, folder: ProjectFolder, left: number): Config {
  const data = dataConfigOf(file)
  const config = file.path.endsWith('.toml') ? memberOf(data, 'project') : data
  if (!isRecord(config)) return {}
  const parent = config['INHERIT']
  if (typeof parent !== 'string' || left === 0) return config
  const path = posix.join(posix.dirname(file.path), parent)
  const text = folder.read(path)
  return text === null ? config : merged(mergedConfig({path, text}, folder, left - 1), config)
}

function merged(parent: Config, own: Config): Config {
  const all: Record<string, unknown> = {...parent}
  for (const [name, value] of Object.entries(own)) {
    const above = all[name]
    all[name] = isRecord(above) && isRecord(value) ? merged(above, value) : value
  }
  return all
}

export function docsFolder(config: Config): string {
  return folderPath(textOr(config['docs_dir'], 'docs'))
}

/** The options of a plugin or extension, which a list names with or without them; null if it is not used. */
export function optionsIn(list: unknown, name: string): Config | null {
  const entries = Array.isArray(list) ? list : isRecord(list) ? [list] : []
  for (const entry of entries) {
    if (entry === name || entry === `material/${name}`) return {}
    const options = isRecord(entry) ? (entry[name] ?? entry[`material/${name}`]) : undefined
    if (options !== undefined) return isRecord(options) ? options : {}
    if (isRecord(entry) && Object.hasOwn(entry, name)) return {}
  }
  return null
}

export function plugin(config: Config, name: string): Config | null {
  return optionsIn(config['plugins'], name)
}

/** The folder that mike publishes the current version in; empty where the site's address names it already. */
export function versionOf(config: Config): string {
  const isVersioned = plugin(config, 'mike') ?? memberOf(config, 'extra', 'version', 'provider') === 'mike'
  if (!isVersioned) return ''
  const given = memberOf(config, 'extra', 'version', 'default')
  const version = plugin(config, 'mike')?.['canonical_version'] ?? (Array.isArray(given) ? given[0] : given)
  if (typeof version !== 'string') return ''
  return pathOfUrl(config['site_url']).endsWith(`/${version}`) ? '' : version
}

/** The `base_path` of PyMdown's snippets, by default the project's folder. */
export function includeFolders(config: Config): string[] {
  const given = optionsIn(config['markdown_extensions'], 'pymdownx.snippets')?.['base_path']
  const paths = [given].flat().filter((path): path is string => typeof path === 'string')
  return paths.length > 0 ? paths.map(folderPath) : ['']
}

const maxParams = 500
const maxParamDepth = 5

/** What the macros plugin knows by name: `extra`, also without that word, and `config`. */
export function paramsOf(config: Config): Record<string, string> {
  const params: Record<string, string> = {}
  const add = (prefix: string, values: unknown, depth: number): void => {
    if (!isRecord(values) || depth > maxParamDepth) return
    for (const [name, value] of Object.entries(values)) {
      if (Object.keys(params).length >= maxParams) return
      if (['string', 'number', 'bigint', 'boolean'].includes(typeof value))
        params[prefix + name] = String(value)
      else add(`${prefix}${name}.`, value, depth + 1)
    }
  }
  add('', config['extra'], 1)
  add('config.extra.', config['extra'], 1)
  for (const name of [
    'site_name',
    'site_url',
    'site_description',
    'site_author',
    'repo_url',
    'repo_name',
    'copyright',
  ])
    add('config.', {[name]: config[name]}, 1)
  return params
}
