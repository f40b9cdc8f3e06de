import type {Dialect} from '../flattening/dialect.ts'
import type {Pass} from '../flattening/pass.ts'
import {codeSpanOf} from './markdown-text.ts'
import {addTarget} from './myst-targets.ts'

/** MyST: roles, targets, comments and block breaks. Directives are read by `fences` and `directives`. */
export const myst: Dialect = {
  name: 'myst',
  lines: [
    {
      starts: '(',
      read(pass, {text, end}) {
        const target = /^\(([\w .:-]+)\)=[ \t]*$/.exec(text)?.[1]
        if (target === undefined) return false
        addTarget(pass, target)
        pass.note('myst:target', 'dropped')
        return pass.endConstruct(end)
      },
    },
    {
      starts: '%',
      read(pass, {text, end}) {
        if (!/^%[ \t]/.test(text) || !isMyst(pass)) return false
        pass.note('comment', 'dropped')
        return pass.endConstruct(end)
      },
    },
    {
      starts: '+',
      read: (pass, {text, end}) =>
        /^\+\+\+(?:[ \t]*\{.*\})?[ \t]*$/.test(text) && isMyst(pass) && pass.endConstruct(end),
    },
  ],
  text: [{starts: '{', read: readRole}],
}

function isMyst(pass: Pass): boolean {
  const {generator} = pass.context.site
  return generator === 'sphinx' || generator === 'plain'
}

function readRole(pass: Pass): boolean {
  const {text: all, p} = pass
  if (pass.raw) return false
  const role = /^\{([a-z][\w:+.-]*)\}(`+)((?:(?!\2)[\s\S]){1,1000}?)\2(?!`)/i.exec(all.slice(p, p + 1200))
  if (!role) return false
  const [{length}, name, , content] = role as unknown as [string, string, string, string]
  pass.note(`myst:${name}`, 'flattened')
  const titled = /^([\s\S]*?)\s*<([^<>]*)>$/.exec(content)
  const text = (titled && titled[1] !== '' ? titled[1]! : content).replace(/\s+/g, ' ')
  const kind = name.split(':').at(-1)!
  if (
    /^(?:ref|doc|term|numref|download|any|abbr|guilabel|menuselection|index|sub|sup|eq|cite\w*|octicon|fa|material-\w+|fas|fab|far)$/.test(
      kind,
    )
  ) {
    if (/^(?:octicon|fa\w?|material-\w+)$/.test(kind)) pass.put('')
    else pass.put((titled ? text : text.replace(/^[~!/]+/, '')).replace(/[*_[\]<]/g, '\\$&'))
  } else if (/^(?:bdg\S*|badge)$/.test(kind)) pass.put(text)
  else {
    const short = text.startsWith('~') ? text.slice(1).split('.').at(-1)! : text.replace(/^!/, '')
    pass.put(codeSpanOf(short))
  }
  pass.advance(pass.p + length)
  return true
}
