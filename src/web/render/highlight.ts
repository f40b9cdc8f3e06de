import hljs from 'highlight.js/lib/core'
import bash from 'highlight.js/lib/languages/bash'
import diff from 'highlight.js/lib/languages/diff'
import javascript from 'highlight.js/lib/languages/javascript'
import json from 'highlight.js/lib/languages/json'
import python from 'highlight.js/lib/languages/python'
import xml from 'highlight.js/lib/languages/xml'
import yaml from 'highlight.js/lib/languages/yaml'
import type {RenderNode} from './tree.ts'

const languages = {bash, diff, javascript, json, python, xml, yaml}
for (const [name, language] of Object.entries(languages)) hljs.registerLanguage(name, language)
hljs.registerAliases(['ts', 'tsx', 'typescript', 'mts'], {languageName: 'javascript'})
hljs.registerAliases(['shell', 'console', 'env', 'dotenv', 'ini', 'toml'], {languageName: 'bash'})

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

/** A little more code than was coloured last is shown plain behind it; up to this length all is coloured each time. */
const alwaysChars = 600

/** Colours code that grows. What is coloured each time grows with it, so that the whole costs little more than once. */
export function growingHighlighter(): (code: string, language: string) => readonly RenderNode[] {
  let last: {readonly code: string; readonly language: string; readonly nodes: readonly RenderNode[]} | null =
    null
  return (code, language) => {
    if (last !== null && last.language === language && code.startsWith(last.code)) {
      const more = code.slice(last.code.length)
      if (more === '') return last.nodes
      if (code.length > alwaysChars && more.length < last.code.length / 4) return [...last.nodes, more]
    }
    last = {code, language, nodes: highlighted(code, language)}
    return last.nodes
  }
}

/** Code as coloured nodes; as plain text in a language that is not known. */
export function highlighted(code: string, language: string): readonly RenderNode[] {
  if (code.length > maxChars || hljs.getLanguage(language) === undefined) return [code]
  const result = hljs.highlight(code, {language, ignoreIllegals: true})
  return (result._emitter as unknown as NodeEmitter).root
}
