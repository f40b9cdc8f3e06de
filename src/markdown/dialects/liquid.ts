import {columnsOf} from '../flattening/container.ts'
import type {Dialect} from '../flattening/dialect.ts'
import type {Reading} from '../flattening/reading.ts'
import {calloutNames, readsAsProse} from '../jsx-text.ts'
import {callOf} from '../shortcodes.ts'
import {codeBlock} from './code-block.ts'
import {includeWhole} from './includes.ts'

/** Liquid tags: `{% note %}`, `{% tab title="npm" %}`, `{% include file.md %}`. */
export const liquid: Dialect = {
  name: 'liquid',
  text: [{starts: '{', read: readTag}],
}

function readTag(reading: Reading): boolean {
  const {at, write, containers} = reading
  const {text} = at
  const match = /^\{%-?\s*([\s\S]*?)-?%\}/.exec(text.slice(at.p, at.p + 3000))
  if (!match) return false
  const call = callOf(match[1]!.trim())
  const name = call.name.replace(/^end(?=\w)/, '')
  const isEnd = call.name.startsWith('end') || call.kind === 'close'
  const to = at.p + match[0].length
  if ((name === 'raw' || name === 'comment' || name === 'highlight' || name === 'code-block') && !isEnd) {
    const close = new RegExp(`\\{%-?\\s*end${name}\\s*-?%\\}`).exec(text.slice(to))
    if (close) {
      const inner = text.slice(to, to + close.index)
      const after = to + close.index + close[0].length
      reading.note(`liquid:${name}`, name === 'comment' ? 'dropped' : 'flattened')
      if (name === 'raw') write.put(inner.includes('\n') ? '' : inner.replace(/[<*_[\]]/g, '\\$&'))
      if (name === 'raw' && inner.includes('\n')) {
        at.advance(to)
        rawLiquid(reading, inner)
      } else if (name === 'highlight' || name === 'code-block') {
        write.break()
        const lines = inner.replace(/^\n/, '').replace(/\s+$/, '').split('\n')
        codeBlock(reading, {info: call.positional[0] ?? '', lines})
      }
      at.advance(after)
      return true
    }
  }
  at.advance(to)
  const label = call.named['title'] ?? call.named['label'] ?? call.named['summary'] ?? null
  const positional = call.positional.filter((value) => value !== '%')
  if (isEnd) {
    const opened = containers.find((container) => container.kind === 'liquid' && container.name === name)
    write.newLine()
    if (opened) containers.close(opened)
    write.break()
  } else if (name === 'include' || name === 'include_relative' || name === 'partial' || name === 'render') {
    const file = positional[0] ?? call.named['file'] ?? ''
    if (file !== '' && !file.includes('{')) {
      write.break()
      includeWhole(reading, file.replace(/^["']|["']$/g, ''), 'include', [
        '_includes',
        'includes',
        'snippets',
      ])
      const shown = Object.entries(call.named).filter(
        ([key, value]) => /^(?:content|title|text|message)$/.test(key) && value !== '',
      )
      for (const [, value] of shown) write.block(reading.inline(value, false))
    }
  } else if (/^(?:tab|step|details|code|card|accordion|expand)$/.test(name)) {
    reading.note(`liquid:${name}`, 'flattened')
    write.break()
    const title = label ?? (name === 'code' ? null : positional.join(' '))
    if (title) write.block(`**${title.replaceAll('*', '')}**`)
  } else if (name in calloutNames) {
    reading.note(`liquid:${name}`, 'flattened')
    write.break()
    containers.open({
      kind: 'liquid',
      name,
      indent: columnsOf(/^[ \t]*/.exec(write.lead)![0]),
      size: 0,
      strip: 0,
      quote: true,
    })
    const kind = call.named['style'] ?? call.named['type'] ?? ''
    const title = label ?? (calloutNames[kind] || calloutNames[name] || '')
    if (title) write.block(`**${title}**`)
  } else {
    const lost =
      isKnownLogic(name) || label
        ? ''
        : [...positional, ...Object.values(call.named)].filter(readsAsProse).join(' ')
    reading.note(
      `liquid:${name}`,
      lost !== '' ? 'not-understood' : label ? 'flattened' : 'dropped',
      undefined,
      lost,
    )
    if (label) write.block(`**${label.replaceAll('*', '')}**`)
  }
  at.skipSpace()
  return true
}

function rawLiquid({write}: Reading, inner: string): void {
  write.break()
  for (const line of inner.split('\n')) write.line(line)
}

/** Whether a tag is logic, so that its strings are data. */
function isKnownLogic(name: string): boolean {
  return /^(?:if|elsif|else|unless|case|when|for|assign|capture|set|cycle|tablerow|increment|decrement|comment|raw|layout|block|extends|import|macro|load)$/.test(
    name,
  )
}
