import type {Dialect} from '../flattening/dialect.ts'
import type {Reading} from '../flattening/reading.ts'
import {splitFrontMatter} from '../front-matter.ts'
import {attributeOf} from '../jsx-text.ts'
import {type Tag, tagAt} from '../tags.ts'
import {readInclude} from './read-include.ts'

/** Supabase’s components: `<$Partial path="part.mdx" />` shows a shared part, `<$Show if="…">` what is around it. */
export const dollarComponents: Dialect = {
  name: 'dollar-components',
  text: [{starts: '<', read: readDollarComponent}],
}

/** A name with a dollar is none of JSX, so its tag is read without it. */
function readDollarComponent(reading: Reading): boolean {
  const {at, write} = reading
  const mark = /^<(\/?)\$([A-Z]\w*)(?=[\s/>])/.exec(at.text.slice(at.p, at.p + 60))
  if (!mark) return false
  const rest = at.text.slice(at.p, at.p + 5000)
  const tag = tagAt(rest.replace('$', ''), 0)
  if (!tag) return false
  const path = mark[2] === 'Partial' ? attributeOf(tag, 'path') : null
  const isAlone = !write.hasContent
  if (path === null) {
    const isKnown = mark[1] !== '' || mark[2] === 'Show'
    reading.note(`jsx:$${mark[2]!}`, isKnown ? 'dropped' : 'not-understood')
  }
  at.advance(at.p + tag.end + 1)
  if (isAlone) write.break()
  const values = valuesIn(codeOf(tag, 'variables'))
  if (path !== null)
    showPart(reading, `/${path}`, partialsAbove(reading.path), (text) =>
      text.replace(/\{\{\s*\.(\w+)\s*\}\}/g, (whole, name: string) => values.get(name) ?? whole),
    )
  return true
}

/** `_partials` beside the page's folder and above it. */
function partialsAbove(path: string): string[] {
  const parts = path.split('/').slice(0, -1)
  return parts.map((_, n) => [...parts.slice(0, parts.length - n), '_partials'].join('/'))
}

/** Shows a shared part of pages, which is looked for in the folders `above` and in those that are usual. */
export function showPart(
  reading: Reading,
  path: string,
  above: readonly string[],
  filled: (text: string) => string,
): void {
  const {write} = reading
  write.break()
  const folders = [...above, '_partials', 'partials', 'src/content/partials', 'content/_partials']
  const part = readInclude(reading, path, 'include', null, folders)
  if (part) reading.nested(filled(splitFrontMatter(part.text, part.path).body), part.path)
  else write.dropMarker()
}

/** The code of a property; empty without one. */
export function codeOf(tag: Tag, name: string): string {
  const attribute = tag.attributes.find((one) => one.name === name)
  return attribute?.isCode ? (attribute.value ?? '') : ''
}

/** The texts in the code of an object, by their names. */
export function valuesIn(code: string): ReadonlyMap<string, string> {
  const pairs = /["']?(\w+)["']?\s*:\s*(?:"([^"\n]*)"|'([^'\n]*)'|`([^`]*)`)/g
  return new Map(
    [...code.matchAll(pairs)].map(([, name, double, single, back]) => [
      name!,
      double ?? single ?? back ?? '',
    ]),
  )
}
