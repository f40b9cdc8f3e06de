import type {Source} from '../../domain/index.ts'
import {sectionAddress} from '../../lib/section-address.ts'
import {type AnswerState, usedSources} from './answer-state.ts'

interface Titled {
  readonly title: string
  readonly headings: readonly string[]
}

/** The breadcrumb of a source: its page's title, then its headings, outermost first. */
export function pathOf({title, headings}: Titled): readonly string[] {
  return [title, ...headings.filter((heading, i) => i > 0 || heading !== title)]
}

/** The name of a source, for display. */
export function nameOf(source: Titled): string {
  return pathOf(source).join(' › ')
}

/** An answer for pasting elsewhere: its Markdown with a link at each citation, then the sources it used. */
export function copiedMarkdown(answer: AnswerState, base: string): string {
  const link = (source: Source): string =>
    new URL(sectionAddress(source), base).href.replace(/[()]/g, (sign) => (sign === '(' ? '%28' : '%29'))
  let text = answer.text
  // Several citations of one source at the same place become one link.
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
  const list = sources.map((source) => `- [${source.n}] [${escapeMarkdown(nameOf(source))}](${link(source)})`)
  return [`**${answer.question}**`, text.trim(), list.join('\n')].filter(Boolean).join('\n\n')
}

/** Text with Markdown characters escaped, for use inside a link. */
function escapeMarkdown(words: string): string {
  return words.replace(/[\\`*_[\]<>]/g, '\\$&')
}

/** Whether an offset is inside a code fence, where a link would be literal text. */
function isInCode(text: string, offset: number): boolean {
  const fences = text.slice(0, offset).match(/^ {0,3}(```|~~~)/gm)
  return (fences?.length ?? 0) % 2 === 1
}
