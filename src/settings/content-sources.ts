import {statSync} from 'node:fs'
import type {ContentSource, FolderSource, RepositorySource} from '../domain/index.ts'
import {siteUrl} from './setting-values.ts'

/**
 * Parsers for the settings that say where the docs live. As those in setting-values.ts, they throw an Error with a
 * message that completes "NAME=value …" and says what to write instead.
 */

/** A value for each source by name, or one for all. */
export type ForSources<T> = T | Readonly<Record<string, T>>

const shownExample = 'docs, or guide=docs,api=https://git.example.com/api.git#main:docs for several'
const nameExample = 'use lowercase letters, digits and hyphens, as in api=docs/api'
const maxSources = 100

/** The sources of `CONTENT_DIR`, separated by commas; a value that is the path of a folder is that folder, commas or not. */
export const contentSources = (value: string): readonly ContentSource[] => {
  if (isFolder(value)) return [source(null, value)]
  const items = value.split(',').map((item) => item.trim())
  if (items.includes(''))
    throw new Error(`has nothing before, between or after a comma; write ${shownExample}`)
  if (items.length > maxSources) throw new Error(`lists over ${maxSources} sources`)
  const sources = items.map(sourceOf)
  return sources.length === 1 ? sources : withNames(sources)
}

function isFolder(path: string): boolean {
  try {
    return statSync(path, {throwIfNoEntry: false})?.isDirectory() === true
  } catch {
    return false
  }
}

function sourceOf(item: string): ContentSource {
  const [, name, place = ''] = /^([^=/\\:@#]*)=(.*)$/s.exec(item) ?? [null, null, item]
  if (name !== null && (name === undefined || !isName(name)) && !isFolder(item)) {
    throw new Error(`has the name ${JSON.stringify(name)}; ${nameExample}`)
  }
  if (name !== null && place === '') {
    throw new Error(`has nothing after ${name}=; write a folder or the address of a repository`)
  }
  return isFolder(item) ? source(null, item) : source(name ?? null, place)
}

function isName(name: string): boolean {
  return /^[a-z0-9-]{1,60}$/.test(name)
}

function source(name: string | null, place: string): ContentSource {
  return repositoryOf(name, place) ?? folderOf(name, place)
}

function folderOf(name: string | null, folder: string): FolderSource {
  return {kind: 'folder', name, folder, generator: null}
}

/** Null for what is a path on this machine. @throws Error for an address that git must not be given. */
function repositoryOf(name: string | null, place: string): RepositorySource | null {
  const [, scheme] = /^([a-z][a-z0-9+.-]*):(?:\/\/|:)/i.exec(place) ?? []
  const isScp = scheme === undefined && /^[^/\\@:]*@[^/\\]+:/.test(place)
  if (scheme === undefined && !isScp) return null
  const at = place.indexOf('#')
  const url = at < 0 ? place : place.slice(0, at)
  const [branch = '', ...folders] = at < 0 ? [] : place.slice(at + 1).split(':')
  checkAddress(url, isScp)
  return {
    kind: 'repository',
    name,
    url,
    branch: branch === '' ? null : checkedBranch(branch),
    folder: checkedFolder(folders.join(':')),
    generator: null,
  }
}

const schemes: readonly string[] = ['https:', 'http:', 'ssh:', 'git:', 'file:']

/** Parts of an address must not begin with a hyphen, because ssh would take them for options. */
function checkAddress(address: string, isScp: boolean): void {
  if (/[\s\p{Cc}]/u.test(address)) throw new Error('has a blank in the address of a repository; write %20')
  if (isScp) {
    if (/^[A-Za-z0-9_][\w.+-]*@[A-Za-z0-9][\w.-]*:(?!-)./.test(address)) return
    throw new Error('has an ssh address that cannot be read; write git@host:path/of/repository.git')
  }
  const url = urlOf(address)
  if (url === null || !schemes.includes(url.protocol)) {
    throw new Error('has an address that git is not used with; write https://…, ssh://… or git@host:path')
  }
  const advice = 'leave it out and set GIT_TOKEN, or GIT_TOKEN_<NAME> for one source'
  if (url.password !== '') throw new Error(`must not contain a password; ${advice}`)
  // Many write a token in place of the user name.
  if (url.username !== '' && url.protocol !== 'ssh:')
    throw new Error(`must not contain a user name or token; ${advice}`)
  if (url.search !== '') throw new Error(`must not contain a query, which may be a secret; ${advice}`)
  if (url.protocol !== 'file:' && !/^[\w[]/.test(url.hostname)) {
    throw new Error('has an address without a host; write https://host/path/of/repository.git')
  }
  if (/^-/.test(url.username) || url.pathname.length < 2) {
    throw new Error('has an address without a repository; write https://host/path/of/repository.git')
  }
}

/** @see https://git-scm.com/docs/git-check-ref-format */
function checkedBranch(branch: string): string {
  const isBranch =
    !/^[-/.]|[\s\p{Cc}~^:?*[\\]|\.\.|@\{|\/\/|\/\.|\.lock(?:\/|$)|[/.]$/u.test(branch) && branch !== '@'
  if (!isBranch) throw new Error(`has ${JSON.stringify(branch)}, which is no name of a branch`)
  return branch
}

function checkedFolder(folder: string): string {
  const parts = folder.split('/').filter((part) => part !== '' && part !== '.')
  if (parts.includes('..') || parts.includes('.git') || /[\p{Cc}\\]/u.test(folder)) {
    throw new Error(
      `has ${JSON.stringify(folder)}, which is no folder of a repository; write one such as docs or site/docs`,
    )
  }
  return parts.join('/')
}

/** Several sources: one without a name has that of its folder or repository. */
function withNames(sources: readonly ContentSource[]): ContentSource[] {
  const named = sources.map((one) => ({...one, name: one.name ?? nameOf(one)}))
  const names = named.map(({name}) => name)
  const twice = names.find((name, n) => names.indexOf(name) !== n)
  if (twice !== undefined)
    throw new Error(`has two sources with the name ${twice}; write another in front of one, as in other=…`)
  return named
}

function nameOf(one: ContentSource): string {
  const place = one.kind === 'folder' ? one.folder : one.url.replace(/\.git\/?$/, '')
  const last = place.split(/[/\\:]/).findLast((part) => part !== '' && part !== '.' && part !== '..') ?? ''
  const name = last
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 60)
  if (name === '')
    throw new Error(`has a source that needs a name; write one in front of it, as in docs=${place}`)
  return name
}

/** `SITE_URL`: one address, or one for each source as `name=https://…`. */
export const siteUrls = (value: string): ForSources<string> | null => forSources(value, siteUrl)

/** `SITE_GENERATOR`: one name, or one for each source as `name=docusaurus`. */
export const siteGenerators = (value: string): ForSources<string> | null =>
  forSources(value, (text) => (text === '' ? null : text))

function forSources<T extends string>(
  value: string,
  parse: (text: string) => T | null,
): ForSources<T> | null {
  if (!/^\s*[\w-]*=/.test(value)) return parse(value)
  const found: Record<string, T> = {}
  for (const item of value.split(',').map((part) => part.trim())) {
    const [, name, text = ''] = /^([a-z0-9-]+)=(.*)$/s.exec(item) ?? []
    const parsed = name === undefined ? null : parse(text)
    if (name === undefined || parsed === null)
      throw new Error(`must be one value, or name=value for each source, separated by commas`)
    if (Object.hasOwn(found, name)) throw new Error(`has two values for ${name}`)
    found[name] = parsed
  }
  return found
}

export interface SourceSettings {
  readonly sources: readonly ContentSource[]
  readonly siteUrl: ForSources<string> | null
}

/**
 * Brings the settings of sources together.
 * @returns the sources with their generators; and `siteUrl` by the name of each source if there are several.
 * Problems complete a list of problems.
 */
export function joinedSources(
  given: readonly ContentSource[],
  urls: ForSources<string> | null,
  generators: ForSources<string> | null,
): SourceSettings & {readonly problems: readonly string[]} {
  const names = given.flatMap(({name}) => name ?? [])
  const unknown = (setting: string, values: ForSources<string> | null): string[] =>
    Object.keys(typeof values === 'object' ? (values ?? {}) : {})
      .filter((name) => !names.includes(name))
      .map(
        (name) =>
          `${setting}: there is no source ${name} in CONTENT_DIR; ${names.length === 0 ? `name it there, as in ${name}=docs` : `write one of ${names.join(', ')}`}`,
      )
  const valueFor = (values: ForSources<string> | null, name: string | null): string | null => {
    if (typeof values !== 'object' || values === null) return values
    return name !== null && Object.hasOwn(values, name) ? values[name]! : null
  }
  const sources = given.map((one) => ({...one, generator: valueFor(generators, one.name)}))
  const isSeveral = given.length > 1
  return {
    sources,
    siteUrl: isSeveral
      ? Object.fromEntries(
          names.flatMap((name) => {
            const url = valueFor(urls, name)
            return url === null ? [] : [[name, url]]
          }),
        )
      : valueFor(urls, given[0]?.name ?? null),
    problems: [...unknown('SITE_URL', urls), ...unknown('SITE_GENERATOR', generators)],
  }
}

function urlOf(text: string): URL | null {
  try {
    return new URL(text)
  } catch {
    return null
  }
}
