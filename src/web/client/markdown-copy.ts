import type {Source} from '../../domain/index.ts'
import {type AnswerState, usedSources} from './answer-state.ts'

/** Where a source opens, as a link. */
export function hrefOf(source: {url: string; anchor: string}): string {
  return source.anchor === '' ? source.url : `${source.url}#${source.anchor}`
}

interface Named {
  readonly title: string
  readonly headings: readonly string[]
}

/** Where a source stands: its page, then its headings, the nearest last. */
export function pathOf({title, headings}: Named): readonly string[] {
  return [title, ...headings.filter((heading, i) => i > 0 || heading !== title)]
}

/** What a source is called. */
export function nameOf(source: Named): string {
  return pathOf(source).join(' › ')
}

/** An answer to paste elsewhere: its Markdown with a link at each citation, then the sources it used. */
export function copiedMarkdown(answer: AnswerState, base: string): string {
  const link = (source: Source): string =>
    new URL(hrefOf(source), base).href.replace(/[()]/g, (sign) => (sign === '(' ? '%28' : '%29'))
  let text = answer.text
  // Several quotes of one source at one place are one link.
  const places = answer.citations
    .filter(
      ({n, end}, i, all) =>
        end <= text.length && i === all.findIndex((other) => other.n === n && other.end === end),
    )
    .sort((a, b) => b.end - a.end || b.n - a.n)
  for (const {n, end} of places) {
    const source = answer.sources.find((candidate) => candidate.n === n)
    if (source === undefined || isInCode(answer.text, end)) continue
    text = `${text.slice(0, end)} [[${n}]](${link(source)})${text.slice(end)}`
  }
  const used = usedSources(answer)
  const sources = answer.sources.filter((source) => used.size === 0 || used.has(source.n))
  const list = sources.map((source) => `- [${source.n}] [${escaped(nameOf(source))}](${link(source)})`)
  return [`**${answer.question}**`, text.trim(), list.join('\n')].filter(Boolean).join('\n\n')
}

/** Words as they are, within a link: what would be Markdown in them is not. */
function escaped(words: string): string {
  return words.replace(/[\\`*_[\]<>]/g, '\\$&')
}

/** Whether an offset lies within a code fence, where a link would be text. */
function isInCode(text: string, offset: number): boolean {
  const fences = text.slice(0, offset).match(/^ {0,3}(```|~~~)/gm)
  return (fences?.length ?? 0) % 2 === 1
}
