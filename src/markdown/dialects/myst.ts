import type {Dialect} from '../flattening/dialect.ts'
import type {Reading} from '../flattening/reading.ts'
import {codeSpanOf} from './markdown-text.ts'
import {addTarget} from './myst-targets.ts'

/** MyST: roles, targets, comments and block breaks. Directives are read by `fences` and `directives`. */
export const myst: Dialect = {
  name: 'myst',
  lines: [
    {
      starts: '(',
      read(reading, {text, end}) {
        const target = /^\(([^()\n]{1,200})\)=[ \t]*$/.exec(text)?.[1]
        if (target === undefined) return false
        addTarget(reading, target)
        reading.note('myst:target', 'dropped')
        return reading.at.nextLine(end)
      },
    },
    {
      // A formula with a label.
      starts: '$',
      read(reading, {text, end}) {
        const [, formula, label] = /^(\$\$[^$]+\$\$)[ \t]*\(([\w:.-]{1,200})\)[ \t]*$/.exec(text) ?? []
        if (label === undefined || !reading.context.syntax.mystLines) return false
        addTarget(reading, label)
        reading.note('myst:target', 'dropped')
        reading.write.block(reading.inline(formula!, false))
        return reading.at.nextLine(end)
      },
    },
    {
      starts: '%',
      read(reading, {text, end}) {
        if (!/^%[ \t]/.test(text) || !reading.context.syntax.mystLines) return false
        reading.note('comment', 'dropped')
        return reading.at.nextLine(end)
      },
    },
    {
      starts: '+',
      read: (reading, {text, end}) =>
        /^\+\+\+(?:[ \t]*\{.*\})?[ \t]*$/.test(text) &&
        reading.context.syntax.mystLines &&
        reading.at.nextLine(end),
    },
  ],
  text: [{starts: '{', read: readRole}],
}

function readRole(reading: Reading): boolean {
  const {at, write} = reading
  const {text: all, p} = at
  if (write.isRaw) return false
  const role = /^\{([a-z][\w:+.-]*)\}(`+)((?:(?!\2)[\s\S]){1,1000}?)\2(?!`)/i.exec(all.slice(p, p + 1200))
  if (!role) return false
  const [{length}, name, , content] = role as unknown as [string, string, string, string]
  reading.note(`myst:${name}`, 'flattened')
  const titled = /^([\s\S]*?)\s*<([^<>]*)>$/.exec(content)
  const text = (titled && titled[1] !== '' ? titled[1]! : content).replace(/\s+/g, ' ')
  const kind = name.split(':').at(-1)!
  if (
    /^(?:ref|doc|term|numref|download|any|abbr|guilabel|menuselection|index|sub|sup|eq|cite\w*|octicon|fa|material-\w+|fas|fab|far)$/.test(
      kind,
    )
  ) {
    if (/^(?:octicon|fa\w?|material-\w+)$/.test(kind)) write.put('')
    else write.put((titled ? text : text.replace(/^[~!/]+/, '')).replace(/[*_[\]<]/g, '\\$&'))
  } else if (/^(?:bdg\S*|badge)$/.test(kind)) write.put(text)
  else {
    const short = text.startsWith('~') ? text.slice(1).split('.').at(-1)! : text.replace(/^!/, '')
    write.put(codeSpanOf(short))
  }
  at.advance(at.p + length)
  return true
}
