import type {Dialect} from '../flattening/dialect.ts'
import type {Reading} from '../flattening/reading.ts'
import {include, includeInLine} from './includes.ts'

/** Included files in comments, as VitePress and VuePress write them: `<!-- @include: ./part.md#region -->`, `./part.md{3,5}`. */
export const commentIncludes: Dialect = {
  name: 'comment-includes',
  text: [{starts: '<', read: readCommentInclude}],
}

function readCommentInclude(reading: Reading): boolean {
  const {at, write} = reading
  const found =
    /^<!--[ \t]*@include:[ \t]*([^\s{}>][^\n{}>]{0,500}?)[ \t]*(?:\{(\d*)(?:([,-])(\d*))?\})?[ \t]*-->/.exec(
      at.text.slice(at.p, at.p + 600),
    )
  if (!found) return false
  const [whole, file, from, dash, to] = found
  const isAlone = !write.hasContent && !write.isOneLine
  at.skip(whole.length)
  const hasRange = from !== undefined && !file!.includes('#')
  const spec = hasRange ? `${file}:${from || 1}${dash ? `:${to}` : ''}` : file!
  if (isAlone && at.text.slice(at.p, at.lineEnd()).trim() === '') include(reading, spec, 'include')
  else includeInLine(reading, spec, 'include')
  return true
}
