import {storable} from '../../postgres/index.ts'

/** PostgreSQL refuses to index what takes more than a third of a page of 8 KB; a unit takes up to three bytes. */
const maxChars = 600

/** The address of a page as columns with an index keep it: cut where it is longer than any address of docs. */
export function indexedPage(url: string): string {
  return storable(url.slice(0, maxChars))
}
