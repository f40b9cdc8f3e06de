import type {LanguageFn} from 'highlight.js'
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
import {css} from './highlighter-css.ts'
import type {RenderNode} from './render/tree.ts'

/**
 * The languages of developers' docs, by every name they are given there. Swift's grammar weighs as much as five others
 * and is left out.
 */
const grammars: Readonly<Record<string, LanguageFn>> = {
  ...named(bash, 'bash sh zsh'),
  ...named(cpp, 'cpp c c++ cc cxx h hpp'),
  ...named(csharp, 'csharp cs c#'),
  ...named(css, 'css scss less sass'),
  ...named(diff, 'diff patch'),
  ...named(dockerfile, 'dockerfile docker'),
  ...named(go, 'go golang'),
  ...named(graphql, 'graphql gql'),
  ...named(http, 'http https'),
  ...named(ini, 'ini toml env dotenv properties'),
  ...named(java, 'java'),
  ...named(javascript, 'javascript js jsx mjs cjs json5'),
  ...named(json, 'json jsonc jsonl'),
  ...named(kotlin, 'kotlin kt kts'),
  ...named(makefile, 'makefile make mk'),
  ...named(php, 'php'),
  ...named(powershell, 'powershell pwsh ps ps1'),
  ...named(protobuf, 'protobuf proto'),
  ...named(python, 'python py python3'),
  ...named(ruby, 'ruby rb'),
  ...named(rust, 'rust rs'),
  ...named(shell, 'shell console shellsession terminal'),
  ...named(sql, 'sql'),
  ...named(typescript, 'typescript ts tsx mts cts'),
  ...named(xml, 'xml html xhtml svg rss atom vue svelte astro'),
  ...named(yaml, 'yaml yml'),
}

function named(grammar: LanguageFn, names: string): Record<string, LanguageFn> {
  return Object.fromEntries(names.split(' ').map((name) => [name, grammar]))
}

/** What other languages hold, by the names they know it by. */
const embedded: ReadonlyMap<LanguageFn, readonly string[]> = new Map([
  [dockerfile, ['bash']],
  [javascript, ['xml', 'graphql']],
  [shell, ['bash']],
  [typescript, ['xml', 'graphql']],
  [xml, ['css', 'javascript']],
  [http, ['json']],
])
const nameOf = new Map<LanguageFn, string>()

/** The name a language is registered by; null if there is no such language. Making all grammars at once takes long. */
function registered(language: string): string | null {
  if (!Object.hasOwn(grammars, language)) return null
  const grammar = grammars[language]!
  let name = nameOf.get(grammar)
  if (name === undefined) {
    name = Object.keys(grammars).find((known) => grammars[known] === grammar)!
    nameOf.set(grammar, name)
    hljs.registerLanguage(name, grammar)
    for (const inner of embedded.get(grammar) ?? []) registered(inner)
  }
  return name
}

/** Longer code is shown plain: colouring it would hold up the page. */
const maxChars = 12_000

/** highlight.js's emitter interface, building nodes where its own builds HTML. */
class NodeEmitter {
  readonly root: RenderNode[] = []
  readonly #open: RenderNode[][] = [this.root]
  addText(text: string): void {
    const top = this.#open.at(-1)!
    const last = top.at(-1)
    if (typeof last === 'string') top[top.length - 1] = last + text
    else if (text !== '') top.push(text)
  }
  startScope(name: string): void {
    const children: RenderNode[] = []
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

/** Code as coloured nodes; as plain text in a language that is not known, and when it is long. */
export function highlight(code: string, language: string): readonly RenderNode[] {
  const name = code.length > maxChars ? null : registered(language)
  if (name === null) return [code]
  const result = hljs.highlight(code, {language: name, ignoreIllegals: true})
  return (result._emitter as unknown as NodeEmitter).root
}
