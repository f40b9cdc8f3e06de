/** Parts of a route as one, a single slash before each; empty for nothing. */
export function joinRoute(...parts: readonly string[]): string {
  const joined = parts
    .flatMap((part) => part.split('/'))
    .filter((part) => part !== '' && part !== '.' && part !== '..')
    .join('/')
  return joined === '' ? '' : `/${joined}`
}
