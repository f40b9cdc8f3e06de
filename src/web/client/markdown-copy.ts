import type {Source} from '../../domain/index.ts'
import {type AnswerState, usedSources} from './answer-state.ts'

/** Where a source opens, as a link. */
export function hrefOf(source: {url: string; anchor: string}): string {
  return source.anchor === '' ? source.url : `${source.url}#${source.anchor}`
}

/** What a source is called: its page, then its headings. */
export function nameOf(source: {title: string; headings: readonly string[]}): string {
  return [source.title, ...source.headings.filter((heading, i) => i > 0 || heading !== source.title)].join(
    ' › ',
  )
}

/** An answer to paste elsewhere: its Markdown with a link at each citation, then the sources it used. */
export function copiedMarkdown(answer: AnswerState, base: string): string {
  const link = (source: Source): string => new URL(hrefOf(source), base).href
  let text = answer.text
  const places = answer.citations
    .filter((citation) => citation.end <= text.length)
    .sort((a, b) => b.end - a.end || b.n - a.n)
  for (const {n, end} of places) {
    const source = answer.sources.find((candidate) => candidate.n === n)
    if (source === undefined || isInCode(answer.text, end)) continue
    text = `${text.slice(0, end)} [[${n}]](${link(source)})${text.slice(end)}`
  }
  const used = usedSources(answer)
  const sources = answer.sources.filter((source) => used.size === 0 || used.has(source.n))
  const list = sources.map((source) => `- [${source.n}] [${nameOf(source)}](${link(source)})`)
  return [`**${answer.question}**`, text.trim(), list.join('\n')].filter(Boolean).join('\n\n')
}

/** Whether an offset lies within a code fence, where a link would be text. */
function isInCode(text: string, offset: number): boolean {
  const fences = text.slice(0, offset).match(/^ {0,3}(```|~~~)/gm)
  return (fences?.length ?? 0) % 2 === 1
}
