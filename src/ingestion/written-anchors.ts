import type {AnchorMaker} from '../markdown/index.ts'

/**
 * Anchors that a writer set in the text, in any notation: `<a name="x">`, `<div id="x">`, `[word]{#x}`, `## Word [x]`,
 * MyST's `(x)=`, `:name: x` and `:label: x`, Docsify's `:id=x`. Found by their looks, in code too: one too many hides a
 * warning, one too few makes a false one.
 */
export function writtenAnchorsIn(source: string): string[] {
  return [
    ...new Set(
      notations.flatMap((notation) => [...source.matchAll(notation)].map((match) => match[1] ?? '')),
    ),
  ]
}

const notations: readonly RegExp[] = [
  /<[a-z][\w.-]*(?=\s)[^<>]{0,500}?\s(?:id|name)\s*=\s*["'{`]*([^\s"'`{}<>]+)/gi,
  /\{:?[^{}\n]{0,200}?#([\w.:-]+)[^{}\n]{0,200}\}/g,
  /\{:?(?:[^{}\n]{0,200}[ \t])?id[ \t]*=[ \t]*["']?([\w.:-]+)[^{}\n]{0,200}\}/g,
  /^#{1,6}[ \t][^\n]{0,500}?\[#?([\w.:-]+)\][ \t]*$/gm,
  /^[ \t>]*\(([^()\n]{1,200})\)=[ \t]*$/gm,
  /^[ \t>]*:(?:name|label):[ \t]*(\S+)/gm,
  /:id=([\w.-]+)/g,
]

/**
 * The anchors of terms in definition lists, where a site makes some. A heading with the words of a term is numbered.
 */
export function termAnchorsIn(source: string, anchors: AnchorMaker): string[] {
  if (!anchors.hasTerms) return []
  return [...source.matchAll(termLine)].flatMap(([, term = '']) => {
    const anchor = anchors.ofHeading(term.replace(/\{\{[^{}]*\}\}|[`*]/g, '').trim(), 2)
    return [anchor, `${anchor}-1`]
  })
}

/** A line above one that begins with a colon, both with or without a list marker, and a blank line between them or none. */
const termLine =
  /^[ \t]*(?:[-*+][ \t]+)?([^\s:>#|][^\n]{0,300})\n(?:[ \t]*\n)?[ \t]*(?:[-*+][ \t]+)?:[ \t]+\S/gm
