import type {Dialect, Line} from '../flattening/dialect.ts'
import type {Reading} from '../flattening/reading.ts'

/** Paragraphs in coloured boxes, by what they begin with: HashiCorp’s `->`, `~>`, `=>`, `!>`; Docsify’s `!>` and `?>`. */
export const alerts: Dialect = {
  name: 'alerts',
  lines: [{starts: '-~=!?', read: readAlert}],
}

function readAlert(reading: Reading, {text, lead, end}: Line): boolean {
  const mark = /^[-~=!?]>[ \t]+(?=\S)/.exec(text)?.[0]
  if (mark === undefined) return false
  const {at, write} = reading
  reading.note('alert', 'flattened')
  write.leaveBlock(lead)
  return at.enterLine(end - text.length + mark.length)
}
