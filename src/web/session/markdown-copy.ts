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
  const used = usedSources(answer)
  const sources = answer.sources.filter((source) => used.size === 0 || used.has(source.n))
  const list = sources.map(
    (source) => `- [${source.n}] [${escapeMarkdown(nameOf(source))}](${linkOf(source, base)})`,
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
  let text = answer.text
  // Several citations of one source at the same place become one link.
  const places = answer.citations
    .filter(
      ({n, end}, i, all) =>
        end <= text.length && i === all.findIndex((other) => other.n === n && other.end === end),
    )
    .flatMap(({n, end}) => {
      const place = placeFor(answer.text, end)
      return place === null ? [] : [{n, ...place}]
    })
    .sort((a, b) => b.at - a.at || b.n - a.n)
  for (const {n, at, gap} of places) {
    const source = answer.sources.find((candidate) => candidate.n === n)
    if (source !== undefined)
      text = `${text.slice(0, at)}${gap}[[${n}]](${linkOf(source, base)})${text.slice(at)}`
  }
  return text.trim()
}

/** Text with Markdown characters escaped, for use inside a link. */
function escapeMarkdown(words: string): string {
  return words.replace(/[\\`*_[\]<>]/g, '\\$&')
}

/**
 * Where the link of a citation goes: behind its words, or below the code block that they are in or end with, since the
 * fence that closes it must stand alone. Null in a block that was never closed.
 */
function placeFor(text: string, offset: number): {readonly at: number; readonly gap: string} | null {
  let opening: string | null = null
  for (const {0: fence, 1: mark = '', index} of text.matchAll(/^ {0,3}(`{3,}|~{3,}).*$/gm)) {
    if (opening === null) {
      if (index >= offset) break
      opening = mark
      continue
    }
    const isClosing = mark.startsWith(opening) && /^ *(`+|~+)\s*$/.test(fence)
    if (!isClosing) continue
    const end = index + fence.length
    if (offset <= end) return {at: end, gap: '\n\n'}
    opening = null
  }
  return opening === null ? {at: offset, gap: ' '} : null
}
