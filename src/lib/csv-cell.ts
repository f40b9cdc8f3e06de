import {cleanText} from './clean-text.ts'

/** A cell of CSV (RFC 4180) with text of visitors, models and pages, which must not run as a formula or change the direction of the line. */
export function csvCell(text: string): string {
  const harmless = withoutFormulas(cleanText(text))
  return /[",;\t\n]|^\s|\s$/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless
}

/**
 * Prefixes text that a spreadsheet would run as a formula with an apostrophe. A spreadsheet that splits at semicolons or
 * tabs finds cells within a cell, and a line break in one begins a row. The dash of a list item is kept if nothing after
 * it could be a function call.
 */
function withoutFormulas(text: string): string {
  return text
    .replace(/^(?=\s*[=+\-@＝＋－＠]|\t)/, "'")
    .replace(/([;\t\n][^\S\t\n]*)(?!- [^(|!\n]*(?:\n|$))(?=[=+\-@＝＋－＠])/g, "$1'")
}
