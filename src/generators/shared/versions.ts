import {compareVersions} from '../../lib/versions.ts'
import type {Site} from '../site.ts'
import {similarFolders} from './similar-folders.ts'

/** `2.0`, `v3`, `v3.2.1`, `5x`, `4.x`, `1.0-rc1`, `version-2.0`. */
const numbered =
  /^(?:version-|release-)?(?:v\d+|\d+x|v?\d+(?:\.(?:\d+|x))+)(?:-(?:alpha|beta|rc|pre)[\w.]*)?$/i
const dated = /^\d{4}-\d{2}(?:-\d{2})?$/
const released = /^(?:latest|stable|current)$/i
const unreleased = /^(?:next|main|master|dev|devel|develop|canary|edge|nightly|unreleased|draft)$/i

/** What a folder's name says of a version; null if it says nothing. */
export function versionName(folder: string): string | null {
  const isVersion =
    numbered.test(folder) || dated.test(folder) || released.test(folder) || unreleased.test(folder)
  return isVersion ? folder.replace(/^(?:version|release)-/i, '') : null
}

/** Certain enough without a folder like it: `v2.1`, `4.x`. */
const unmistakable = /^(?:version-)?v?\d+(?:\.(?:\d+|x))+$/i

/** The versions that the files themselves show: folders with the same pages, and outer ones with an unmistakable name. */
export function versionsIn(paths: readonly string[]): Site['versions'] {
  const found = similarFolders(paths, versionName)
  const folders = Object.fromEntries([
    ...outerVersionFolders(paths),
    ...found.map(({path, name}) => [path, name] as const),
  ])
  const isUnnamedCurrent = found.some(({besideUnnamed}) => besideUnnamed)
  return {folders, current: isUnnamedCurrent ? null : currentOf(Object.values(folders))}
}

function outerVersionFolders(paths: readonly string[]): [string, string][] {
  return paths.flatMap((path) => {
    const names = path.split('/').slice(0, -1).slice(0, 2)
    const at = names.findIndex((name) => unmistakable.test(name))
    return at < 0 ? [] : [[names.slice(0, at + 1).join('/'), versionName(names[at]!)!] as [string, string]]
  })
}

/** The one that is called current, else the highest that is released; null if there are none. */
function currentOf(versions: readonly string[]): string | null {
  const called = versions.find((name) => released.test(name))
  if (called !== undefined) return called
  const sorted = versions
    .filter((name) => !unreleased.test(name) && !/-(?:alpha|beta|rc|pre)/i.test(name))
    .sort(compareVersions)
  return sorted.at(-1) ?? null
}
