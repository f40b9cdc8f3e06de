import type {Reading} from '../flattening/reading.ts'

/** Adds a name to the page's fragments, as written and as the id that Sphinx makes of it. */
export function addTarget({context}: Reading, name: string): void {
  context.fragments.add(name)
  context.fragments.add(name.toLowerCase().replace(/[^a-z0-9]+/g, '-'))
}
