import type {Response} from 'express'

/** Where the forms of a page are. */
export interface PageAddresses {
  /** For people, on the site of the docs or else on this server. */
  readonly canonical: string
  /** On this server, for people. */
  readonly html: string
  /** On this server, as Markdown. */
  readonly markdown: string
}

/**
 * Where agents find the list of all pages: `describedby` is what llms.txt names since its second version, `llms-txt` what
 * came before and is still looked for.
 * @see https://llmstxt.org/changes.html
 */
const listLinks = ['</llms.txt>; rel="describedby"; type="text/markdown"', '</llms.txt>; rel="llms-txt"']

/** Says with a page, in one of its forms, where the other and the list of all pages are. */
export function setPageLinks(
  response: Response,
  {canonical, html, markdown}: PageAddresses,
  form: 'html' | 'markdown',
): void {
  const other =
    form === 'html'
      ? `<${markdown}>; rel="alternate"; type="text/markdown"`
      : `<${html}>; rel="alternate"; type="text/html"`
  response.setHeader('link', [other, `<${canonical}>; rel="canonical"`, ...listLinks].join(', '))
}

/** Says where the list of all pages is. */
export function setListLinks(response: Response): void {
  response.setHeader('link', listLinks.join(', '))
}
