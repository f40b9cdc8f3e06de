import type {Dialect, Line} from '../flattening/dialect.ts'
import type {Reading} from '../flattening/reading.ts'
import {codeInclude} from './includes.ts'

/** VuePress: the table of contents, and code from files: `@[code{3-10} ts](./file.ts)`. */
export const vuepress: Dialect = {
  name: 'vuepress',
  lines: [
    {starts: '[', read: readContents},
    {starts: '@', read: readCode},
  ],
}

function readContents(reading: Reading, {text, end}: Line): boolean {
  if (!/^\[\[toc\]\][ \t]*$/i.test(text)) return false
  reading.note('toc', 'dropped')
  return reading.at.nextLine(end)
}

function readCode(reading: Reading, {text, end}: Line): boolean {
  const match = /^@\[code(?:\{(\d*)(?:-(\d*))?\})?[^[\]]*\]\(([^()\s]+)\)[ \t]*$/.exec(text)
  if (!match) return false
  const [, from, to, file] = match
  codeInclude(reading, file!, {region: from === undefined ? null : `${from}:${to ?? ''}`})
  return reading.at.nextLine(end)
}
