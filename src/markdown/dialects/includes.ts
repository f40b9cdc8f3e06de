import {plainInfo} from '../fence-info.ts'
import type {Dialect, Line} from '../flattening/dialect.ts'
import type {Pass} from '../flattening/pass.ts'
import {splitFrontMatter} from '../front-matter.ts'
import {codeBlock} from './code-block.ts'
import {readInclude, selectorOf} from './read-include.ts'

/** Included files: mdBook, VitePress, MkDocs snippets, DocFX, FastAPI. */
export const includes: Dialect = {
  name: 'includes',
  lines: [
    {starts: '<', read: readVitepressCode},
    {starts: '-;', read: readSnippet},
    {starts: '{', read: readBraces},
    {starts: '[', read: readDocfx},
  ],
  text: [{starts: '[', read: readDocfxInline}],
}

/** VitePress: `<<< ./code.js#region {2} [Title]`. */
function readVitepressCode(pass: Pass, {text, lead, end}: Line): boolean {
  const code = /^<<<[ \t]+(\S+?)(?:[ \t]*(\{[^}]*\}))?[ \t]*(?:\[([^\]]*)\])?[ \t]*$/.exec(text)
  if (!code) return false
  const [file, region] = code[1]!.split('#')
  codeInclude(pass, file!, region ?? null, lead, code[3] ?? null)
  return pass.endConstruct(end)
}

/** MkDocs: `--8<-- "file.md"`, and a block of file names between two `--8<--`. */
function readSnippet(pass: Pass, {text, end}: Line): boolean {
  const snippet = /^[-;]*-{1,2}8<-{1,2}[ \t]+["']([^"']+)["'][ \t]*$/.exec(text)
  if (snippet) {
    if (!text.startsWith(';')) include(pass, snippet[1]!, 'snippet')
    return pass.endConstruct(end)
  }
  if (!/^-{1,2}8<-{1,2}[ \t]*$/.test(text)) return false
  const block = fileNames(pass, end + 1)
  if (!block) return false
  for (const name of block.names) include(pass, name, 'snippet')
  return pass.endConstruct(block.end)
}

/** The file names up to the closing mark, one on each line; null if anything else comes first. */
function fileNames(
  pass: Pass,
  from: number,
): {readonly names: readonly string[]; readonly end: number} | null {
  const names: string[] = []
  for (let p = from; p < pass.text.length; p = pass.lineEnd(p) + 1) {
    const end = pass.lineEnd(p)
    const name = pass.text.slice(p, end).trim()
    if (/^-{1,2}8<-{1,2}$/.test(name)) return {names, end}
    if (/\s/.test(name)) return null
    if (name !== '' && !name.startsWith(';')) names.push(name)
  }
  return null
}

/** mdBook: `{{#include file.md:part}}`. FastAPI: `{* code.py *}`. */
function readBraces(pass: Pass, {text, lead, end}: Line): boolean {
  const file = /^\{\{#(?:include|rustdoc_include|playground|playpen)[ \t]+([^}]+)\}\}[ \t]*$/.exec(text)?.[1]
  const code = /^\{\*[ \t]+(\S+)[^*]*\*\}[ \t]*$/.exec(text)?.[1]
  if (file !== undefined) include(pass, file.trim().split(/\s/)[0]!, 'include')
  else if (code !== undefined) codeInclude(pass, code, null, lead, null)
  else if (!/^\{\{#title[ \t]+[^}]*\}\}[ \t]*$/.test(text)) return false
  return pass.endConstruct(end)
}

/** DocFX: `[!INCLUDE [name](file.md)]`, `[!code-js[name](file.js)]`. */
function readDocfx(pass: Pass, {text, lead, end}: Line): boolean {
  const file = /^\[!INCLUDE[ \t]*\[[^\]]*\]\(([^)]+)\)\][ \t]*$/i.exec(text)?.[1]
  const code = /^\[!code-?([\w-]*)\[[^\]]*\]\(([^)]+)\)\][ \t]*$/i.exec(text)
  if (file !== undefined) includeWhole(pass, file.trim(), 'include')
  else if (code) codeInclude(pass, code[2]!.replace(/\?.*$/, ''), null, lead, code[1] || null)
  else return false
  return pass.endConstruct(end)
}

function readDocfxInline(pass: Pass): boolean {
  const {text, p} = pass
  if (pass.raw || !text.startsWith('[!', p)) return false
  const match = /^\[!INCLUDE[ \t]*\[([^\]]*)\]\(([^)\n]+)\)\]/i.exec(text.slice(p, p + 1000))
  if (!match) return false
  pass.advance(p + match[0].length)
  const part = readInclude(pass, match[2]!.trim(), 'include')
  if (part) pass.put(pass.inline(splitFrontMatter(part.text, part.path).body, false))
  return true
}

/** Includes a file, or the part of it that its path selects; false if it cannot be included. */
export function include(pass: Pass, spec: string, construct: string): boolean {
  const [file, selector] = selectorOf(spec)
  return includePart(pass, file, construct, selector)
}

/** Includes a whole file; its path selects no part. */
export function includeWhole(
  pass: Pass,
  spec: string,
  construct: string,
  folders?: readonly string[],
): boolean {
  return includePart(pass, spec, construct, null, folders)
}

function includePart(
  pass: Pass,
  spec: string,
  construct: string,
  selector: string | null,
  folders?: readonly string[],
): boolean {
  const part = readInclude(pass, spec, construct, selector, folders)
  if (!part) return false
  if (!/\.(?:mdx?|markdown|html?|txt)$/i.test(part.path)) {
    pass.current = ''
    codeBlock(
      pass,
      pass.prefix,
      '```',
      /\.(\w+)$/.exec(part.path)?.[1] ?? '',
      part.text.replace(/\n$/, '').split('\n'),
    )
    return true
  }
  pass.context.stack.push(part.path)
  pass.current = pass.prefix
  pass.nested(splitFrontMatter(part.text, part.path).body, part.path)
  pass.context.stack.pop()
  pass.current = ''
  return true
}

/** Includes a file as a code block. */
export function codeInclude(
  pass: Pass,
  file: string,
  region: string | null,
  lead: string,
  title: string | null,
): void {
  const [name, selector] = selectorOf(file)
  const part = readInclude(pass, name, 'code-include', region ?? selector)
  if (!part) return
  const language = /\.(\w+)$/.exec(name)?.[1] ?? ''
  codeBlock(pass, lead, '```', plainInfo(language, title), part.text.replace(/\n$/, '').split('\n'))
}
