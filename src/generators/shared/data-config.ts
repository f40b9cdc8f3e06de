import {parseData} from '../../markdown/index.ts'
import type {ConfigFile} from './project-folder.ts'

/**
 * The data of a configuration in YAML, TOML or JSON, by the ending of its name; null if it does not parse. The generator
 * reports the error to the site's owner.
 */
export function dataConfigOf({path, text}: ConfigFile): unknown {
  const language = /\.(toml|json)$/.exec(path)?.[1] ?? 'yaml'
  try {
    return parseData(language, language === 'yaml' ? plainYaml(text) : text) ?? null
  } catch {
    return null
  }
}

/**
 * YAML without the tags that only its own program knows (`!ENV`, `!!python/object/apply:…`), and without marks of documents.
 * The name of a function (`!!python/name:…`) is text.
 */
function plainYaml(text: string): string {
  return text
    .replace(/^---[ \t]*$/gm, '')
    .replace(/!!python\/name:([\w.]+)/g, '$1')
    .replace(/(^[ \t]*-[ \t]+|:[ \t]+|[[,][ \t]*)!{1,2}[A-Za-z][\w/.:-]*(?=[ \t]|$)/gm, '$1')
}
