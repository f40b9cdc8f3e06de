import {plainInfo} from '../fence-info.ts'
import type {Dialect} from '../flattening/dialect.ts'
import type {Reading} from '../flattening/reading.ts'
import {splitFrontMatter} from '../front-matter.ts'
import {includedPart} from '../includes.ts'
import {attributeOf} from '../jsx-text.ts'
import {valuesIn} from '../object-text.ts'
import {type Tag, tagAt} from '../tags.ts'
import {codeBlock} from './code-block.ts'
import {readInclude} from './read-include.ts'

/**
 * Supabase’s components: `<$Partial path="part.mdx" />` shows a shared part, `<$CodeSample path="/a.ts" />` a file of the
 * project’s examples, `<$Show if="…">` and `<$CodeTabs>` what is around them.
 */
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
  const sample = mark[2] === 'CodeSample' && !isExternal(tag) ? attributeOf(tag, 'path') : null
  const isAlone = !write.hasContent
  if (path === null && sample === null) {
    const isKnown = mark[1] !== '' || /^(?:Show|CodeTabs)$/.test(mark[2]!)
    reading.note(`jsx:$${mark[2]!}`, isKnown ? 'dropped' : 'not-understood')
  }
  at.advance(at.p + tag.end + 1)
  if (isAlone) write.break()
  if (sample !== null) showSample(reading, tag, sample)
  const values = valuesIn(codeOf(tag, 'variables'))
  if (path !== null)
    showPart(reading, `/${path}`, partialsAbove(reading.path), (text) =>
      text.replace(/\{\{\s*\.(\w+)\s*\}\}/g, (whole, name: string) => values.get(name) ?? whole),
    )
  return true
}

/** Whether it shows a file of another project. */
function isExternal({attributes}: Tag): boolean {
  return attributes.some(({name, value}) => name === 'external' && value?.trim() !== 'false')
}

/** Shows a file of the project’s examples, or the lines `{[[1, 4], [9, -1]]}` of it, where −1 is the last one. */
function showSample(reading: Reading, tag: Tag, path: string): void {
  const {write} = reading
  write.break()
  const part = readInclude(reading, `/examples/${path.replace(/^\/+/, '')}`, 'code-include')
  if (part === null) {
    write.dropMarker()
    return
  }
  const ranges = [...codeOf(tag, 'lines').matchAll(/\[\s*(\d+)\s*,\s*(-?\d+)\s*\]/g)]
  const texts = ranges.map(([, from, to]) => includedPart(part.text, `${from}:${to === '-1' ? '' : to}`))
  const language = attributeOf(tag, 'language') ?? /\.(\w+)$/.exec(path)?.[1] ?? ''
  const name = /\bname=(\S+)/.exec(attributeOf(tag, 'meta') ?? '')?.[1] ?? null
  const lines = (texts.length > 0 ? texts.join('\n') : part.text).replace(/\n$/, '').split('\n')
  codeBlock(reading, {info: plainInfo(language, name), lines})
  write.blank()
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
