/** Joins parts of a route with a single slash before each; empty if there are none. */
export function joinRoute(...parts: readonly string[]): string {
  const joined = parts
    .flatMap((part) => part.split('/'))
    .filter((part) => part !== '' && part !== '.' && part !== '..')
    .join('/')
  return joined === '' ? '' : `/${joined}`
}
