import {posix} from 'node:path'
import type {Site} from '../site.ts'
import {similarFolders} from './similar-folders.ts'

const names = new Intl.DisplayNames(['en'], {type: 'language', fallback: 'none'})
const scripts = new Intl.DisplayNames(['en'], {type: 'script', fallback: 'none'})

/** The BCP 47 form of a language as projects write it (`pt-br`, `zh_CN`, `zh-hans`); null for anything else. */
export function languageTag(name: unknown): string | null {
  if (typeof name !== 'string' || !/^[a-z]{2,3}(?:[-_][A-Za-z\d]{2,8}){0,2}$/i.test(name)) return null
  try {
    const tag = Intl.getCanonicalLocales(name.replaceAll('_', '-'))[0]!
    const {language, script} = new Intl.Locale(tag)
    const isKnown = names.of(language) !== undefined && (!script || scripts.of(script) !== undefined)
    return isKnown ? tag : null
  } catch {
    return null
  }
}

/** Codes of three letters that translated documentations use; most others are names of folders too: `src`, `run`, `mac`. */
const longCodes = /^(?:ast|ckb|fil|gsw|kab|yue)$/i

/** The language that a folder is called; null for names that say little. */
function folderLanguage(name: string): string | null {
  return /^[a-z]{3}$/i.test(name) && !longCodes.test(name) ? null : languageTag(name)
}

/** Translations that the files themselves show: folders with the same pages, and endings such as `guide.fr.md`. */
export function translationsIn(paths: readonly string[]): Pick<Site['languages'], 'folders' | 'endings'> & {
  /** English where it is one of several folders and no pages stand beside them. */
  readonly default: string | null
} {
  const found = similarFolders(paths, folderLanguage)
  const folders = {
    ...besideThem(
      found.map(({path}) => path),
      paths,
    ),
    ...Object.fromEntries(found.map(({path, name}) => [path, name])),
  }
  const isEnglishFirst =
    found.some(({name}) => name === 'en') && !found.some(({besideUnnamed}) => besideUnnamed)
  return {folders, endings: endingsIn(paths), default: isEnglishFirst ? 'en' : null}
}

/** Folders called like a language where at least two beside them are languages: a translation may have pages of its own alone. */
function besideThem(proven: readonly string[], paths: readonly string[]): Record<string, string> {
  const parents = proven.map((path) => posix.dirname(path))
  const isShared = new Set(parents.filter((parent, n) => parents.indexOf(parent) !== n))
  const folders: Record<string, string> = {}
  for (const path of paths) {
    for (let at = path.indexOf('/'); at > 0; at = path.indexOf('/', at + 1)) {
      const folder = path.slice(0, at)
      const name = isShared.has(posix.dirname(folder)) ? folderLanguage(posix.basename(folder)) : null
      if (name !== null) folders[folder] = name
    }
  }
  return folders
}

/** Languages before the extension of files whose name without them exists too. */
function endingsIn(paths: readonly string[]): string[] {
  const known = new Set(paths.map((path) => path.replace(/\.\w+$/, '')))
  const found = new Set<string>()
  for (const path of paths) {
    const match = /^(.*[^/.])\.([\w-]+)\.\w+$/.exec(path)
    if (match && known.has(match[1]!) && languageTag(match[2]) !== null) found.add(match[2]!)
  }
  return [...found].sort()
}

/** The language of a file by its folder or its ending; the site's default if they say nothing. */
export function languageOf(
  path: string,
  {folders, endings, default: fallback}: Site['languages'],
): string | null {
  const ending = /\.([\w-]+)\.\w+$/.exec(path)?.[1]
  if (ending !== undefined && endings.includes(ending)) return languageTag(ending)
  return valueOfFolder(path, folders) ?? fallback
}

/** The value for the innermost of the folders that hold a file. */
export function valueOfFolder(path: string, folders: Readonly<Record<string, string>>): string | null {
  for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) {
    const folder = path.slice(0, at)
    if (Object.hasOwn(folders, folder)) return folders[folder]!
  }
  return null
}
