/** Whether a text ends with a question mark, as some headings do. */
export function endsAsQuestion(words: string): boolean {
  return /[?？؟]\s*$/.test(words)
}
