import {isRecord, memberOf, textOr} from '../shared/config-values.ts'
import type {Json} from '../site.ts'

/** A folder `_name` of pages. */
export type Collection = {
  readonly permalink: string | null
  /** Whether its files become pages. */
  readonly output: boolean
}

/** Front matter of the files in a part of the site. */
export type Default = {
  readonly path: string
  readonly type: string | null
  readonly values: Readonly<Record<string, Json>>
}

/** What only Jekyll understands of its configuration. */
export type JekyllOwn = {
  readonly collections: Readonly<Record<string, Collection>>
  readonly collectionsFolder: string
  readonly permalink: string
  readonly defaults: readonly Default[]
  readonly excluded: readonly string[]
  readonly included: readonly string[]
  readonly input: 'GFM' | 'kramdown'
  readonly anchorPrefix: string
}

type Config = Readonly<Record<string, unknown>>

export function jekyllOwn(config: Config): JekyllOwn {
  return {
    collections: collectionsOf(config['collections']),
    collectionsFolder: textOr(config['collections_dir'], '').replace(/^\/+|\/+$/g, ''),
    permalink: textOr(config['permalink'], 'date'),
    defaults: defaultsOf(config['defaults']),
    excluded: textsIn(config['exclude']),
    included: textsIn(config['include']),
    input: memberOf(config, 'kramdown', 'input') === 'kramdown' ? 'kramdown' : 'GFM',
    anchorPrefix: textOr(memberOf(config, 'kramdown', 'auto_id_prefix'), ''),
  }
}

/** A list of names without pages, or tables by name. */
function collectionsOf(given: unknown): Record<string, Collection> {
  if (Array.isArray(given))
    return Object.fromEntries(textsIn(given).map((name) => [name, {permalink: null, output: false}]))
  return Object.fromEntries(
    Object.entries(isRecord(given) ? given : {}).map(([name, options]) => {
      const permalink = memberOf(options, 'permalink')
      return [
        name,
        {
          permalink: typeof permalink === 'string' ? permalink : null,
          output: memberOf(options, 'output') === true,
        },
      ]
    }),
  )
}

function defaultsOf(given: unknown): Default[] {
  const list = Array.isArray(given) ? given.slice(0, 200) : []
  return list.map((entry) => {
    const values = memberOf(entry, 'values')
    return {
      path: textOr(memberOf(entry, 'scope', 'path'), '').replace(/^\/+|\/+$/g, ''),
      type: textOr(memberOf(entry, 'scope', 'type'), '') || null,
      values: Object.fromEntries(
        Object.entries(isRecord(values) ? values : {}).filter(
          (pair): pair is [string, string | number | boolean] =>
            ['string', 'number', 'boolean'].includes(typeof pair[1]),
        ),
      ),
    }
  })
}

function textsIn(given: unknown): string[] {
  return (Array.isArray(given) ? given : [given]).filter((item): item is string => typeof item === 'string')
}
