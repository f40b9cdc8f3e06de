import {parseData} from '../markdown/index.ts'
import type {ConfigFile} from './project-folder.ts'

/**
 * The data of a configuration in YAML, TOML or JSON, by the ending of its name; null if it does not parse. The generator
 * reports the error to the site's owner.
 */
export function dataConfigOf({path, text}: ConfigFile): unknown {
  const language = /\.(toml|json)$/.exec(path)?.[1] ?? 'yaml'
  try {
    return parseData(language, text) ?? null
  } catch {
    return null
  }
}
