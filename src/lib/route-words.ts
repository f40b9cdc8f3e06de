/**
 * The words of a wrong route, to search for: those of its last part that has some, as `sign in` of
 * `/guides/sign_in.html`. At most 200 characters.
 */
export function wordsOfRoute(route: string): string {
  const parts = route
    .replace(/\.\w{1,5}$/, '')
    .split('/')
    .map(wordsOf)
  return (parts.findLast((words) => words.length > 2) ?? wordsOf(route)).slice(0, 200)
}

function wordsOf(part: string): string {
  return part
    .replace(/(?<=\p{Ll})(?=\p{Lu})/gu, ' ')
    .replace(/[^\p{L}\p{N}\p{M}]+/gu, ' ')
    .trim()
}
