import {columnsOf} from '../flattening/container.ts'
import type {Dialect} from '../flattening/dialect.ts'
import type {Pass} from '../flattening/pass.ts'
import {calloutNames, readsAsProse} from '../jsx-text.ts'
import {callOf} from '../shortcodes.ts'
import {codeBlock} from './code-block.ts'
import {includeWhole} from './includes.ts'

/** Liquid tags: `{% note %}`, `{% tab title="npm" %}`, `{% include file.md %}`. */
export const liquid: Dialect = {
  name: 'liquid',
  text: [{starts: '{', read: readTag}],
}

function readTag(pass: Pass): boolean {
  const {text} = pass
  const match = /^\{%-?\s*([\s\S]*?)-?%\}/.exec(text.slice(pass.p, pass.p + 3000))
  if (!match) return false
  const call = callOf(match[1]!.trim())
  const name = call.name.replace(/^end(?=\w)/, '')
  const isEnd = call.name.startsWith('end') || call.kind === 'close'
  const to = pass.p + match[0].length
  if ((name === 'raw' || name === 'comment' || name === 'highlight' || name === 'code-block') && !isEnd) {
    const close = new RegExp(`\\{%-?\\s*end${name}\\s*-?%\\}`).exec(text.slice(to))
    if (close) {
      const inner = text.slice(to, to + close.index)
      const after = to + close.index + close[0].length
      pass.note(`liquid:${name}`, name === 'comment' ? 'dropped' : 'flattened')
      if (name === 'raw') pass.put(inner.includes('\n') ? '' : inner.replace(/[<*_[\]]/g, '\\$&'))
      if (name === 'raw' && inner.includes('\n')) {
        pass.advance(to)
        rawLiquid(pass, inner)
      } else if (name === 'highlight' || name === 'code-block') {
        pass.break()
        const lead = pass.current
        pass.current = ''
        codeBlock(
          pass,
          lead,
          '```',
          call.positional[0] ?? '',
          inner.replace(/^\n/, '').replace(/\s+$/, '').split('\n'),
        )
        pass.current = pass.prefix
      }
      pass.advance(after)
      return true
    }
  }
  pass.advance(to)
  const label = call.named['title'] ?? call.named['label'] ?? call.named['summary'] ?? null
  const positional = call.positional.filter((value) => value !== '%')
  if (isEnd) {
    const n = pass.stack.findLastIndex((container) => container.kind === 'liquid' && container.name === name)
    if (pass.hasContent) pass.endLine()
    if (n >= 0) pass.close(n, true)
    pass.break()
  } else if (name === 'include' || name === 'include_relative' || name === 'partial' || name === 'render') {
    const file = positional[0] ?? call.named['file'] ?? ''
    if (file !== '' && !file.includes('{')) {
      pass.break()
      if (
        includeWhole(pass, file.replace(/^["']|["']$/g, ''), 'include', ['_includes', 'includes', 'snippets'])
      )
        pass.current = pass.prefix
      const shown = Object.entries(call.named).filter(
        ([key, value]) => /^(?:content|title|text|message)$/.test(key) && value !== '',
      )
      for (const [, value] of shown) pass.block(pass.inline(value, false))
    }
  } else if (/^(?:tab|step|details|code|card|accordion|expand)$/.test(name)) {
    pass.note(`liquid:${name}`, 'flattened')
    pass.break()
    const title = label ?? (name === 'code' ? null : positional.join(' '))
    if (title) pass.block(`**${title.replaceAll('*', '')}**`)
  } else if (name in calloutNames) {
    pass.note(`liquid:${name}`, 'flattened')
    pass.break()
    pass.open({
      kind: 'liquid',
      name,
      indent: columnsOf(/^[ \t]*/.exec(pass.prefix)![0]),
      size: 0,
      strip: 0,
      quote: true,
    })
    const kind = call.named['style'] ?? call.named['type'] ?? ''
    const title = label ?? (calloutNames[kind] || calloutNames[name] || '')
    if (title) pass.block(`**${title}**`)
  } else {
    const lost =
      isKnownLogic(name) || label
        ? ''
        : [...positional, ...Object.values(call.named)].filter(readsAsProse).join(' ')
    pass.note(
      `liquid:${name}`,
      lost !== '' ? 'not-understood' : label ? 'flattened' : 'dropped',
      undefined,
      lost,
    )
    if (label) pass.block(`**${label.replaceAll('*', '')}**`)
  }
  pass.skipSpace()
  return true
}

function rawLiquid(pass: Pass, inner: string): void {
  pass.break()
  for (const line of inner.split('\n')) pass.push(line)
  pass.current = pass.prefix
}

/** Whether a tag is logic, so that its strings are data. */
function isKnownLogic(name: string): boolean {
  return /^(?:if|elsif|else|unless|case|when|for|assign|capture|set|cycle|tablerow|increment|decrement|comment|raw|layout|block|extends|import|macro|load)$/.test(
    name,
  )
}
