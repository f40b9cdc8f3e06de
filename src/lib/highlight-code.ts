import type {Language, LanguageFn} from 'highlight.js'
import hljs from 'highlight.js/lib/core'
import bash from 'highlight.js/lib/languages/bash'
import cpp from 'highlight.js/lib/languages/cpp'
import csharp from 'highlight.js/lib/languages/csharp'
import diff from 'highlight.js/lib/languages/diff'
import dockerfile from 'highlight.js/lib/languages/dockerfile'
import go from 'highlight.js/lib/languages/go'
import graphql from 'highlight.js/lib/languages/graphql'
import http from 'highlight.js/lib/languages/http'
import ini from 'highlight.js/lib/languages/ini'
import java from 'highlight.js/lib/languages/java'
import javascript from 'highlight.js/lib/languages/javascript'
import json from 'highlight.js/lib/languages/json'
import kotlin from 'highlight.js/lib/languages/kotlin'
import makefile from 'highlight.js/lib/languages/makefile'
import php from 'highlight.js/lib/languages/php'
import powershell from 'highlight.js/lib/languages/powershell'
import protobuf from 'highlight.js/lib/languages/protobuf'
import python from 'highlight.js/lib/languages/python'
import ruby from 'highlight.js/lib/languages/ruby'
import rust from 'highlight.js/lib/languages/rust'
import shell from 'highlight.js/lib/languages/shell'
import sql from 'highlight.js/lib/languages/sql'
import typescript from 'highlight.js/lib/languages/typescript'
import xml from 'highlight.js/lib/languages/xml'
import yaml from 'highlight.js/lib/languages/yaml'
import {css} from './css-grammar.ts'

/** A piece of code: plain, or of a class such as `hl-keyword`. */
export type CodeNode =
  | string
  | {
      readonly tag: 'span'
      readonly attributes: {readonly class: string}
      readonly children: readonly CodeNode[]
    }

/**
 * The languages of developers' docs by all names used for them. Swift is left out, since its grammar is as large as five
 * others.
 */
const grammars: Readonly<Record<string, LanguageFn>> = {
  ...aliased(bash, 'bash sh zsh'),
  ...aliased(cpp, 'cpp c c++ cc cxx h hpp'),
  ...aliased(csharp, 'csharp cs c#'),
  ...aliased(css, 'css scss less sass'),
  ...aliased(diff, 'diff patch'),
  ...aliased(dockerfile, 'dockerfile docker'),
  ...aliased(go, 'go golang'),
  ...aliased(graphql, 'graphql gql'),
  ...aliased(http, 'http https'),
  ...aliased(ini, 'ini toml env dotenv properties'),
  ...aliased(java, 'java'),
  ...aliased(javascript, 'javascript js jsx mjs cjs json5'),
  ...aliased(json, 'json jsonc jsonl'),
  ...aliased(kotlin, 'kotlin kt kts'),
  ...aliased(makefile, 'makefile make mk'),
  ...aliased(php, 'php'),
  ...aliased(powershell, 'powershell pwsh ps ps1'),
  ...aliased(protobuf, 'protobuf proto'),
  ...aliased(python, 'python py python3'),
  ...aliased(ruby, 'ruby rb'),
  ...aliased(rust, 'rust rs'),
  ...aliased(shell, 'shell console shellsession terminal'),
  ...aliased(sql, 'sql'),
  ...aliased(typescript, 'typescript ts tsx mts cts'),
  ...aliased(xml, 'xml html xhtml svg rss atom vue svelte astro'),
  ...aliased(yaml, 'yaml yml'),
}

function aliased(grammar: LanguageFn, names: string): Record<string, LanguageFn> {
  return Object.fromEntries(names.split(' ').map((name) => [name, grammar]))
}

/** Languages embedded in others, by the names that their grammars use. */
const embedded: ReadonlyMap<LanguageFn, readonly string[]> = new Map([
  [dockerfile, ['bash']],
  [javascript, ['xml', 'graphql']],
  [shell, ['bash']],
  [typescript, ['xml', 'graphql']],
  [xml, ['css', 'javascript']],
  [http, ['json']],
])
const nameOf = new Map<LanguageFn, string>()

/** The grammar of a language and of all embedded in it, its own first; none for an unknown language. */
function grammarsOf(language: string, found = new Set<LanguageFn>()): ReadonlySet<LanguageFn> {
  const grammar = Object.hasOwn(grammars, language) ? grammars[language]! : null
  if (grammar === null || found.has(grammar)) return found
  found.add(grammar)
  for (const inner of embedded.get(grammar) ?? []) grammarsOf(inner, found)
  return found
}

/** Registers a grammar on first use, because compiling all takes long; returns the name of its language. */
function register(grammar: LanguageFn): string {
  let name = nameOf.get(grammar)
  if (name === undefined) {
    name = Object.keys(grammars).find((known) => grammars[known] === grammar)!
    nameOf.set(grammar, name)
    hljs.registerLanguage(name, grammar)
  }
  return name
}

/** Longer code stays plain: highlighting it would block the page that shows it. */
const maxChars = 12_000

/** Implements highlight.js's emitter interface, but builds nodes instead of HTML. */
class NodeEmitter {
  readonly root: CodeNode[] = []
  readonly #open: CodeNode[][] = [this.root]
  addText(text: string): void {
    const top = this.#open.at(-1)!
    const last = top.at(-1)
    if (typeof last === 'string') top[top.length - 1] = last + text
    else if (text !== '') top.push(text)
  }
  startScope(name: string): void {
    const children: CodeNode[] = []
    this.#open.at(-1)!.push({tag: 'span', attributes: {class: `hl-${name.split('.')[0]}`}, children})
    this.#open.push(children)
  }
  endScope(): void {
    this.#open.pop()
  }
  openNode(name: string): void {
    this.startScope(name)
  }
  closeNode(): void {
    this.endScope()
  }
  __addSublanguage(emitter: NodeEmitter): void {
    this.#open.at(-1)!.push(...emitter.root)
  }
  finalize(): void {}
  toHTML(): string {
    return ''
  }
}
hljs.configure({__emitter: NodeEmitter as never})

/** Highlights code; plain for unknown languages and long code. */
export function highlight(code: string, language: string): readonly CodeNode[] {
  const [name] = code.length > maxChars ? [] : [...grammarsOf(language)].map(register)
  if (name === undefined) return [code]
  const result = hljs.highlight(code, {language: name, ignoreIllegals: true})
  return (result._emitter as unknown as NodeEmitter).root
}

/** Compiles the grammar of a language without looking for the first of its rules, which compiles those. */
function compile(language: string): void {
  const [grammar] = grammarsOf(language)
  if (grammar === undefined) return
  const compiled: (Language & {__emitTokens?: () => void}) | undefined = hljs.getLanguage(register(grammar))
  if (compiled === undefined) return
  compiled.__emitTokens = () => {}
  highlight('', language)
  delete compiled.__emitTokens
}

/** Enough of some code to have used most of a grammar. */
const maxPreparedLines = 40
const maxPreparedLineChars = 200
const prepared = new Set<LanguageFn>()

/** Whether code in a language is highlighted without preparing its grammar first. */
export function isPrepared(language: string): boolean {
  const [grammar] = grammarsOf(language)
  return grammar === undefined || prepared.has(grammar)
}

/**
 * Prepares the grammar of a language with some code, in short steps: compiling it whole and highlighting for the first
 * time takes a slow device a quarter of a second. It counts as prepared after the last step.
 */
export function* preparing(code: string, language: string): Generator<void> {
  const used = grammarsOf(language)
  for (const grammar of used) {
    register(grammar)
    yield
  }
  compile(language)
  yield
  for (const line of ['', ...code.split('\n', maxPreparedLines)]) {
    highlight(line.slice(0, maxPreparedLineChars), language)
    yield
  }
  for (const grammar of [...used].slice(0, 1)) prepared.add(grammar)
}
