/** Whether a text has letters of a script without case: among them are those without spaces, where one may be a word. */
export function isCaseless(text: string): boolean {
  return /\p{Lo}/u.test(text)
}
