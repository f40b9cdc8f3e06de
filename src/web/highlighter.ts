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

/** The languages of developers' docs. Swift's grammar weighs as much as five others and is left out. */
const languages = {
  bash,
  cpp,
  csharp,
  css,
  diff,
  dockerfile,
  go,
  graphql,
  http,
  ini,
  java,
  javascript,
  json,
  kotlin,
  makefile,
  php,
  powershell,
  protobuf,
  python,
  ruby,
  rust,
  shell,
  sql,
  typescript,
  xml,
  yaml,
}
for (const [name, language] of Object.entries(languages)) hljs.registerLanguage(name, language)
hljs.registerAliases(['c', 'h'], {languageName: 'cpp'})
hljs.registerAliases(['json5'], {languageName: 'javascript'})
hljs.registerAliases(['vue', 'svelte', 'astro'], {languageName: 'xml'})
hljs.registerAliases(['scss', 'less', 'sass'], {languageName: 'css'})
hljs.registerAliases(['env', 'dotenv', 'properties'], {languageName: 'ini'})

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
  if (code.length > maxChars || hljs.getLanguage(language) === undefined) return [code]
  const result = hljs.highlight(code, {language, ignoreIllegals: true})
  return (result._emitter as unknown as NodeEmitter).root
}
