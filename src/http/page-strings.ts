import {readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {tagFor} from '../lib/tag-for.ts'

/** Words of the assistant that its page has before its script runs. */
const keys = [
  'name',
  'heading',
  'intro',
  'placeholder',
  'ask',
  'suggestions',
  'topics',
  'aboutPage',
  'newConversation',
  'history',
  'browse',
  'theme',
  'language',
  'menu',
  'handOver',
  'noScript',
] as const

export type PageStrings = Readonly<Record<(typeof keys)[number], string>>

/** The built locales, by BCP 47 tag. @throws when a file lacks words of the page. */
export function readPageStrings(webDir: string): ReadonlyMap<string, PageStrings> {
  const folder = join(webDir, 'locales')
  const files = readdirSync(folder).filter((file) => file.endsWith('.json'))
  return new Map(
    files.map((file) => {
      const all = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Readonly<Record<string, unknown>>
      const words = keys.map((key) => {
        const text = all[key]
        if (typeof text !== 'string') throw new Error(`${file} lacks ${key}`)
        return [key, text]
      })
      return [file.replace(/\.json$/, ''), Object.fromEntries(words) as PageStrings]
    }),
  )
}

/** The tag of `known` that a reader wants most, as the assistant itself chooses it; English where none fits. */
export function pageLanguageOf(known: Iterable<string>, wanted: readonly string[]): string {
  return tagFor([...known], wanted) ?? 'en'
}

/** The name of a language in itself, as `Deutsch`. */
export function languageNameOf(tag: string): string {
  const written = tag === 'zh-CN' ? 'zh-Hans' : tag
  const name = new Intl.DisplayNames([written], {type: 'language'}).of(written) ?? tag
  return name.replace(/^\p{L}/u, (letter) => letter.toLocaleUpperCase(tag))
}
