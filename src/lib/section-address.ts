/**
 * The address of a section of a page; that of the page for an empty anchor. A router that keeps the page after `#/`, as
 * Docsify's, takes the section as `id` in a query of its own.
 */
export function sectionAddress(url: string, anchor: string): string {
  if (anchor === '') return url
  if (!url.includes('#/')) return `${url}#${anchor}`
  return `${url}${url.includes('?') ? '&' : '?'}id=${anchor}`
}
