import type {Dialect, Line} from '../flattening/dialect.ts'
import type {Reading} from '../flattening/reading.ts'
import {codeInclude} from './includes.ts'

/** Code from files, as VitePress and VuePress write it: `<<< ./code.js#region {2} [Title]`. */
export const codeImports: Dialect = {
  name: 'code-imports',
  lines: [{starts: '<', read: readCodeImport}],
}

function readCodeImport(reading: Reading, {text, end}: Line): boolean {
  const {at} = reading
  const code = /^<<<[ \t]+(\S+?)(?:[ \t]*(\{[^}]*\}))?[ \t]*(?:\[([^\]]*)\])?[ \t]*$/.exec(text)
  if (!code) return false
  const [file, region] = code[1]!.split('#')
  codeInclude(reading, file!, {region: region ?? null, title: code[3] ?? null})
  return at.nextLine(end)
}
