import type {Source} from '../../domain/index.ts'
import {escapedMarkdown, withCitationLinks} from '../../lib/citation-links.ts'
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
  const used = usedSources(answer)
  const sources = answer.sources.filter((source) => used.size === 0 || used.has(source.n))
  const list = sources.map(
    (source) => `- [${source.n}] [${escapedMarkdown(nameOf(source))}](${linkOf(source, base)})`,
  )
  return [`**${answer.question}**`, answerMarkdown(answer, base), list.join('\n')]
    .filter(Boolean)
    .join('\n\n')
}

function linkOf(source: Source, base: string): string {
  return new URL(sectionAddress(source), base).href.replace(/[()]/g, (sign) => (sign === '(' ? '%28' : '%29'))
}

/** The text of an answer as Markdown, with a link at each citation. */
export function answerMarkdown(answer: AnswerState, base: string): string {
  return withCitationLinks(answer.text, answer.citations, (cited) => {
    const source = answer.sources.find(({n}) => n === cited)
    return source === undefined ? null : linkOf(source, base)
  }).trim()
}
