/**
 * The address of a section of a page; that of the page for an empty anchor. A router that keeps the page after `#/`, as
 * Docsify's, takes the section as `id`.
 */
export function sectionAddress({url, anchor}: {readonly url: string; readonly anchor: string}): string {
  return anchor ? url + (url.includes('#/') ? '?id=' : '#') + anchor : url
}
